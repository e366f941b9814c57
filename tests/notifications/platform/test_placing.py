"""Orders placed with the national platform: what it is sent, and what its answers mean (notifications.md 2.4 to 2.9)."""

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from structlog.testing import capture_logs

from journal.models import FollowUp, OutboundEvent
from notifications.models import Attempt, CapturedMessage, Delivery, Order
from notifications.services.platform.work import work_with_platform
from notifications.services.resend import resend_order
from registry.models import User
from registry.services.operators import ensure_supervisor
from tests.notifications.conftest import ADDRESS, EMAIL, GENERIC, REMINDED
from tests.notifications.platform.conftest import (
    TOKEN,
    main,
    open_follow_ups,
    placed,
    reminder,
    told_of,
    work,
)
from tests.support.letters import in_days, letter, publish, send, send_and_publish
from tests.support.parallel import at_once
from tests.support.processes import eventually, worker
from tests.support.world import PERSON

ORGANISATION = "recipientOrganization"
BOTH_TEXTS = {
    "notificationChannel": "EmailPreferred",
    "emailSubject": "Brev til $correspondenceRecipientName$",
    "emailBody": "Hei $recipientName$ ($recipientNumber$), $messageTitle$",
    "smsBody": "Du har brev fra $sendersName$",
}
OTHERS = {
    "customRecipients": [
        {"emailAddress": "anne@eksempel.example"},
        {"mobileNumber": "+4799999997"},
        {"nationalIdentityNumber": PERSON},
    ]
}
WITHOUT_NAME = BOTH_TEXTS | {"emailBody": "Hei, $messageTitle$"}


def summaries():
    return list(FollowUp.objects.open().values_list("summary", flat=True))


def recipients(platform):
    return [next(iter(body["recipient"])) for body in platform.placed]


@pytest.mark.contract("notifications.md#2.7")
def test_order_is_as_the_platform_takes_it(platform, sender):
    """O04, O05: where the conditions are asked"""
    before = timezone.now()
    published = placed(sender, GENERIC | {"notificationChannel": "EmailPreferred", "sendReminder": True})

    (body,) = platform.placed
    check = (
        f"https://letters.example.no/correspondence/api/v1/correspondence/{published.pk}/notification/check"
    )
    sent_at = datetime.fromisoformat(body.pop("requestedSendTime"))
    assert timedelta(seconds=20) <= sent_at - before <= timedelta(seconds=40)
    (told_again,) = body.pop("reminders")
    party = body.pop("recipient")[ORGANISATION]
    assert body == {
        "sendersReference": "corr-case-77",
        "conditionEndpoint": f"{check}/main",
        "dialogportenAssociation": None,
        "idempotencyId": str(uuid.uuid5(published.pk, "org:310654302")),
    }
    assert party.pop("emailSettings").keys() == {"subject", "body", "contentType"}
    assert party.pop("smsSettings").keys() == {"body"}
    assert party == {
        "orgNumber": "310654302",
        "resourceId": "urn:altinn:resource:example-letters",
        "channelSchema": 2,
    }
    assert told_again.pop("recipient")[ORGANISATION]["channelSchema"] == 2
    assert told_again == {"sendersReference": "corr-case-77", "conditionEndpoint": check, "delayDays": 1}
    assert platform.calls[0].authorization == f"Bearer {TOKEN}"


@pytest.mark.contract("notifications.md#1.3")
def test_names_of_the_notified_are_left_to_the_platform(platform, sender):
    placed(sender, BOTH_TEXTS)

    party = platform.placed[0]["recipient"][ORGANISATION]
    assert party["emailSettings"] == {
        "subject": "Brev til RASK FALK AS",
        "body": "Hei $recipientName$ ($recipientNumber$), Vedtak i saken din",
        "contentType": 0,
    }
    assert party["smsSettings"] == {"body": "Du har brev fra DIGITALISERINGSDIREKTORATET"}


@pytest.mark.contract("notifications.md#2.4")
def test_recipients_of_every_kind(platform, sender):
    placed(sender, WITHOUT_NAME | OTHERS, {"ignoreReservation": True})

    told = [body["recipient"] for body in platform.placed]
    assert sorted(next(iter(one)) for one in told) == [
        "recipientEmail",
        ORGANISATION,
        "recipientPerson",
        "recipientSms",
    ]
    by_kind = {kind: settings for one in told for kind, settings in one.items()}
    assert by_kind["recipientEmail"].keys() == {"emailAddress", "emailSettings"}
    assert by_kind["recipientEmail"]["emailAddress"] == "anne@eksempel.example"
    assert by_kind["recipientSms"] == {
        "phoneNumber": "+4799999997",
        "smsSettings": {"body": "Du har brev fra DIGITALISERINGSDIREKTORATET"},
    }
    person = by_kind["recipientPerson"]
    assert (person["nationalIdentityNumber"], person["ignoreReservation"]) == (PERSON, True)
    assert person["channelSchema"] == 2


@pytest.mark.contract("notifications.md#2.4")
@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        (PERSON, {"recipientPerson": {"nationalIdentityNumber": PERSON}}),
        (
            "urn:altinn:person:idporten-email:kari@eksempel.example",
            {
                "recipientExternalIdentity": {
                    "externalIdentity": "urn:altinn:person:idporten-email:kari@eksempel.example"
                }
            },
        ),
    ],
)
def test_letters_own_recipient_of_other_kinds(platform, sender, settings, recipient, expected):
    settings.REGISTRY_AUTO_PROVISION = True
    placed(sender, EMAIL, recipients=[recipient])

    ((kind, party),) = platform.placed[0]["recipient"].items()
    for of_every_party in ("resourceId", "channelSchema", "emailSettings", "smsSettings"):
        party.pop(of_every_party)
    assert {kind: party} == expected  # without `ignoreReservation`, which the letter leaves open


def test_settings_without_text_are_left_empty(platform, sender):
    placed(sender, EMAIL | {"sendReminder": False})

    party = platform.placed[0]["recipient"][ORGANISATION]
    assert (party["smsSettings"], platform.placed[0]["reminders"]) == (None, None)


def test_platform_is_not_given_an_address_where_it_would_find_itself(platform, sender, settings):
    send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    settings.PUBLIC_URL = "http://127.0.0.1:8000"

    work()

    assert platform.placed[0]["conditionEndpoint"] is None


@pytest.mark.contract("notifications.md#4.1")
def test_answer_leaves_the_look_up_to_the_platform(platform, sender):
    body = letter(
        correspondence={"notification": GENERIC | {"sendReminder": True}}, recipients=["18865196381"]
    )

    answer = sender.post("/correspondence", body).json()["correspondences"][0]["notifications"]

    assert [(one["isReminder"], one["status"]) for one in answer] == [(False, "Success"), (True, "Success")]
    assert (platform.calls, told_of(), open_follow_ups()) == ([], [], [])


@pytest.mark.contract("notifications.md#11.3")
def test_s01_accepted_order_keeps_the_platforms_ids(platform, sender):
    published = placed(sender, REMINDED)

    order = Order.objects.get()
    (answer,) = platform.orders.values()
    shipment = answer["notification"]
    assert str(order.platform_order_id) == answer["notificationOrderId"]
    assert str(main().shipment_id) == shipment["shipmentId"]
    assert str(reminder().shipment_id) == shipment["reminders"][0]["shipmentId"]
    assert main().look_at - main().placed_at >= timedelta(minutes=5)
    assert reminder().look_at - main().look_at >= timedelta(hours=23)
    created = OutboundEvent.objects.get(type="notificationcreated")
    assert (created.resource_instance, created.source) == (str(order.pk), "notification")
    shown = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]
    assert [one["id"] for one in shown] == [str(main().shipment_id), str(reminder().shipment_id)]
    assert (CapturedMessage.objects.count(), Delivery.objects.count(), Attempt.objects.count()) == (0, 0, 0)


def test_letter_for_later_is_placed_when_it_is_published(platform, sender):
    later = send(sender, letter(correspondence={"notification": EMAIL, "requestedPublishTime": in_days(2)}))
    work()
    assert platform.calls == []

    with time_machine.travel(timezone.now() + timedelta(days=2, seconds=1), tick=False):
        publish(later)
        now = timezone.now()
    work(after=timedelta(days=2, seconds=1))

    sent_at = datetime.fromisoformat(platform.placed[0]["requestedSendTime"])
    assert timedelta(seconds=19) < sent_at - now < timedelta(seconds=22)


@pytest.mark.contract("notifications.md#11.8")
def test_x22_order_placed_again_after_a_crash_is_the_same_order(platform, sender):
    platform.forgets_to_answer = True
    placed(sender, REMINDED)
    assert (Order.objects.get().platform_order_id, told_of()) == (None, [])

    work(after=timedelta(minutes=2))
    work(after=timedelta(minutes=4))

    keys = [body["idempotencyId"] for body in platform.placed]
    assert (len(keys), len(set(keys)), len(platform.orders)) == (2, 1, 1)
    assert Order.objects.get().platform_order_id
    assert told_of() == ["notificationcreated"]


@pytest.mark.contract("notifications.md#11.3")
def test_s02_nobody_with_an_address_is_final(platform, sender):
    platform.unreachable = lambda recipient: True
    published = placed(sender, EMAIL)
    work(after=timedelta(hours=2))

    assert len(platform.placed) == 1
    assert told_of() == ["correspondencenotificationcreationfailed"]
    assert OutboundEvent.objects.get(type=told_of()[0]).resource_instance == str(published.pk)
    assert open_follow_ups() == ["missing-contact"]
    (shown,) = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]
    assert shown["processingStatus"]["status"] == "Order_Completed"
    email = shown["notificationStatusDetails"]["email"]
    assert email["sendStatus"]["status"] == "Email_Failed_RecipientNotIdentified"
    assert Order.objects.get().finished_at


@pytest.mark.contract("notifications.md#11.8")
def test_x17_missing_number_for_the_reminder_does_not_cost_the_main_notification(platform, sender):
    platform.unreachable = lambda recipient: recipient[ORGANISATION]["channelSchema"] == 1
    placed(sender, GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"})

    assert [len(body["reminders"] or []) for body in platform.placed] == [1, 0]
    assert (main().state, reminder().state) == ("Order_Registered", "Order_Completed")
    assert (told_of(), open_follow_ups()) == (["notificationcreated"], ["missing-contact"])
    assert reminder().deliveries.get().state == "SMS_Failed_RecipientNotIdentified"


def test_crash_after_placing_without_the_reminder_ends_the_same(platform, sender):
    platform.unreachable = lambda recipient: recipient[ORGANISATION]["channelSchema"] == 1
    platform.answers = [(422, {"code": "NOT-00001"})]
    platform.forgets_to_answer = True
    placed(sender, GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"})

    work(after=timedelta(minutes=2))

    assert (main().state, reminder().state) == ("Order_Registered", "Order_Completed")
    assert (main().look_at is None, reminder().look_at) == (False, None)


@pytest.mark.contract("notifications.md#11.8")
@pytest.mark.parametrize(
    ("answer", "kinds"),
    [((422, {"code": "NOT-00001"}), ["missing-contact"]), ((400, {"title": "Invalid"}), ["failed-delivery"])],
)
def test_x20_x21_refused_order_keeps_no_other_back(platform, sender, answer, kinds):
    platform.answers = [answer]
    placed(sender, WITHOUT_NAME | OTHERS)

    assert (len(platform.placed), len(platform.orders)) == (4, 3)
    assert sorted(told_of()) == ["correspondencenotificationcreationfailed"] + ["notificationcreated"] * 3
    assert open_follow_ups() == kinds


def test_letter_with_two_refused_orders_is_told_of_once(platform, sender):
    """Senders print on paper when they hear of it."""
    platform.unreachable = lambda recipient: True
    placed(sender, WITHOUT_NAME | OTHERS)

    assert told_of() == ["correspondencenotificationcreationfailed"]
    assert open_follow_ups() == ["missing-contact"] * 4


@pytest.mark.contract("notifications.md#2.9")
def test_refusal_names_the_field(platform, sender):
    field = "Recipient.RecipientEmail.EmailAddress"
    platform.answers = [(400, {"errors": {field: ["It is no address."]}})]
    placed(sender, REMINDED)
    work(after=timedelta(hours=1))

    assert len(platform.placed) == 1
    assert summaries() == [f"The notification platform answered 400 {field}: It is no address."]
    assert {main().state, reminder().state} == {"Order_Completed"}


@pytest.mark.contract("notifications.md#4.1")
def test_order_that_the_platform_refused_is_shown_as_failed(platform, sender, recipient):
    platform.answers = [(400, {"title": "Invalid"})]
    custom = {"customRecipients": [{"emailAddress": "anne@eksempel.example"}]}
    override = {"overrideRegisteredContactInformation": True}
    plain = {"notificationChannel": "Email", "emailSubject": "Brev", "emailBody": "Hei"}
    published = placed(sender, plain | custom | override)

    for client, address in ((sender, "anne@eksempel.example"), (recipient, "a***@eksempel.example")):
        (shown,) = client.get(f"/correspondence/{published.pk}/details").json()["notifications"]
        email = shown["notificationStatusDetails"]["email"]
        assert shown["processingStatus"]["status"] == "Order_Completed"
        assert (email["sendStatus"]["status"], email["succeeded"]) == ("Email_Failed", False)
        assert email["recipient"]["emailAddress"] == address
        assert shown["notificationStatusDetails"]["sms"] is None


def test_order_that_the_platform_refused_shows_its_reminder_as_failed_too(platform, sender):
    platform.answers = [(400, {"title": "Invalid"})]
    published = placed(sender, GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"})

    shown = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]

    messages = [one["notificationStatusDetails"] for one in shown]
    assert messages[0]["email"]["sendStatus"]["status"] == "Email_Failed"
    assert messages[1]["sms"]["sendStatus"]["status"] == "SMS_Failed"


def test_order_of_which_the_platform_tells_no_outcome_is_not_called_failed(platform, sender):
    published = placed(sender, EMAIL)
    platform.reports(main().shipment_id)
    work(after=timedelta(minutes=6))

    (shown,) = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]

    assert shown["processingStatus"]["status"] == "Order_Completed"
    assert shown["notificationStatusDetails"]["email"] is None


@pytest.mark.contract("notifications.md#2.2")
def test_reminder_whose_main_notification_has_no_text_is_an_order_of_its_own(platform, sender):
    """A custom e-mail recipient of a letter that is told about by SMS and reminded of by e-mail."""
    published = placed(
        sender,
        {
            "notificationChannel": "Sms",
            "smsBody": "Hei",
            "sendReminder": True,
            "reminderNotificationChannel": "Email",
            "reminderEmailSubject": "Husk",
            "reminderEmailBody": "Ulest",
            "overrideRegisteredContactInformation": True,
            "customRecipients": [{"emailAddress": "anne@eksempel.example"}],
        },
    )

    (body,) = platform.placed
    key = uuid.uuid5(published.pk, "email:anne@eksempel.example:reminder")
    assert (body["idempotencyId"], body["reminders"]) == (str(key), None)
    assert body["conditionEndpoint"].endswith("/notification/check")
    assert body["recipient"]["recipientEmail"]["emailSettings"]["subject"] == "Husk"
    assert datetime.fromisoformat(body["requestedSendTime"]) == reminder().send_at
    assert str(reminder().shipment_id) in platform.shipments


@pytest.mark.parametrize("status", [408, 499, 500, 502])
def test_failing_call_is_repeated_and_keeps_no_other_waiting(platform, sender, status):
    platform.answers = [(status, None)]
    placed(sender, WITHOUT_NAME | OTHERS)
    assert (len(platform.orders), open_follow_ups()) == (3, [])

    work(after=timedelta(seconds=30))
    assert len(platform.placed) == 4
    work(after=timedelta(minutes=2))

    assert (len(platform.placed), len(platform.orders)) == (5, 4)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 503])
def test_platform_that_takes_nothing_now_is_asked_once(platform, sender, status):
    platform.answers = [(status, None)]
    placed(sender, WITHOUT_NAME | OTHERS)
    assert (len(platform.placed), open_follow_ups(), told_of()) == (1, [], [])

    work(after=timedelta(minutes=2))

    assert len(platform.orders) == 4


@pytest.mark.parametrize("nonsense", [None, [], "?", {"notificationOrderId": "1"}])
def test_answer_that_cannot_be_read_is_no_acceptance(platform, sender, nonsense):
    platform.answers = [(201, nonsense)]
    placed(sender, EMAIL)
    assert Order.objects.get().platform_order_id is None

    work(after=timedelta(minutes=2))

    assert Order.objects.get().platform_order_id


def test_slow_platform_is_given_up_for_now(platform, sender, monkeypatch):
    monkeypatch.setattr("registry.neighbours.TIMEOUT_SECONDS", 0.2)
    platform.delay = 1
    placed(sender, EMAIL)
    assert (Order.objects.get().platform_order_id, open_follow_ups()) == (None, [])
    platform.delay = 0

    work(after=timedelta(minutes=2))

    assert Order.objects.get().platform_order_id


def test_order_that_nobody_accepts_for_two_days_is_a_follow_up(platform, sender):
    platform.answers = [(500, None)] * 1000
    placed(sender, REMINDED)
    for hours in range(1, 50):
        work(after=timedelta(hours=hours))
    asked = len(platform.placed)
    work(after=timedelta(hours=60))

    assert (asked, len(platform.placed)) == (49, 49)
    assert summaries() == ["The notification platform did not accept it within two days."]
    assert told_of() == ["correspondencenotificationcreationfailed"]
    assert {main().state, reminder().state} == {"Order_Completed"}


def test_orders_left_from_a_platform_that_was_taken_away_are_not_forgotten(platform, sender, settings):
    published = send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    settings.NOTIFICATION_PLATFORM_URL = ""
    work()
    assert open_follow_ups() == []

    for hours in (24, 49):
        work(after=timedelta(hours=hours))

    assert (platform.calls, open_follow_ups()) == ([], ["failed-delivery"])
    assert OutboundEvent.objects.get(type__contains="creationfailed").resource_instance == str(published.pk)


def test_orders_accepted_before_the_platform_was_set_are_ours(platform, sender, mailbox, settings):
    settings.NOTIFICATION_PLATFORM_URL = ""
    early = send(sender, letter(correspondence={"notification": EMAIL}))
    settings.NOTIFICATION_PLATFORM_URL = platform.url

    publish(early)
    work()

    assert ([mail["To"] for mail in mailbox.mails], platform.calls) == ([ADDRESS], [])


def test_without_the_setting_nothing_is_called(platform, sender, mailbox, settings):
    settings.NOTIFICATION_PLATFORM_URL = ""
    placed(sender, REMINDED)

    assert (platform.calls, len(mailbox.mails)) == ([], 1)
    assert told_of() == ["notificationcreated", "correspondencenotificationdelivered"]


def test_order_that_is_sent_again_is_another_order(platform, sender):
    placed(sender, EMAIL)

    again = resend_order(order=Order.objects.get(), operator=User.objects.create_user("kari"), reason="Asked")
    work()

    first, second = platform.placed
    assert first["idempotencyId"] != second["idempotencyId"]
    again.refresh_from_db()
    assert again.platform_order_id


def test_corrected_address_is_placed_with_the_party_s_names_filled_in(platform, sender):
    placed(sender, EMAIL)
    operator = User.objects.create_user("kari")

    resend_order(order=Order.objects.get(), operator=operator, reason="Asked", address="ny@b.example")
    work()

    recipient = platform.placed[1]["recipient"]["recipientEmail"]
    assert recipient["emailAddress"] == "ny@b.example"
    assert recipient["emailSettings"]["body"] == "Hei RASK FALK AS (310654302)"


def test_length_of_an_sms_is_the_platforms_business(platform, sender):
    long = "č" * 2144
    placed(sender, {"notificationChannel": "Sms", "smsBody": long})
    operator = User.objects.create_user("kari")

    resend_order(order=Order.objects.get(), operator=operator, reason="Asked", address="+4799999997")
    work()

    first, again = [body["recipient"] for body in platform.placed]
    assert first[ORGANISATION]["smsSettings"]["body"] == long
    assert again["recipientSms"] == {"phoneNumber": "+4799999997", "smsSettings": {"body": long}}


@pytest.mark.parametrize(("forced", "condition"), [(False, "/check"), (True, "/check/main")])
def test_platform_asks_for_a_repetition_whether_the_letter_is_read_unless_it_is_forced(
    platform, sender, forced, condition
):
    placed(sender, EMAIL)
    supervisor = ensure_supervisor(username="supervisor", password="only-for-tests")

    resend_order(order=Order.objects.get(), operator=supervisor, reason="Asked", forced=forced)
    work()

    first, again = [one["conditionEndpoint"].partition("/notification")[2] for one in platform.placed]
    assert (first, again) == ("/check/main", condition)


@pytest.mark.parametrize("answer", [400, 401, 500, None])
def test_token_is_never_told(platform, sender, caplog, settings, answer):
    platform.answers = [(answer, {"title": "As the test wants it"})] if answer else []
    if not answer:
        settings.NOTIFICATION_PLATFORM_URL = "http://127.0.0.1:9"

    with capture_logs() as logs:
        placed(sender, EMAIL)

    told = repr(logs) + caplog.text
    assert "As the test wants it" not in told  # an answer may hold a person's number
    assert TOKEN not in told + str(settings.NOTIFICATION_PLATFORM_TOKEN) + "".join(summaries())


def test_jobs_side_by_side_place_each_order_once(committed, platform, sender):
    send_and_publish(sender, letter(correspondence={"notification": WITHOUT_NAME | OTHERS}))
    platform.delay = 0.1

    at_once(work_with_platform, work_with_platform)

    assert (len(platform.placed), len(platform.orders)) == (4, 4)
    assert told_of() == ["notificationcreated"] * 4


def test_worker_places_and_tries_again(committed, platform, sender):
    platform.answers = [(500, None)]
    send(sender, letter(correspondence={"notification": EMAIL}))
    with worker(NOTIFICATION_PLATFORM_URL=platform.url):
        eventually(lambda: platform.placed, "the order was not placed")
        eventually(lambda: Order.objects.get().place_attempts == 1, "the attempt was not recorded")
        Order.objects.update(place_at=timezone.now())
        eventually(lambda: Order.objects.get().platform_order_id, "the order was not placed again")

    assert len(platform.orders) == 1
