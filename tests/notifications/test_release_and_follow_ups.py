"""When a letter's orders are let go, and what an operator must look at (design.md points 8, 9 and 17)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from correspondence.services.retry_publishing import retry_publishing
from journal.models import FollowUp, OutboundEvent
from notifications.errors import ResendRefused
from notifications.models import CapturedMessage, Delivery, Notification, Order
from notifications.services.delivery.deliver import deliver_due
from notifications.services.resend import resend_order
from registry.models import ContactPoint, Reservation, User
from tests.notifications.conftest import ADDRESS, EMAIL, GENERIC, JOB, REMINDED, told
from tests.support.letters import in_days, letter, publish, send, send_and_publish
from tests.support.world import PERSON, UNREACHABLE

COMPANY_LIST = ["0192:310654302"]


@pytest.fixture
def operator(db):
    return User.objects.create_user("kari")


def open_kinds():
    return list(FollowUp.objects.open().values_list("kind", flat=True))


def test_letter_that_is_published_late_is_told_about_then_and_reminded_of_from_then(sender):
    waiting = send(sender, letter(correspondence={"notification": REMINDED}))

    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        publish(waiting)
        now = timezone.now()

    sent_at = dict(Notification.objects.values_list("is_reminder", "send_at"))
    assert sent_at == {False: now, True: now + timedelta(days=1)}


def test_letter_for_later_keeps_its_times(sender):
    later = send(sender, letter(correspondence={"notification": EMAIL, "requestedPublishTime": in_days(2)}))

    with time_machine.travel(timezone.now() + timedelta(days=2, seconds=1), tick=False):
        publish(later)

    assert Notification.objects.get().send_at - later.requested_publish_time < timedelta(seconds=2)


def test_failed_letter_that_is_published_after_all_is_told_about(sender, world, operator):
    stored = send(sender, letter(correspondence={"notification": EMAIL}, recipients=[PERSON]))
    reservation = Reservation.objects.create(person=world.person, reserved=True)
    publish(stored)
    reservation.delete()

    retry_publishing(letter=stored, operator=operator, reason="It was a mistake.")
    publish(stored)
    deliver_due(job_id=JOB)

    assert CapturedMessage.objects.get().recipient == "kari@eksempel.example"
    notification = Notification.objects.get()
    assert (notification.state, notification.reason) == ("Order_Completed", "")


@pytest.mark.contract("notifications.md#11.8")
def test_x17_reminder_without_a_number_is_a_follow_up_of_its_own(sender, mailbox):
    ContactPoint.objects.update(mobile="")
    told(sender, GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"})

    follow_up = FollowUp.objects.open().get()

    assert (follow_up.kind, follow_up.cause) == (
        "missing-contact",
        str(Notification.objects.get(is_reminder=True).pk),
    )
    assert len(mailbox.mails) == 1


@pytest.mark.contract("notifications.md#11.8")
def test_x18_nobody_reachable_ends_as_not_identified_and_stays_on_the_list(sender):
    told(sender, GENERIC | {"sendReminder": True}, recipients=[UNREACHABLE])

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        deliver_due(job_id=JOB)

    assert set(Delivery.objects.values_list("state", flat=True)) == {"Email_Failed_RecipientNotIdentified"}
    assert open_kinds() == ["missing-contact"]
    assert OutboundEvent.objects.filter(type="correspondencenotificationallfailed").count() == 2


def test_address_that_is_gone_when_the_notification_falls_due_is_a_follow_up(sender):
    published = send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    ContactPoint.objects.all().delete()

    deliver_due(job_id=JOB)

    assert FollowUp.objects.open().get().cause == str(published.orders.get().pk)


@pytest.mark.contract("notifications.md#11.8")
def test_x19_person_who_reserves_before_it_falls_due_is_not_written_to(sender, world, mailbox):
    send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)

    deliver_due(job_id=JOB)

    assert (mailbox.mails, Delivery.objects.get().state) == ([], "Email_Failed_RecipientReserved")
    assert open_kinds() == ["missing-contact"]


def test_sender_who_may_ignore_a_reservation_is_not_held_up_by_one_who_may_not(sender, world, mailbox):
    for ignores in (True, False):
        body = letter(
            correspondence={"notification": EMAIL, "ignoreReservation": ignores}, recipients=[PERSON]
        )
        send_and_publish(sender, body)
    Reservation.objects.create(person=world.person, reserved=True)

    deliver_due(job_id=JOB)

    states = Delivery.objects.order_by("notification__order__ignore_reservation").values_list(
        "state", flat=True
    )
    assert list(states) == ["Email_Failed_RecipientReserved", "Email_Succeeded"]


@pytest.mark.contract("notifications.md#1.1")
def test_both_channels_with_one_address_show_what_was_missing(sender, mailbox):
    ContactPoint.objects.update(mobile="")

    published = told(sender, GENERIC | {"notificationChannel": "EmailAndSms"})

    states = Delivery.objects.order_by("channel").values_list("state", flat=True)
    assert list(states) == ["Email_Succeeded", "SMS_Failed_RecipientNotIdentified"]
    events = OutboundEvent.objects.filter(resource_instance=str(published.pk), type__contains="notification")
    assert set(events.values_list("type", flat=True)) == {
        "correspondencenotificationdelivered",
        "correspondencenotificationfailed",
    }
    assert open_kinds() == []


def test_preferred_channel_uses_the_other_only_without_the_first(sender, mailbox):
    told(sender, GENERIC | {"notificationChannel": "EmailPreferred"})

    assert list(Delivery.objects.values_list("channel", "address")) == [("email", ADDRESS)]


def test_resend_that_succeeds_settles_what_the_first_could_not(sender, mailbox, operator):
    mailbox.replies[ADDRESS] = ["550 5.1.1 no such mailbox"]
    told(sender)
    failed = open_kinds()

    resend_order(order=Order.objects.get(), operator=operator, reason="The address works again.")
    deliver_due(job_id=JOB)

    assert (failed, open_kinds()) == (["failed-delivery"], [])


def test_resend_that_fails_too_asks_once(sender, mailbox, operator):
    mailbox.replies[ADDRESS] = ["550 5.1.1 no such mailbox"] * 2
    told(sender)

    resend_order(order=Order.objects.get(), operator=operator, reason="Try again")
    deliver_due(job_id=JOB)

    assert open_kinds() == ["failed-delivery"]


def test_resend_to_someone_who_now_has_an_address_settles_the_missing_contact(
    sender, world, mailbox, operator
):
    told(sender, recipients=[UNREACHABLE])
    ContactPoint.objects.create(party=world.unreachable, email="ny@eksempel.example")

    resend_order(order=Order.objects.get(), operator=operator, reason="They registered an address.")
    deliver_due(job_id=JOB)

    assert ([mail["To"] for mail in mailbox.mails], open_kinds()) == (["ny@eksempel.example"], [])


def test_resend_of_an_order_without_text_is_refused(sender, operator):
    no_text = {
        "notificationChannel": "Sms",
        "smsBody": "Hei",
        "customRecipients": [{"emailAddress": "a@b.no"}],
    }
    told(sender, no_text)

    with pytest.raises(ResendRefused, match="no text"):
        resend_order(order=Order.objects.get(address="a@b.no"), operator=operator, reason="Please")


def test_resend_is_refused_before_publishing_after_purging_and_for_the_reserved(
    sender, recipient, world, operator
):
    waiting = send(sender, letter(correspondence={"notification": EMAIL}))
    with pytest.raises(ResendRefused, match="not published"):
        resend_order(order=waiting.orders.get(), operator=operator, reason="Now")

    publish(waiting)
    recipient.delete(f"/correspondence/{waiting.pk}/purge")
    with pytest.raises(ResendRefused, match="purged"):
        resend_order(order=waiting.orders.get(), operator=operator, reason="Now")

    reserved = send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)
    with pytest.raises(ResendRefused, match="reserved"):
        resend_order(order=reserved.orders.get(), operator=operator, reason="Now")


def test_names_are_text_in_html(sender, world, mailbox):
    world.company.display_name = "FISK & <B>LAKS</B> AS"
    world.company.save()
    html = {
        "emailContentType": "Html",
        "emailSubject": "$recipientName$",
        "emailBody": "<p>$messageTitle$ til $recipientName$</p>",
    }
    content = {"messageTitle": "Krav & svar"}

    send_and_publish(sender, letter(content, {"notification": html}))
    deliver_due(job_id=JOB)

    (mail,) = mailbox.mails
    assert mail["Subject"] == "FISK & <B>LAKS</B> AS"
    body = "<p>Krav &amp; svar til FISK &amp; &lt;B&gt;LAKS&lt;/B&gt; AS</p>\n"
    assert mail.get_body(("html",)).get_content() == body
