"""Confidential letters that stay unread (notifications.md 7.3, 11.7 rows R01 to R06; lifecycle.md 3.2)."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence.models import ConfidentialReminder
from correspondence.services.confidential_reminders import remind_of_confidential
from journal.models import FollowUp
from notifications.models import CapturedMessage, Order
from notifications.services.delivery.deliver import deliver_due
from registry.models import ContactPoint, PartyRole, Reservation
from tests.support.dialog_service import dialog_service_stand_in
from tests.support.jobs import run_due_jobs
from tests.support.letters import letter, publish, send, send_and_publish
from tests.support.parallel import at_once
from tests.support.world import PERSON, SUB_UNIT

CONFIDENTIAL = {"resourceId": "example-confidential", "isConfidential": True}
AGE = timedelta(minutes=1, seconds=1)


def confidential(sender, **top):
    return send_and_publish(sender, letter(correspondence=CONFIDENTIAL, **top))


def wait():
    """As long as a letter may stay unread here, and what is due then."""
    with time_machine.travel(timezone.now() + AGE):
        run_due_jobs()


def reminders():
    return list(ConfidentialReminder.objects.order_by("pk"))


def open_follow_ups():
    return FollowUp.objects.open().filter(kind="unread-confidential")


@pytest.fixture
def dialogs(settings, monkeypatch):
    monkeypatch.setenv("DIALOG_SERVICE_TOKEN", "not-for-any-log")
    with dialog_service_stand_in() as stand_in:
        settings.DIALOG_SERVICE_URL = stand_in.url
        yield stand_in


def of_reminders(dialogs):
    """Reminder dialogs in the service, by path."""
    return {
        path: body
        for path, body in dialogs.things.items()
        if body.get("serviceResource", "").endswith("digdir-reminder-unopened-confidential-correspondences")
    }


@pytest.mark.contract("notifications.md#11.7")
@pytest.mark.parametrize("end", ["read", "purged", "failed", "waiting", "not confidential", "young"])
def test_nobody_is_reminded_of_what_needs_no_reminder(sender, recipient, world, end):
    """R01; a letter that is unknown cannot be asked about: the job is queued with its message."""
    if end in {"failed", "waiting"}:
        stored = send(sender, letter(correspondence=CONFIDENTIAL, recipients=[PERSON]))
        Reservation.objects.create(person=world.person, reserved=True)
        if end == "failed":
            publish(stored)
    else:
        fields = {} if end == "not confidential" else CONFIDENTIAL
        stored = send_and_publish(sender, letter(correspondence=fields))
    if end == "read":
        recipient.get(f"/correspondence/{stored.pk}/content")
    if end == "purged":
        recipient.delete(f"/correspondence/{stored.pk}/purge")

    run_due_jobs() if end == "young" else wait()

    assert reminders() == []
    assert not Order.objects.filter(purpose="confidential").exists()
    assert not open_follow_ups().exists()


@pytest.mark.contract("notifications.md#7.3")
def test_recipient_is_reminded_once_by_mail_and_operators_see_it(sender):
    """R06, RF01"""
    stored = confidential(sender)

    wait()
    remind_of_confidential(message_id=stored.message_id)

    order = Order.objects.get(purpose="confidential")
    with time_machine.travel(timezone.now() + 2 * AGE):
        deliver_due(job_id=1)
    mail = CapturedMessage.objects.get()
    assert (order.correspondence, order.text.template, order.text.language) == (stored, "CustomMessage", "nb")
    assert mail.delivery.address == "post@rask-falk.example"
    assert "RASK FALK AS har taushetsbelagt post" in mail.content
    assert [one.correspondence for one in reminders()] == [stored]
    assert open_follow_ups().get().correspondence == stored


def test_order_is_listed_with_a_reference_of_its_own(sender):
    stored = confidential(sender)
    wait()

    shown = sender.get(f"/correspondence/{stored.pk}/details").json()["notifications"]

    assert [(one["sendersReference"], one["isReminder"]) for one in shown] == [
        ("corr-corr-confidential-reminder", False)
    ]


@pytest.mark.contract("lifecycle.md#10.5")
@pytest.mark.parametrize("how", ["", "/content"])
def test_opening_the_letter_ends_the_reminder(sender, recipient, dialogs, how):
    """HO04, R02"""
    stored = confidential(sender)
    wait()
    (path,) = of_reminders(dialogs)
    assert path == f"/{reminders()[0].dialog_id}"

    recipient.get(f"/correspondence/{stored.pk}{how}")
    run_due_jobs()

    assert (reminders(), of_reminders(dialogs)) == ([], {})
    assert not open_follow_ups().exists()


@pytest.mark.contract("lifecycle.md#10.5")
def test_dialog_stays_while_other_letters_are_unread(sender, recipient, dialogs):
    """HO05, R04"""
    first, second = confidential(sender), confidential(sender)
    wait()
    before = of_reminders(dialogs)

    recipient.get(f"/correspondence/{first.pk}")
    run_due_jobs()

    assert (len(before), of_reminders(dialogs)) == (1, before)
    assert [one.correspondence for one in reminders()] == [second]


def test_marking_as_read_and_purging_end_it_too(sender, recipient):
    read, purged = confidential(sender), confidential(sender)
    for stored in (read, purged):
        recipient.get(f"/correspondence/{stored.pk}/details")
    wait()
    assert len(reminders()) == 2  # details leave the reminder (lifecycle.md 3.2)

    recipient.post(f"/correspondence/{read.pk}/markasread")
    recipient.delete(f"/correspondence/{purged.pk}/purge")

    assert reminders() == []
    assert not open_follow_ups().exists()


@pytest.mark.contract("lifecycle.md#10.5")
def test_nothing_is_asked_of_a_letter_that_has_no_reminder(sender, recipient, dialogs):
    """HO06, HO09"""
    plain, young = send_and_publish(sender), confidential(sender)

    for stored in (plain, young):
        assert recipient.get(f"/correspondence/{stored.pk}").status_code == 200
    run_due_jobs()

    assert of_reminders(dialogs) == {}


@pytest.mark.contract("lifecycle.md#10.5")
def test_reminder_without_a_dialog_service_has_no_dialog(sender, recipient):
    """HO10, R05"""
    stored = confidential(sender)
    wait()
    without = reminders()[0].dialog_id

    recipient.get(f"/correspondence/{stored.pk}")

    assert (without, reminders()) == (None, [])


def test_earlier_reminder_without_a_dialog_lends_none(sender, dialogs, settings):
    """R05"""
    url, settings.DIALOG_SERVICE_URL = settings.DIALOG_SERVICE_URL, ""
    confidential(sender)
    wait()
    settings.DIALOG_SERVICE_URL = url
    confidential(sender)
    wait()

    first, second = reminders()
    assert (first.dialog_id, list(of_reminders(dialogs))) == (None, [f"/{second.dialog_id}"])


def test_dialog_service_that_is_down_keeps_no_mail_back(sender, dialogs):
    """R03: ours keeps the dialog's id, and the job makes it once the service is there again"""
    confidential(sender)
    dialogs.answers = [503] * 10

    with pytest.raises(Exception, match="503"):
        wait()

    assert (len(reminders()), Order.objects.filter(purpose="confidential").count()) == (1, 1)


def test_many_recipients_are_reminded_in_as_many_statements_as_one(sender, world):
    PartyRole.objects.create(from_party=world.no_roles, to_party=world.person, role="daglig-leder")
    for party in (world.sub_unit, world.no_roles):
        ContactPoint.objects.create(party=party, email="post@rask-falk.example")
    counted = []
    for recipients in (["0192:310654302"], ["0192:310654302", f"0192:{SUB_UNIT}", "0192:314240979"]):
        stored = confidential(sender, recipients=recipients)
        with time_machine.travel(timezone.now() + AGE), CaptureQueriesContext(connection) as queries:
            remind_of_confidential(message_id=stored.message_id)
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_what_the_platform_has_of_the_letter_is_not_placed_again(sender, settings):
    settings.NOTIFICATION_PLATFORM_URL = "https://platform.example/notifications/api/v1"
    asked = {"notificationTemplate": "GenericAltinnMessage", "notificationChannel": 0, "sendReminder": True}
    stored = send_and_publish(sender, letter(correspondence={**CONFIDENTIAL, "notification": asked}))
    first = stored.orders.get()
    Order.objects.filter(pk=first.pk).update(platform_order_id=uuid.uuid4(), place_at=None)

    wait()

    first.refresh_from_db()
    reminder = stored.orders.get(purpose="confidential")
    assert (first.place_at, reminder.by_platform, reminder.place_at is not None) == (None, True, True)


def test_jobs_side_by_side_remind_once(committed, sender):
    stored = confidential(sender)

    with time_machine.travel(timezone.now() + AGE):
        at_once(*[lambda: remind_of_confidential(message_id=stored.message_id)] * 8)

    assert (len(reminders()), Order.objects.filter(purpose="confidential").count()) == (1, 1)
