"""What became of a placed order: asked for, kept, told, and cancelled in time (notifications.md 6, 7.1, 9.2)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from journal.models import FollowUp
from notifications.models import Delivery, Notification, Order
from notifications.services.platform.cancel import cancel_shipment
from notifications.services.platform.follow import WAITS
from notifications.services.resend import resend_order
from registry.models import User
from registry.neighbours import NeighbourFailed
from tests.notifications.conftest import ADDRESS, EMAIL, REMINDED
from tests.notifications.platform.conftest import (
    main,
    open_follow_ups,
    placed,
    reminder,
    run_cancelling,
    told_of,
    work,
)
from tests.support.letters import letter, send_and_publish
from tests.support.notification_platform import AT
from tests.support.world import PERSON

MOBILE = "+4799999999"
FIRST_LOOK = timedelta(minutes=6)
PAST_REMINDER = timedelta(days=1, minutes=6)
CREATED = "notificationcreated"
DELIVERED, REMINDER_DELIVERED = (
    "correspondencenotificationdelivered",
    "correspondencenotificationreminderdelivered",
)
FAILED, ALL_FAILED = "correspondencenotificationfailed", "correspondencenotificationallfailed"


def looks(platform):
    return [path for method, path in platform.made if method == "GET"]


def cancelled(platform):
    return [path for method, path in platform.made if method == "PUT"]


def details(sender, published):
    return sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]


@pytest.mark.contract("notifications.md#11.4")
def test_d04_delivered(platform, sender):
    published = placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    work(after=timedelta(minutes=4))
    assert looks(platform) == []

    work(after=FIRST_LOOK)
    work(after=timedelta(hours=5))

    assert looks(platform) == [f"/future/shipment/{main().shipment_id}"]
    assert told_of() == [CREATED, DELIVERED]
    assert (Order.objects.get().finished_at is None, open_follow_ups()) == (False, [])
    asked = len(platform.calls)
    (shown,) = details(sender, published)
    assert shown["processingStatus"]["status"] == "Order_Completed"
    assert datetime.fromisoformat(shown["processingStatus"]["lastUpdate"]) == datetime.fromisoformat(AT)
    email = shown["notificationStatusDetails"]["email"]
    assert (email["recipient"]["emailAddress"], email["succeeded"]) == (ADDRESS, True)
    assert email["sendStatus"]["status"] == "Email_Delivered"
    assert len(platform.calls) == asked  # details are answered from what is kept


def test_shipment_under_way_shows_what_has_been_handed_over(platform, sender, settings):
    settings.EMAIL_URLS, settings.SMS_SEND_WINDOW = ["smtp://127.0.0.1:9"], "always"
    published = placed(sender, EMAIL)
    platform.reports(
        main().shipment_id,
        ("Email", ADDRESS, "Email_Succeeded"),
        ("SMS", MOBILE, "SMS_New"),
        status="Order_Processed",
    )

    work(after=FIRST_LOOK)

    (shown,) = details(sender, published)
    status = shown["notificationStatusDetails"]
    assert (shown["processingStatus"]["status"], status["sms"]) == ("Order_Processed", None)
    assert status["email"]["sendStatus"]["status"] == "Email_Succeeded"
    assert told_of() == [CREATED]

    platform.reports(
        main().shipment_id, ("Email", ADDRESS, "Email_Delivered"), ("SMS", MOBILE, "SMS_Failed_Undelivered")
    )
    work(after=timedelta(minutes=8))

    states = list(Delivery.objects.order_by("channel").values_list("address", "state"))
    assert states == [(ADDRESS, "Email_Delivered"), (MOBILE, "SMS_Failed_Undelivered")]
    assert sorted(told_of()[1:]) == [DELIVERED, FAILED]
    assert open_follow_ups() == []  # they were reached


@pytest.mark.contract("notifications.md#9.2")
@pytest.mark.parametrize(
    ("kind", "word", "shown"),
    [
        ("Email", "Email_Failed_InvalidFormat", "Email_Failed_InvalidEmailFormat"),
        ("Email", "Email_Failed_InvalidSasUrl", "Email_Failed"),
        ("Email", "Email_Failed_PayloadTooLarge", "Email_Failed"),
        ("Email", "email_failed_quarantined", "Email_Failed_Quarantined"),
        ("Email", "Email_Failed_SuppressedRecipient", "Email_Failed_SuppressedRecipient"),
        ("Email", "Email_Failed_TTL", "Email_Failed_TTL"),
        ("sms", "SMS_Failed_BarredReceiver", "SMS_Failed_BarredReceiver"),
        ("SMS", "SMS_Failed_Deleted", "SMS_Failed_Deleted"),
        ("SMS", "SMS_Failed_Expired", "SMS_Failed_Expired"),
        ("SMS", "SMS_Failed_Rejected", "SMS_Failed_Rejected"),
        ("SMS", "SMS_Failed_Undelivered", "SMS_Failed_Undelivered"),
        ("SMS", "SMS_Failed_OfAKindToCome", "SMS_Failed"),
    ],
)
def test_x29_every_failure_is_a_failure_by_a_name_that_clients_know(platform, sender, kind, word, shown):
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, (kind, ADDRESS, word))

    work(after=FIRST_LOOK)

    assert Delivery.objects.get().state == shown
    assert (told_of(), open_follow_ups()) == ([CREATED, ALL_FAILED], ["failed-delivery"])
    assert FollowUp.objects.get().summary == f"The notification platform reports {shown}."


@pytest.mark.contract("notifications.md#11.8")
@pytest.mark.parametrize("recipients", [[], [("Email", ADDRESS, "Email_Vanished")], [("SMS", MOBILE, "")]])
def test_x30_end_without_a_known_outcome_is_a_follow_up(platform, sender, recipients):
    published = placed(sender, EMAIL)
    platform.reports(main().shipment_id, *recipients)

    work(after=FIRST_LOOK)

    assert (told_of(), open_follow_ups()) == ([CREATED], ["failed-delivery"])
    (shown,) = details(sender, published)
    known = [*(shown["notificationStatusDetails"]["emails"] or [])]
    known += shown["notificationStatusDetails"]["smses"] or []
    assert [one["sendStatus"]["status"] for one in known] == ["Unknown"] * len(recipients)


@pytest.mark.contract("notifications.md#11.8")
def test_x19_reserved_person_fails_when_the_platform_sends(platform, sender):
    placed(sender, EMAIL, recipients=[PERSON])
    platform.reports(main().shipment_id, ("Email", "", "Email_Failed_RecipientReserved"))

    work(after=FIRST_LOOK)

    assert (told_of(), open_follow_ups()) == ([CREATED, ALL_FAILED], ["missing-contact"])


@pytest.mark.contract("notifications.md#11.4")
def test_d23_failing_custom_recipient_is_not_all(platform, sender):
    custom = {
        "overrideRegisteredContactInformation": True,
        "customRecipients": [{"emailAddress": "anne@eksempel.example"}],
    }
    placed(sender, EMAIL | custom | {"emailBody": "Hei"})
    platform.reports(main().shipment_id, ("Email", "anne@eksempel.example", "Email_Failed_Bounced"))

    work(after=FIRST_LOOK)

    assert told_of() == [CREATED, FAILED]
    assert Delivery.objects.get().rule == "given"


@pytest.mark.contract("notifications.md#11.4")
def test_d18_reminder_has_its_own_end(platform, sender):
    placed(sender, REMINDED)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    work(after=FIRST_LOOK)
    assert Order.objects.get().finished_at is None
    platform.reports(reminder().shipment_id, ("Email", ADDRESS, "Email_Delivered"))

    work(after=PAST_REMINDER)

    assert told_of() == [CREATED, DELIVERED, REMINDER_DELIVERED]
    assert Order.objects.get().finished_at


@pytest.mark.parametrize("status", ["Order_SendConditionNotMet", "Order_Cancelled"])
def test_what_was_not_sent_ends_silently(platform, sender, status):
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, status=status)

    work(after=FIRST_LOOK)
    work(after=timedelta(days=1))

    assert (main().state, len(looks(platform))) == (status, 1)
    assert (told_of(), open_follow_ups()) == ([CREATED], [])
    assert Order.objects.get().finished_at


@pytest.mark.contract("notifications.md#6.1")
def test_x34_looked_at_ten_times_in_eight_days_and_then_handed_to_a_person(platform, sender):
    """D07, D08"""
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, status="Order_Processing")
    at = main().look_at - timezone.now() + timedelta(seconds=1)

    seen = []
    for wait in [*WAITS, timedelta(days=30), timedelta(days=30)]:
        work(after=at)
        seen.append((len(looks(platform)), open_follow_ups()))
        work(after=at + wait - timedelta(seconds=20))
        assert len(looks(platform)) == seen[-1][0]
        at += wait + timedelta(seconds=1)

    assert sum(WAITS, timedelta()) == timedelta(hours=196, minutes=16)
    assert [count for count, _ in seen] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]
    assert [kinds for _, kinds in seen] == [[]] * 9 + [["failed-delivery"]] * 2
    assert main().reason == "The notification platform had not confirmed the delivery at the last look."
    assert Order.objects.get().finished_at  # so that it can be sent again


@pytest.mark.parametrize(
    "answer", [(500, None), (404, {"code": "NOT-00003"}), (200, {"status": 7}), (503, None)]
)
def test_look_that_fails_is_made_again(platform, sender, answer):
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    platform.answers = [answer]
    work(after=FIRST_LOOK)
    assert told_of() == [CREATED]

    work(after=FIRST_LOOK + timedelta(minutes=2))

    assert told_of() == [CREATED, DELIVERED]


def test_look_of_a_killed_worker_is_made_again(platform, sender):
    """It had claimed the shipment, and nothing more."""
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    at = timezone.now() + FIRST_LOOK
    Notification.objects.update(look_at=at + timedelta(minutes=1))

    work(after=FIRST_LOOK)
    assert looks(platform) == []
    work(after=FIRST_LOOK + timedelta(minutes=2))

    assert told_of() == [CREATED, DELIVERED]


def test_order_sent_again_with_success_settles_the_first(platform, sender):
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Failed_Bounced"))
    work(after=FIRST_LOOK)
    failed = open_follow_ups()

    resend_order(order=Order.objects.get(), operator=User.objects.create_user("kari"), reason="Corrected")
    work()
    again = Notification.objects.get(order__repeats__isnull=False)
    platform.reports(again.shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    work(after=FIRST_LOOK)

    assert (failed, open_follow_ups()) == (["failed-delivery"], [])


def test_reading_cancels_the_reminder_only(platform, sender, recipient):
    published = placed(sender, REMINDED)
    assert recipient.get(f"/correspondence/{published.pk}/content").status_code == 200
    assert cancelled(platform) == []  # nothing is asked of the platform while the recipient waits

    run_cancelling()

    assert cancelled(platform) == [f"/orders/{reminder().shipment_id}/cancel"]
    assert (main().state, reminder().state) == ("Order_Registered", "Order_Cancelled")
    assert (reminder().reason, reminder().look_at) == ("The letter was read.", None)


def test_purge_cancels_both(platform, sender, recipient):
    published = placed(sender, REMINDED)
    recipient.delete(f"/correspondence/{published.pk}/purge")

    run_cancelling()
    run_cancelling()

    assert {main().state, reminder().state} == {"Order_Cancelled"}
    assert set(cancelled(platform)) == {
        f"/orders/{one.shipment_id}/cancel" for one in Notification.objects.all()
    }
    assert Order.objects.get().finished_at


@pytest.mark.parametrize("status", [409, 404])
def test_what_cannot_be_cancelled_any_more_is_followed_to_its_end(platform, sender, recipient, status):
    published = placed(sender, EMAIL)
    recipient.delete(f"/correspondence/{published.pk}/purge")
    platform.cancelling = status

    run_cancelling()
    assert main().state == "Order_Registered"
    platform.reports(main().shipment_id, status="Order_SendConditionNotMet")
    work(after=FIRST_LOOK)

    assert (main().state, told_of()) == ("Order_SendConditionNotMet", [CREATED])


def test_failed_cancelling_is_repeated(platform, sender, recipient):
    published = placed(sender, EMAIL)
    recipient.delete(f"/correspondence/{published.pk}/purge")
    platform.answers = [(500, None)]
    with pytest.raises(NeighbourFailed):
        run_cancelling()

    run_cancelling()

    assert main().state == "Order_Cancelled"


def test_what_has_been_sent_is_not_cancelled(platform, sender, recipient):
    published = placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    work(after=FIRST_LOOK)
    recipient.delete(f"/correspondence/{published.pk}/purge")

    assert run_cancelling() == 0
    cancel_shipment(notification_id=main().pk, reason="By hand.")

    assert (cancelled(platform), main().state) == ([], "Order_Completed")


def test_purged_letter_is_not_placed(platform, sender, recipient):
    published = send_and_publish(sender, letter(correspondence={"notification": REMINDED}))
    recipient.delete(f"/correspondence/{published.pk}/purge")

    work()
    work(after=timedelta(days=3))

    assert (platform.calls, open_follow_ups()) == ([], [])
    assert {main().state, reminder().state} == {"Order_Cancelled"}


def test_letter_purged_while_its_order_is_accepted_is_cancelled_there(committed, platform, sender, recipient):
    published = send_and_publish(sender, letter(correspondence={"notification": REMINDED}))
    platform.before_answering = lambda: recipient.delete(f"/correspondence/{published.pk}/purge")

    work()
    assert run_cancelling() == 2

    assert {shipment["status"] for shipment in platform.shipments.values()} == {"Order_Cancelled"}
    assert {main().state, reminder().state} == {"Order_Cancelled"}


def test_letter_read_before_placing_has_no_reminder(platform, sender, recipient):
    published = send_and_publish(sender, letter(correspondence={"notification": REMINDED}))
    recipient.get(f"/correspondence/{published.pk}/content")

    work()

    assert [body["reminders"] for body in platform.placed] == [None]


def test_our_own_delivery_leaves_the_platforms_orders_alone(platform, sender, mailbox):
    placed(sender, REMINDED)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        work()

    assert (mailbox.mails, Delivery.objects.count()) == ([], 0)
