"""What nobody tests upstream and clients meet, row by row (notifications.md 11.8).

X04 to X07 and X09 to X11 stand in test_requests.py, where the requests are; X12 to X19 in ../test_rules_and_orders.py,
../test_release_and_follow_ups.py and ../platform/; X20 to X22, X29, X30 and X34 in ../platform/; X23 to X26 in
../test_conditions.py; X32 and X33 in ../test_details.py; X36 in ../reports/; X37 to X40 in tests/correspondence/forwarding/.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from journal.models import FollowUp, OutboundEvent
from notifications.models import Delivery, Notification, Order
from notifications.services.delivery.deliver import deliver_due
from registry.models import ContactPoint
from tests.notifications.conftest import ADDRESS, EMAIL, GENERIC, JOB, REMINDED, told
from tests.notifications.platform.conftest import placed, work
from tests.support.clients import Client
from tests.support.letters import letter, publish, send
from tests.support.world import UNREACHABLE

TEXTS = {"emailSubject": "Hei", "emailBody": "Nytt brev"}
SMS = {"notificationChannel": "Sms", "smsBody": "Nytt brev"}
NOWHERE = "smtp://127.0.0.1:9"


def follow_ups():
    return sorted(FollowUp.objects.open().values_list("kind", flat=True))


def events(word):
    return OutboundEvent.objects.filter(type=f"correspondencenotification{word}").count()


@pytest.mark.contract("notifications.md#11.8")
def test_reminder_texts_make_no_reminder(sender, mailbox):
    """X01"""
    told(sender, REMINDED | {"sendReminder": False, "reminderNotificationChannel": "Email"})

    assert [one.is_reminder for one in Notification.objects.all()] == [False]


@pytest.mark.contract("notifications.md#11.8")
def test_channel_left_out_is_email(sender, mailbox):
    """X02"""
    told(sender, TEXTS)

    assert list(Delivery.objects.values_list("channel", "address")) == [("email", ADDRESS)]


@pytest.mark.contract("notifications.md#11.8")
def test_send_time_of_the_request_is_ignored(sender):
    """X03"""
    later = (timezone.now() + timedelta(days=30)).isoformat()

    send(sender, letter(correspondence={"notification": EMAIL | {"requestedSendTime": later}}))

    assert Notification.objects.get().send_at <= timezone.now()


@pytest.mark.contract("notifications.md#11.8")
def test_keyword_in_other_letters_is_no_keyword(sender, mailbox):
    """X08"""
    told(sender, EMAIL | {"emailSubject": "$RECIPIENTNAME$", "emailBody": "$recipientName$"})

    (mail,) = mailbox.mails
    assert (mail["Subject"], mail.get_content()) == ("$RECIPIENTNAME$", "RASK FALK AS\n")


@pytest.mark.contract("notifications.md#11.8")
@pytest.mark.parametrize(
    ("notification", "kept_going"),
    [
        (SMS | {"customRecipients": [{"emailAddress": "a@b.no"}, {"mobileNumber": "+4799999997"}]}, 2),
        ({"emailSubject": " ", "emailBody": "\t"}, 0),
    ],
    ids=["X13", "X14"],
)
def test_order_without_a_text_is_told_of_and_keeps_no_other_back(sender, notification, kept_going):
    told(sender, notification)

    assert Notification.objects.filter(result="Failure").count() == 1
    assert Delivery.objects.count() == kept_going
    assert (events("creationfailed"), follow_ups()) == (1, ["failed-delivery"])


@pytest.mark.contract("notifications.md#11.8")
def test_who_had_no_address_is_looked_up_again_when_it_falls_due(sender, world, mailbox):
    """X18"""
    waiting = send(sender, letter(correspondence={"notification": EMAIL}, recipients=[UNREACHABLE]))
    assert (events("creationfailed"), follow_ups()) == (1, ["missing-contact"])
    ContactPoint.objects.create(party=world.unreachable, email="ny@eksempel.example")

    publish(waiting)
    deliver_due(job_id=JOB)

    assert ([mail["To"] for mail in mailbox.mails], follow_ups()) == (["ny@eksempel.example"], [])


OSLO_SUNDAY = datetime(2099, 6, 7, tzinfo=UTC) - timedelta(hours=2)
"""Its midnight, in summer time."""


@pytest.mark.contract("notifications.md#11.8")
@pytest.mark.parametrize(
    ("due", "waits_until"),
    [("08:59", "09:00"), ("09:00", None), ("16:59", None), ("17:00", "33:00")],
)
def test_sms_on_a_sunday(sender, world, settings, due, waits_until):
    """X27: the window's first minute belongs to it, its last does not"""

    def at(clock_time):
        hours, minutes = clock_time.split(":")
        return OSLO_SUNDAY + timedelta(hours=int(hours), minutes=int(minutes))

    assert OSLO_SUNDAY.date().isoweekday() == 6  # in UTC it is Saturday still
    settings.SMS_SEND_WINDOW = "09:00-17:00"
    with time_machine.travel(at(due), tick=False):
        system = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")
        publish(send(system, letter(correspondence={"notification": SMS})))
        deliver_due(job_id=JOB)

    delivery = Delivery.objects.get()
    assert delivery.state == ("SMS_New" if waits_until else "SMS_Accepted")
    assert waits_until is None or delivery.next_attempt_at == at(waits_until)


@pytest.mark.contract("notifications.md#11.8")
def test_reminder_counts_whole_days_over_a_clock_change(world, settings):
    """X28"""
    settings.IS_PRODUCTION = True
    with time_machine.travel(datetime.fromisoformat("2026-10-20T10:00:00+02:00"), tick=False):
        system = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")
        publish(send(system, letter(correspondence={"notification": REMINDED})))

    reminder = Notification.objects.get(is_reminder=True)
    assert reminder.send_at == datetime.fromisoformat("2026-10-27T09:00:00+01:00")


@pytest.mark.contract("notifications.md#11.8")
def test_details_are_answered_without_the_platform(platform, sender, settings):
    """X31"""
    published = placed(sender, EMAIL)
    settings.NOTIFICATION_PLATFORM_URL = "http://127.0.0.1:9"

    answer = sender.get(f"/correspondence/{published.pk}/details")

    assert answer.status_code == 200
    assert [one["processingStatus"]["status"] for one in answer.json()["notifications"]] == [
        "Order_Registered"
    ]


@pytest.mark.contract("notifications.md#11.8")
@pytest.mark.parametrize(
    ("notification", "state"), [(EMAIL, "Email_Failed"), (SMS, "SMS_Failed")], ids=["e-mail", "sms"]
)
def test_message_that_nobody_takes_ends_with_its_time(sender, settings, notification, state):
    """X35"""
    settings.EMAIL_URLS, settings.SMS_GATEWAY_URLS = [NOWHERE], ["http://127.0.0.1:9"]
    settings.SMS_SEND_WINDOW = "always"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        told(sender, notification)
        clock.shift(timedelta(hours=47))
        deliver_due(job_id=JOB)
        waiting = Delivery.objects.get().state
        clock.shift(timedelta(hours=2))
        deliver_due(job_id=JOB)

    assert (waiting.endswith("_New"), Delivery.objects.get().state) == (True, state)
    assert (events("allfailed"), follow_ups()) == (1, ["failed-delivery"])
    assert Order.objects.get().finished_at is not None


@pytest.mark.contract("notifications.md#11.8")
def test_order_that_the_platform_never_accepts_ends_too(platform, sender):
    """X35"""
    platform.answers = [(503, None)] * 1000
    placed(sender, GENERIC)

    for hours in range(1, 60):
        work(after=timedelta(hours=hours))

    assert (events("creationfailed"), follow_ups()) == (1, ["failed-delivery"])
    assert Order.objects.get().finished_at is not None
