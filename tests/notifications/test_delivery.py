"""Delivery over a real SMTP server, and what becomes of each answer (notifications.md 9.4)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from journal.models import FollowUp, OutboundEvent
from notifications.enums import Channel
from notifications.errors import ResendRefused
from notifications.models import Attempt, CapturedMessage, Delivery, Notification, Order
from notifications.services.delivery.deliver import deliver_due
from notifications.services.delivery.window import first_moment
from notifications.services.resend import resend_order
from registry.models import AuditEntry, ContactPoint, User
from tests.notifications.conftest import ADDRESS, EMAIL, JOB, REMINDED, told
from tests.support.letters import letter, send_and_publish


def test_mail_arrives_with_its_headers_and_names(sender, mailbox):
    told(sender)

    (mail,) = mailbox.mails
    assert mail["To"] == ADDRESS
    assert mail["From"] == "DIGITALISERINGSDIREKTORATET <brev@correspondence.example>"
    assert mail["Subject"] == "Brev til RASK FALK AS"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == Delivery.objects.get().message_id
    assert mail.get_content() == "Hei RASK FALK AS (310654302)\n"


def test_delivery_is_recorded_and_told_to_the_sender(sender, mailbox):
    published = told(sender)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.rule, delivery.claimed_by) == ("Email_Succeeded", "official", None)
    assert list(Attempt.objects.values_list("number", "outcome")) == [(1, "accepted")]
    assert Notification.objects.get().state == "Order_Completed"
    assert Order.objects.get().finished_at is not None
    details = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"][0]
    assert details["processingStatus"]["status"] == "Order_Completed"
    assert details["notificationStatusDetails"]["email"]["sendStatus"]["status"] == "Email_Succeeded"
    assert OutboundEvent.objects.filter(type="correspondencenotificationdelivered").count() == 1


def test_html_mail_has_a_plain_text_beside_it(sender, mailbox):
    told(sender, EMAIL | {"emailContentType": "Html", "emailBody": "<p>Hei &amp; hå</p>"})

    (mail,) = mailbox.mails
    assert mail.get_body(("plain",)).get_content() == "Hei & hå\n"
    assert mail.get_body(("html",)).get_content() == "<p>Hei &amp; hå</p>\n"


def test_subject_stays_on_one_line(sender, mailbox):
    told(sender, EMAIL | {"emailSubject": "Hei\r\nBcc: everyone@example.no"})

    (mail,) = mailbox.mails
    assert (mail["Subject"], mail["Bcc"]) == ("Hei Bcc: everyone@example.no", None)


def test_second_run_sends_nothing_again(sender, mailbox):
    told(sender)

    deliver_due(job_id=JOB)

    assert len(mailbox.mails) == 1


def test_temporary_refusal_is_tried_again_later_under_the_same_id(sender, mailbox):
    mailbox.replies[ADDRESS] = ["451 4.3.0 try again later"] * 2
    with time_machine.travel(timezone.now(), tick=False) as clock:
        told(sender)
        waiting = Delivery.objects.get()
        clock.shift(timedelta(minutes=2))
        deliver_due(job_id=JOB)

    assert (waiting.state, waiting.next_attempt_at > waiting.created_at) == ("Email_New", True)
    assert list(Attempt.objects.values_list("number", "outcome")) == [
        (1, "temporary"),
        (2, "temporary"),
        (3, "accepted"),
    ]
    assert "451 4.3.0" in Attempt.objects.get(number=1).answer
    assert mailbox.mails[0]["Message-ID"] == waiting.message_id


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("550 5.1.1 no such mailbox", "Email_Failed_Bounced"),
        ("501 5.1.3 bad address", "Email_Failed_InvalidEmailFormat"),
        ("550 5.7.1 looks like spam", "Email_Failed_FilteredSpam"),
        ("554 no", "Email_Failed"),
    ],
)
def test_permanent_refusal_ends_and_asks_for_a_person(sender, mailbox, reply, state):
    mailbox.replies[ADDRESS] = [reply]

    published = told(sender)

    assert Delivery.objects.get().state == state
    follow_up = FollowUp.objects.open().get(correspondence=published)
    assert (follow_up.kind, reply in follow_up.summary) == ("failed-delivery", True)
    assert OutboundEvent.objects.filter(type="correspondencenotificationallfailed").count() == 1


def test_server_that_is_down_fails_nobody(sender, settings):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9"]

    told(sender)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.claimed_by) == ("Email_New", None)
    assert not FollowUp.objects.exists()


def test_second_server_takes_over_from_one_that_is_down(sender, settings, mailbox):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9", mailbox.url]

    told(sender)

    assert len(mailbox.mails) == 1


def test_delivery_that_nobody_takes_expires(sender, settings):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9"]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        told(sender)
        clock.shift(timedelta(hours=49))
        deliver_due(job_id=JOB)

    assert Delivery.objects.get().state == "Email_Failed"
    assert Notification.objects.get().state == "Order_Completed"
    assert FollowUp.objects.open().count() == 1


def test_address_registered_meanwhile_is_used_and_closes_the_follow_up(sender, world, mailbox):
    body = letter(correspondence={"notification": EMAIL}, recipients=["18865196381"])
    published = send_and_publish(sender, body)
    ContactPoint.objects.create(party=world.unreachable, email="ny@eksempel.example")

    deliver_due(job_id=JOB)

    assert mailbox.mails[0]["To"] == "ny@eksempel.example"
    assert not FollowUp.objects.open().filter(correspondence=published).exists()


def test_reminder_is_not_sent_once_the_letter_is_read(sender, recipient, mailbox):
    published = told(sender, REMINDED)
    recipient.get(f"/correspondence/{published.pk}/content")

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        deliver_due(job_id=JOB)

    assert len(mailbox.mails) == 1
    assert Notification.objects.get(is_reminder=True).state == "Order_Cancelled"


def test_reminder_is_sent_when_the_letter_is_unread(sender, mailbox):
    told(sender, REMINDED)

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        deliver_due(job_id=JOB)

    assert [mail["Subject"] for mail in mailbox.mails] == ["Brev til RASK FALK AS", "Husk"]


def test_purge_stops_what_is_not_sent_yet(sender, recipient, mailbox):
    published = send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    recipient.delete(f"/correspondence/{published.pk}/purge")

    deliver_due(job_id=JOB)

    assert mailbox.mails == []


def test_demo_keeps_mail_instead_of_sending_it(sender, settings):
    settings.EMAIL_URLS = []

    told(sender)

    captured = CapturedMessage.objects.get()
    assert (captured.recipient, captured.subject) == (ADDRESS, "Brev til RASK FALK AS")
    assert "Auto-Submitted: auto-generated" in captured.content


def test_what_a_dead_job_was_sending_is_sent_again_under_the_same_id(sender, mailbox):
    published = send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    deliver_due(job_id=JOB)
    delivery = Delivery.objects.get()
    Attempt.objects.update(closed_at=None, outcome="")
    Delivery.objects.update(state="Email_Sending", claimed_by=999, next_attempt_at=timezone.now())
    Notification.objects.update(state="Order_Processed")

    deliver_due(job_id=JOB)

    assert [mail["Message-ID"] for mail in mailbox.mails] == [delivery.message_id] * 2
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["interrupted", "accepted"]
    assert published.orders.count() == 1


def test_operator_resends_with_a_reason_and_the_new_attempt_is_seen(sender, mailbox):
    told(sender)
    order, operator = Order.objects.get(), User.objects.create_user("kari")

    repeated = resend_order(order=order, operator=operator, reason="The recipient asked for it.")
    deliver_due(job_id=JOB)

    assert [mail["To"] for mail in mailbox.mails] == [ADDRESS, ADDRESS]
    assert (repeated.repeats, repeated.notifications.get().state) == (order, "Order_Completed")
    entry = AuditEntry.objects.get()
    assert (entry.operator, entry.action, entry.reason) == (
        operator,
        "notification.resend",
        "The recipient asked for it.",
    )


def test_resend_is_refused_without_a_reason_after_reading_and_twice_at_once(sender, recipient, mailbox):
    published = told(sender)
    order, operator = Order.objects.get(), User.objects.create_user("kari")

    with pytest.raises(ResendRefused, match="reason"):
        resend_order(order=order, operator=operator, reason=" ")
    resend_order(order=order, operator=operator, reason="Once")
    with pytest.raises(ResendRefused, match="already"), transaction.atomic():
        resend_order(order=order, operator=operator, reason="Twice")
    deliver_due(job_id=JOB)
    recipient.get(f"/correspondence/{published.pk}/content")
    with pytest.raises(ResendRefused, match="read already"):
        resend_order(order=order, operator=operator, reason="Again")


@pytest.mark.contract("notifications.md#9.3")
@pytest.mark.parametrize(
    ("at", "goes"),
    [
        ("2026-06-07T06:59:00", "2026-06-07T07:00:00"),
        ("2026-06-07T07:00:00", "2026-06-07T07:00:00"),
        ("2026-06-07T14:59:00", "2026-06-07T14:59:00"),
        ("2026-06-07T15:00:00", "2026-06-08T07:00:00"),
        ("2026-10-24T20:00:00", "2026-10-25T08:00:00"),
    ],
)
def test_sms_goes_out_in_norwegian_daytime_every_day(settings, at, goes):
    settings.SMS_SEND_WINDOW = "09:00-17:00"
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert first_moment(Channel.SMS, moment) == datetime.fromisoformat(goes).replace(tzinfo=UTC)
    assert first_moment(Channel.EMAIL, moment) == moment


def test_database_refuses_two_open_attempts(sender, mailbox):
    told(sender)
    delivery = Delivery.objects.get()
    Attempt.objects.create(delivery=delivery, number=2, provider="x", opened_at=timezone.now())

    with pytest.raises(IntegrityError, match="attempt_one_open"), transaction.atomic():
        Attempt.objects.create(delivery=delivery, number=3, provider="x", opened_at=timezone.now())
