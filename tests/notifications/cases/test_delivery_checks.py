"""Upstream's own tests of placing and delivery checks, row by row (notifications.md 11.3, 11.4).

The look at what the national platform reports is ours for both. S01 and S02 stand in ../platform/test_placing.py; D04,
D07, D08, D18 and D23 in ../platform/test_following.py. Upstream's chat message is a follow-up here. What the
letter's dialog is told (D04, D12 to D16) stands in ../platform/test_activities.py. D05 is about two workers, and commits.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.enums import NotificationState
from notifications.models import Delivery, Notification
from tests.notifications.conftest import ADDRESS, EMAIL, REMINDED
from tests.notifications.platform.conftest import main, open_follow_ups, placed, reminder, told_of, work
from tests.support.letters import letter, send_and_publish
from tests.support.world import COMPANY, PERSON, STRANGER

LOOK, REMINDER_LOOK = timedelta(minutes=6), timedelta(days=1, minutes=6)
MOBILE = "+4799999999"
CREATED, DELIVERED, FAILED, ALL_FAILED = (
    "notificationcreated",
    "correspondencenotificationdelivered",
    "correspondencenotificationfailed",
    "correspondencenotificationallfailed",
)
REMINDER_DELIVERED = "correspondencenotificationreminderdelivered"
PLAIN = EMAIL | {"emailBody": "Hei"}


def looked_at(platform, sender, *recipients, notification=EMAIL, **top):
    published = placed(sender, notification, **top)
    platform.reports(main().shipment_id, *recipients)
    work(after=LOOK)
    return published


def kind_of(word):
    return "SMS" if word.startswith("SMS") else "Email"


def shown(sender, published, *, is_reminder=False):
    """What `details` says of each address."""
    notifications = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]
    (one,) = [one for one in notifications if one["isReminder"] == is_reminder]
    status = one["notificationStatusDetails"]
    return [each["sendStatus"]["status"] for each in (status["emails"] or []) + (status["smses"] or [])]


@pytest.mark.contract("notifications.md#11.3")
def test_reminder_that_was_read_away_while_the_order_was_accepted_is_not_followed(
    committed, platform, sender, recipient
):
    """S03: one look, the main one's"""
    published = send_and_publish(sender, letter(correspondence={"notification": REMINDED}))
    platform.before_answering = lambda: recipient.get(f"/correspondence/{published.pk}/content")

    work()

    assert (main().look_at is None, reminder().look_at) == (False, None)
    assert reminder().state == "Order_Cancelled"
    assert told_of() == [CREATED]


@pytest.mark.contract("notifications.md#11.4")
def test_ended_notification_is_not_asked_about_again(platform, sender):
    """D03, D11"""
    looked_at(platform, sender, ("Email", ADDRESS, "Email_Delivered"))
    asked = len(platform.calls)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Failed"))

    for hours in (1, 24, 24 * 9):
        work(after=timedelta(hours=hours))

    assert (len(platform.calls), told_of()) == (asked, [CREATED, DELIVERED])
    assert Delivery.objects.get().state == "Email_Delivered"


@pytest.mark.contract("notifications.md#11.4")
def test_outcome_that_another_worker_has_recorded_meanwhile_is_not_recorded_again(
    committed, platform, sender
):
    """D05"""
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    completed = {"state": NotificationState.COMPLETED, "look_at": None}
    platform.before_answering = lambda: Notification.objects.update(**completed)

    work(after=LOOK)

    assert (told_of(), Delivery.objects.count()) == ([CREATED], 0)


@pytest.mark.contract("notifications.md#11.4")
def test_message_under_way_is_looked_at_again_and_nothing_else(platform, sender):
    """D06"""
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_New"), status="Order_Processing")
    before = timezone.now()

    work(after=LOOK)

    assert before + LOOK < main().look_at < before + LOOK + timedelta(minutes=2)
    assert (told_of(), open_follow_ups(), Delivery.objects.count()) == ([CREATED], [], 0)


FAILURES = [
    *("Email_Failed", "Email_Failed_Bounced", "Email_Failed_Quarantined", "Email_Failed_RecipientReserved"),
    *("SMS_Failed", "SMS_Failed_RecipientNotIdentified", "SMS_Failed_RecipientReserved"),
    *("Email_Failed_TTL", "SMS_Failed_TTL"),
]


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize("word", FAILURES)
def test_all_failed(platform, sender, word):
    """D09, D12, D13: an expiry keeps its own name, so that it is not read as a refusal"""
    published = looked_at(platform, sender, (kind_of(word), ADDRESS, word))

    assert told_of() == [CREATED, ALL_FAILED]
    assert shown(sender, published) == [word]
    assert open_follow_ups() == ["failed-delivery"]


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize("word", ["Email_Failed_Bounced", "Email_Failed_TTL"])
def test_failed_reminder_says_nothing_of_the_main_notification(platform, sender, word):
    """D14, D15"""
    published = looked_at(platform, sender, ("Email", ADDRESS, "Email_Delivered"), notification=REMINDED)
    platform.reports(reminder().shipment_id, ("Email", ADDRESS, word))

    work(after=REMINDER_LOOK)

    assert shown(sender, published) == ["Email_Delivered"]
    assert shown(sender, published, is_reminder=True) == [word]
    assert told_of() == [CREATED, DELIVERED, ALL_FAILED]


@pytest.mark.contract("notifications.md#11.4")
def test_one_sent_and_one_failed(platform, sender):
    """D10, D16"""
    published = looked_at(
        platform, sender, ("Email", ADDRESS, "Email_Delivered"), ("SMS", MOBILE, "SMS_Failed")
    )

    assert sorted(told_of()) == sorted([CREATED, DELIVERED, FAILED])
    assert shown(sender, published) == ["Email_Delivered", "SMS_Failed"]


@pytest.mark.contract("notifications.md#11.4")
def test_delivered_main_notification_is_no_delivered_reminder(platform, sender):
    """D17"""
    looked_at(platform, sender, ("Email", ADDRESS, "Email_Delivered"), notification=REMINDED)

    assert told_of() == [CREATED, DELIVERED]
    assert REMINDER_DELIVERED not in told_of()


OVERRIDE = {"overrideRegisteredContactInformation": True}
TO = {
    "D19": (EMAIL, {"recipients": [f"0192:{COMPANY}"]}, ALL_FAILED),
    "D20": (EMAIL, {"recipients": [PERSON]}, ALL_FAILED),
    "D21 e-mail": (
        EMAIL,
        {"recipients": ["urn:altinn:person:idporten-email:ola@eksempel.example"]},
        ALL_FAILED,
    ),
    "D21 legacy": (EMAIL, {"recipients": ["urn:altinn:person:legacy-selfidentified:ola"]}, ALL_FAILED),
    "D22": (PLAIN | OVERRIDE | {"customRecipients": [{"organizationNumber": STRANGER}]}, {}, FAILED),
    "D22 person": (
        PLAIN | OVERRIDE | {"customRecipients": [{"nationalIdentityNumber": PERSON}]},
        {},
        FAILED,
    ),
}


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize(("notification", "top", "event"), TO.values(), ids=TO)
def test_only_the_letters_own_recipient_counts_as_all(platform, sender, notification, top, event):
    looked_at(
        platform, sender, ("Email", "x@eksempel.example", "Email_Failed"), notification=notification, **top
    )

    assert told_of() == [CREATED, event]


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize(
    ("custom", "event"),
    [
        ({}, ALL_FAILED),
        ({"customRecipients": [{"organizationNumber": STRANGER}]}, FAILED),
        ({"customRecipients": [{"emailAddress": ADDRESS}]}, FAILED),
    ],
    ids=["D19", "D22", "D23"],
)
def test_same_for_what_we_send_ourselves(sender, world, mailbox, custom, event):
    world.stranger.contact_points.create(email=ADDRESS)
    mailbox.replies[ADDRESS] = ["550 5.1.1 no such mailbox"]

    placed(sender, PLAIN | custom | (OVERRIDE if custom else {}))

    assert told_of() == [CREATED, event]
