"""What a forwarding leaves: in the history, for operators, for the next try (notifications.md 8.4; F16 to F20)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.models import Forwarding, StatusEvent
from correspondence.services.forwarded import record_forwarded
from journal.models import FollowUp, OutboundEvent
from notifications.errors import ResendRefused
from notifications.models import Delivery, Notification, Order
from notifications.services.delivery.deliver import deliver_due
from notifications.services.resend import resend_order
from registry.services.operators import ensure_operator
from tests.correspondence.forwarding.conftest import ADDRESS, JOB, deliver, forward, received
from tests.support.clients import Client
from tests.support.jobs import run_due_jobs
from tests.support.letters import statuses
from tests.support.parallel import at_once

REFUSED = "550 5.1.1 no such mailbox"


def history(client, letter_):
    return client.get(f"/correspondence/{letter_.pk}/details").json()["statusHistory"]


def forwarded_rows(letter_):
    return StatusEvent.objects.filter(correspondence=letter_, status=13)


@pytest.mark.contract("notifications.md#F16")
@pytest.mark.contract("notifications.md#F17")
def test_delivered_mail_is_forwarded_at_the_time_of_the_call_by_who_forwarded(sender, recipient, mailbox):
    letter_ = received(sender, recipient)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False) as clock:
        asked_at = timezone.now()
        forward(recipient, letter_)
        assert statuses(letter_)[-1] == "Read"
        clock.shift(timedelta(minutes=20))
        deliver()
    letter_.refresh_from_db()

    event = forwarded_rows(letter_).get()
    assert (event.at, event.text, event.actor_urn) == (asked_at, "Forwarded", letter_.recipient_urn)
    assert (letter_.get_status_display(), letter_.forwarded_at) == ("Forwarded", asked_at)
    assert Forwarding.objects.get().delivered_at == asked_at + timedelta(minutes=20)


@pytest.mark.contract("notifications.md#8.4")
def test_both_sides_see_that_it_was_forwarded_and_not_where_to(sender, recipient, mailbox):
    letter_ = received(sender, recipient)
    forward(recipient, letter_)
    deliver()

    for client in (sender, recipient):
        details = client.get(f"/correspondence/{letter_.pk}/details")
        overview = client.get(f"/correspondence/{letter_.pk}")
        assert "Forwarded" in [row["status"] for row in details.json()["statusHistory"]]
        assert (details.json()["notifications"], overview.json()["notifications"]) == ([], [])
        assert ADDRESS not in details.content.decode() + overview.content.decode()


@pytest.mark.contract("lifecycle.md#6.2")
def test_forwarding_makes_no_event(sender, recipient, mailbox):
    letter_ = received(sender, recipient)
    before = OutboundEvent.objects.count()
    mailbox.replies["b@example.no"] = [REFUSED]
    forward(recipient, letter_)
    forward(recipient, letter_, "b@example.no")

    deliver()

    assert OutboundEvent.objects.count() == before


@pytest.mark.contract("notifications.md#X39")
def test_each_delivered_forwarding_has_its_own_row(sender, recipient, mailbox):
    letter_ = received(sender, recipient)
    for address in ("a@example.no", "b@example.no"):
        forward(recipient, letter_, address)
        deliver()

    assert forwarded_rows(letter_).count() == 2


@pytest.mark.contract("notifications.md#F19")
def test_mail_that_is_not_taken_yet_leaves_nothing(sender, recipient, mailbox):
    mailbox.replies[ADDRESS] = ["451 4.3.0 later"] * 2  # the first repeat goes at once
    letter_ = received(sender, recipient)
    forward(recipient, letter_)

    deliver()
    waiting = (forwarded_rows(letter_).count(), Forwarding.objects.get().failed_at)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        deliver()

    assert waiting == (0, None)
    assert forwarded_rows(letter_).count() == 1


@pytest.mark.contract("notifications.md#F18")
@pytest.mark.contract("notifications.md#X38")
def test_mail_that_failed_asks_for_a_person_and_may_be_tried_again(sender, recipient, mailbox):
    mailbox.replies[ADDRESS] = [REFUSED]
    letter_ = received(sender, recipient)
    first = forward(recipient, letter_).json()

    deliver()

    failed = Forwarding.objects.get(pk=first)
    follow_up = FollowUp.objects.open().get()
    assert (failed.failed_at is not None, failed.delivered_at) == (True, None)
    assert (follow_up.kind, str(follow_up.order_id)) == ("failed-delivery", first)
    assert "Forwarded" not in statuses(letter_)

    second = forward(recipient, letter_)
    deliver()

    assert (second.status_code, forwarded_rows(letter_).count()) == (200, 1)
    assert not FollowUp.objects.open().exists()
    assert [mail["To"] for mail in mailbox.mails] == [ADDRESS]


@pytest.mark.contract("design.md#8")
def test_operator_sends_a_failed_forwarding_again_to_the_same_address(sender, recipient, mailbox):
    mailbox.replies[ADDRESS] = [REFUSED]
    letter_ = received(sender, recipient)
    forward(recipient, letter_)
    deliver()
    operator = ensure_operator(username="operator", password="only-for-tests")

    again = resend_order(order=Order.objects.get(), operator=operator, reason="Their server was down.")
    recipient.post(f"/correspondence/{letter_.pk}/confirm")  # which ends what is only for the reader
    deliver()

    assert [mail["To"] for mail in mailbox.mails] == [ADDRESS]
    assert (again.address, again.notifications.get().state) == (ADDRESS, "Order_Completed")
    assert forwarded_rows(letter_).count() == 1
    assert Forwarding.objects.get().delivered_at is not None
    assert forward(recipient, letter_).json()["errorCode"] == 1064
    assert not FollowUp.objects.open().exists()


def test_purged_letter_is_not_forwarded_again_by_an_operator(sender, recipient, mailbox):
    mailbox.replies[ADDRESS] = [REFUSED]
    letter_ = received(sender, recipient)
    forward(recipient, letter_)
    deliver()
    recipient.delete(f"/correspondence/{letter_.pk}/purge")
    operator = ensure_operator(username="operator", password="only-for-tests")

    with pytest.raises(ResendRefused, match="has been purged"):
        resend_order(order=Order.objects.get(), operator=operator, reason="Their server was down.")


@pytest.mark.contract("notifications.md#F20")
def test_mail_that_nobody_takes_in_time_may_be_forwarded_again(sender, recipient, settings):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:1"]
    letter_ = received(sender, recipient)
    forward(recipient, letter_)
    deliver()

    with time_machine.travel(timezone.now() + timedelta(days=3)):
        deliver()
        again = forward(Client.organisation("310654302", "altinn:correspondence.read"), letter_)

    assert (again.status_code, Forwarding.objects.filter(failed_at__isnull=False).count()) == (200, 1)
    assert FollowUp.objects.open().get().kind == "failed-delivery"


def test_purge_stops_the_mail_that_has_not_left(sender, recipient, mailbox):
    letter_ = received(sender, recipient)
    forward(recipient, letter_)
    recipient.delete(f"/correspondence/{letter_.pk}/purge")

    deliver()

    assert (mailbox.mails, Notification.objects.get().state) == ([], "Order_Cancelled")
    assert Forwarding.objects.get().failed_at is not None
    assert statuses(letter_)[-1] == "PurgedByRecipient"


def test_mail_that_left_just_before_the_purge_stands_in_the_history(committed, sender, recipient, mailbox):
    letter_ = received(sender, recipient)
    forward(recipient, letter_)
    purger = Client(recipient.token)
    mailbox.before_taking = lambda: purger.delete(f"/correspondence/{letter_.pk}/purge")

    deliver()

    letter_.refresh_from_db()
    assert (len(mailbox.mails), forwarded_rows(letter_).count()) == (1, 1)
    assert (letter_.get_status_display(), letter_.purged_by) == ("Purged By Recipient", "recipient")
    assert Forwarding.objects.get().delivered_at is not None


def test_reporting_twice_records_once(sender, recipient, mailbox):
    letter_ = received(sender, recipient)
    forward(recipient, letter_)
    deliver()
    Delivery.objects.update(claimed_by=999)

    deliver()
    record_forwarded(forwarding_id=Forwarding.objects.get().pk, delivered=True)

    assert forwarded_rows(letter_).count() == 1


def test_what_became_of_a_mail_is_queued_with_its_end(sender, recipient, mailbox):
    forwarding_id = forward(recipient, received(sender, recipient)).json()

    deliver_due(job_id=JOB)

    jobs = ProcrastinateJob.objects.filter(task_name="correspondence.record_forwarded")
    assert [job.args for job in jobs] == [{"forwarding_id": forwarding_id, "delivered": True}]
    assert "correspondence.record_forwarded" in run_due_jobs()


@pytest.mark.contract("notifications.md#F12")
def test_same_address_at_the_same_moment_is_forwarded_to_once(committed, sender, recipient, mailbox):
    letter_ = received(sender, recipient)

    answers = at_once(*[lambda: forward(Client(recipient.token), letter_)] * 6)

    refused = [answer.json()["errorCode"] for answer in answers if answer.status_code != 200]
    assert refused == [1064] * 5
    assert (Forwarding.objects.count(), Order.objects.count()) == (1, 1)
    deliver()
    assert len(mailbox.mails) == 1


def test_limits_hold_for_calls_at_the_same_moment(committed, sender, recipient, settings):
    settings.FORWARDINGS_PER_LETTER, settings.FORWARDINGS_PER_HOUR = 3, 5
    letters = [received(sender, recipient) for _ in range(2)]

    def to(name, letter_):
        return lambda: forward(Client(recipient.token), letter_, f"{name}@example.no").status_code

    answers = at_once(*[to(name, letter_) for name in "abcd" for letter_ in letters])

    assert [letter_.forwardings.count() for letter_ in letters].count(3) >= 1
    assert (Forwarding.objects.count(), sorted(answers)[:5]) == (5, [200] * 5)
    assert set(answers) <= {200, 400, 429}


def test_letter_is_either_forwarded_or_purged_first(committed, sender, recipient, mailbox):
    for _ in range(4):
        letter_ = received(sender, recipient)
        at_once(
            lambda letter_=letter_: forward(Client(recipient.token), letter_),
            lambda letter_=letter_: Client(recipient.token).delete(f"/correspondence/{letter_.pk}/purge"),
        )
    deliver()

    assert mailbox.mails == []
    assert not Forwarding.objects.filter(failed_at__isnull=True).exists()
