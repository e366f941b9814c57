"""What reading, confirming, purging and failing stop (design.md point 17; notifications.md 5, 7.1, 11.8)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from correspondence.models import Correspondence
from notifications.enums import Channel
from notifications.models import Attempt, Delivery, Notification, Order
from notifications.services.delivery.attempts import close_and_open
from notifications.services.delivery.claims import claim_due
from notifications.services.delivery.deliver import deliver_due
from notifications.services.delivery.prepare import prepare_due
from registry.models import Reservation
from tests.notifications.conftest import EMAIL, JOB, REMINDED, told
from tests.support.clients import Client
from tests.support.letters import in_days, letter, publish, send
from tests.support.world import PERSON

SMS_REMINDER = EMAIL | {
    "sendReminder": True,
    "reminderNotificationChannel": "Sms",
    "reminderSmsBody": "Husk brevet",
}


def states():
    return dict(Notification.objects.values_list("is_reminder", "state"))


def in_two_days(work):
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        work()


@pytest.mark.contract("notifications.md#X23")
@pytest.mark.parametrize("action", ["markasread", "confirm"])
def test_letter_that_was_read_or_confirmed_is_not_reminded_of(sender, recipient, mailbox, action):
    published = told(sender, REMINDED)
    recipient.get(f"/correspondence/{published.pk}")
    recipient.post(f"/correspondence/{published.pk}/{action}")

    in_two_days(lambda: deliver_due(job_id=JOB))

    assert len(mailbox.mails) == 1
    assert states() == {False: "Order_Completed", True: "Order_Cancelled"}
    assert Order.objects.get().finished_at is not None


@pytest.mark.contract("notifications.md#5")
@pytest.mark.parametrize("column", ["read_at", "confirmed_at"])
def test_reminder_that_no_cancel_reached_is_stopped_when_it_falls_due(sender, mailbox, column):
    published = told(sender, REMINDED)
    Correspondence.objects.filter(pk=published.pk).update(**{column: timezone.now()})

    in_two_days(lambda: deliver_due(job_id=JOB))

    assert len(mailbox.mails) == 1
    assert states()[True] == "Order_SendConditionNotMet"


@pytest.mark.contract("design.md#17")
@pytest.mark.parametrize(
    "change",
    [
        lambda now: {"confirmed_at": now},
        lambda now: {"purged_at": now, "purged_by": "recipient", "status": 7},
        lambda now: {"failed_at": now, "status": 11},
    ],
)
def test_statement_that_opens_an_attempt_asks_the_letter(sender, mailbox, change):
    published = told(sender, REMINDED)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        prepare_due()
        claim_due(channel=Channel.EMAIL, job_id=JOB)
        Correspondence.objects.filter(pk=published.pk).update(**change(timezone.now()))
        reminder = Delivery.objects.get(notification__is_reminder=True)
        attempt = Attempt(delivery=reminder, number=1, provider="test", opened_at=timezone.now())

        assert not close_and_open(None, attempt, job_id=JOB)

    assert states()[True] == "Order_SendConditionNotMet"


@pytest.mark.contract("notifications.md#X24")
def test_sms_reminder_that_waits_for_the_morning_is_not_sent_once_read(sender, world, settings, mailbox):
    settings.SMS_SEND_WINDOW = "09:00-17:00"
    with time_machine.travel(datetime(2099, 6, 8, 17, 30, tzinfo=UTC), tick=False) as clock:
        accepted = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")
        published = publish(send(accepted, letter(correspondence={"notification": SMS_REMINDER})))
        deliver_due(job_id=JOB)
        clock.shift(timedelta(days=1, minutes=1))
        deliver_due(job_id=JOB)
        waiting = Delivery.objects.get(channel="sms")
        reader = Client.organisation("310654302", "altinn:correspondence.read")
        reader.get(f"/correspondence/{published.pk}/content")
        clock.move_to(datetime(2099, 6, 10, 8, tzinfo=UTC))
        deliver_due(job_id=JOB)

    assert waiting.state == "SMS_New"
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts.count(), states()[True]) == ("SMS_Failed", 0, "Order_Cancelled")


@pytest.mark.contract("notifications.md#X25")
def test_letter_purged_before_its_time_is_told_of_to_nobody(sender, mailbox):
    later = send(
        sender, letter(correspondence={"notification": REMINDED, "requestedPublishTime": in_days(1)})
    )
    sender.delete(f"/correspondence/{later.pk}/purge")

    in_two_days(lambda: deliver_due(job_id=JOB))

    assert (mailbox.mails, set(states().values())) == ([], {"Order_Cancelled"})


@pytest.mark.contract("notifications.md#X26")
def test_letter_that_fails_is_told_of_to_nobody(sender, world, mailbox):
    accepted = send(sender, letter(correspondence={"notification": REMINDED}, recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)
    publish(accepted)

    in_two_days(lambda: deliver_due(job_id=JOB))

    assert (mailbox.mails, set(states().values())) == ([], {"Order_Cancelled"})
    assert set(Notification.objects.values_list("reason", flat=True)) == {"The letter failed."}
