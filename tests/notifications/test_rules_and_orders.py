"""What is answered of each order, and its texts (notifications.md 1.3, 3, 4.1); which requests are refused: cases/."""

import pytest

from journal.models import FollowUp, OutboundEvent
from notifications.models import Notification, NotificationText, Order
from registry.models import ContactPoint
from tests.support.letters import letter, send
from tests.support.world import COMPANY, RESERVED, UNREACHABLE

GENERIC = {"notificationTemplate": "GenericAltinnMessage"}


def notified(notification, **top):
    return letter(correspondence={"notification": notification}, **top)


def results(sender, notification, **top):
    answer = sender.post("/correspondence", notified(notification, **top))
    assert answer.status_code == 200, answer.content
    return [
        (one["isReminder"], one["status"]) for one in answer.json()["correspondences"][0]["notifications"]
    ]


@pytest.mark.contract("notifications.md#4.1")
@pytest.mark.parametrize("channel", ["Email", "Sms", "EmailPreferred", "SmsPreferred", "EmailAndSms"])
def test_reachable_recipient_is_success_on_every_channel(sender, channel):
    assert results(sender, GENERIC | {"notificationChannel": channel}) == [(False, "Success")]


def test_nobody_reachable_is_missing_contact_with_a_follow_up(sender):
    assert results(sender, GENERIC, recipients=[UNREACHABLE]) == [(False, "MissingContact")]

    order = Order.objects.get()
    assert FollowUp.objects.open().get(order=order).kind == "missing-contact"
    assert "correspondencenotificationcreationfailed" in OutboundEvent.objects.values_list("type", flat=True)


@pytest.mark.contract("notifications.md#11.8")
def test_x17_missing_mobile_does_not_cost_the_main_notification(sender):
    ContactPoint.objects.update(mobile="")

    answered = results(sender, GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"})

    assert answered == [(False, "Success"), (True, "MissingContact")]


@pytest.mark.contract("notifications.md#11.8")
def test_x13_missing_text_for_one_address_fails_that_order_only(sender):
    notification = {
        "notificationChannel": "Sms",
        "smsBody": "Hei",
        "customRecipients": [{"emailAddress": "a@b.no"}],
    }

    assert results(sender, notification) == [(False, "Success"), (False, "Failure")]


@pytest.mark.contract("notifications.md#11.8")
def test_x14_texts_of_white_space_are_a_failure_for_an_operator(sender):
    assert results(sender, {"emailSubject": " ", "emailBody": " "}) == [(False, "Failure")]

    order = Order.objects.get()
    assert FollowUp.objects.open().get(order=order).kind == "failed-delivery"
    assert order.finished_at is not None


SHORT, LONG = "Hei", "č" * 1073
"""The second is one character more than sixteen segments of 67 hold in UCS-2."""
BOTH_TEXTS = {"emailSubject": "Brev", "emailBody": "Hei", "smsBody": LONG}


@pytest.mark.contract("notifications.md#9.3")
def test_sms_of_more_than_sixteen_segments_is_a_failure_with_the_reason(sender):
    assert results(sender, {"notificationChannel": "Sms", "smsBody": "č" * 2144}) == [(False, "Failure")]

    order = Order.objects.get()
    why = "The text takes 32 segments in UCS-2; at most 16 are sent."
    assert (order.notifications.get().reason, order.finished_at is not None) == (why, True)
    follow_up = FollowUp.objects.open().get(order=order)
    assert (follow_up.kind, follow_up.summary) == ("failed-delivery", why)


def test_sixteen_segments_are_sent(sender):
    assert results(sender, {"notificationChannel": "Sms", "smsBody": LONG[:-1]}) == [(False, "Success")]


@pytest.mark.parametrize(
    ("main", "reminder", "answered"),
    [(SHORT, LONG, ["Success", "Failure"]), (LONG, SHORT, ["Failure", "Success"])],
)
def test_main_sms_and_reminder_are_measured_each_by_itself(sender, main, reminder, answered):
    notification = {
        "notificationChannel": "Sms",
        "smsBody": main,
        "sendReminder": True,
        "reminderSmsBody": reminder,
    }

    assert [status for _, status in results(sender, notification)] == answered


def test_names_that_are_filled_in_count_as_part_of_an_sms(sender):
    """The name is shorter than its keyword, so it is the text as sent that is measured."""
    room = 1073 - len("RASK FALK AS")
    fits, too_long = ("č" * length + "$recipientName$" for length in (room - 1, room))

    answers = [results(sender, {"notificationChannel": "Sms", "smsBody": text}) for text in (fits, too_long)]

    assert answers == [[(False, "Success")], [(False, "Failure")]]


@pytest.mark.parametrize(
    ("channel", "answered"),
    [
        ("Email", "Success"),
        ("EmailPreferred", "Success"),
        ("EmailAndSms", "Success"),
        ("SmsPreferred", "Failure"),
    ],
)
def test_sms_that_is_too_long_does_not_cost_the_email(sender, channel, answered):
    assert results(sender, BOTH_TEXTS | {"notificationChannel": channel}) == [(False, answered)]


@pytest.mark.parametrize(("channel", "answered"), [("EmailPreferred", "Failure"), ("EmailAndSms", "Failure")])
def test_sms_that_is_too_long_is_a_failure_where_there_is_only_a_number(sender, channel, answered):
    ContactPoint.objects.update(email="")

    assert results(sender, BOTH_TEXTS | {"notificationChannel": channel}) == [(False, answered)]


def test_number_that_the_sender_gave_gets_no_sms_that_is_too_long(sender):
    custom = {"customRecipients": [{"mobileNumber": "+4799999997"}, {"emailAddress": "a@b.no"}]}

    assert results(sender, BOTH_TEXTS | custom) == [
        (False, "Success"),
        (False, "Failure"),
        (False, "Success"),
    ]


@pytest.mark.contract("notifications.md#11.8")
@pytest.mark.parametrize(
    "number", [f"0192:{COMPANY}", f"urn:altinn:organization:identifier-no:{COMPANY}", COMPANY]
)
def test_x12_custom_organisation_in_any_form_is_the_same_party(sender, number):
    assert results(sender, GENERIC | {"customRecipients": [{"organizationNumber": number}]}) == [
        (False, "Success")
    ]


def test_custom_number_that_names_nobody_is_a_failure(sender):
    notification = GENERIC | {"customRecipients": [{"organizationNumber": "12345678"}]}

    assert results(sender, notification) == [(False, "Success"), (False, "Failure")]


@pytest.mark.contract("notifications.md#11.8")
@pytest.mark.parametrize(
    "recipients",
    [
        [{"emailAddress": "a@b.no"}, {"emailAddress": "A@B.no"}],
        [{"mobileNumber": "+4799999999"}, {"mobileNumber": "004799999999"}],
    ],
)
def test_x15_x16_one_address_twice_is_one_order(sender, recipients):
    notification = GENERIC | {"customRecipients": recipients, "overrideRegisteredContactInformation": True}

    assert results(sender, notification) == [(False, "Success")]


@pytest.mark.contract("notifications.md#11.8")
def test_x19_reserved_custom_person_is_missing_contact(sender):
    notification = GENERIC | {
        "customRecipients": [{"nationalIdentityNumber": RESERVED}],
        "overrideRegisteredContactInformation": True,
    }

    assert results(sender, notification) == [(False, "MissingContact")]


@pytest.mark.contract("notifications.md#1.3")
def test_keywords_of_the_request_are_filled_in_once(sender):
    """O06, O07"""
    send(
        sender,
        notified(
            {
                "emailSubject": "$sendersName$: $messageTitle$",
                "emailBody": "$resourceName$ til $correspondenceRecipientName$",
            }
        ),
    )

    text = NotificationText.objects.get()
    assert text.email_subject == "DIGITALISERINGSDIREKTORATET: Vedtak i saken din"
    assert text.email_body == "Brev til $correspondenceRecipientName$"


@pytest.mark.contract("notifications.md#1.4")
@pytest.mark.parametrize(("production", "days"), [(False, 1), (True, 7)])
def test_reminder_comes_whole_days_later(sender, settings, production, days):
    settings.IS_PRODUCTION = production
    send(sender, notified(GENERIC | {"sendReminder": True}))

    main, reminder = Notification.objects.order_by("is_reminder")

    assert (reminder.send_at - main.send_at).total_seconds() == days * 86_400


def test_standard_wording_exists_in_every_language(sender):
    for language in ("nb", "NN", "en"):
        answer = sender.post(
            "/correspondence",
            letter({"language": language}, {"notification": GENERIC | {"sendReminder": True}}),
        )
        assert answer.status_code == 200

    subjects = NotificationText.objects.order_by("pk").values_list("email_subject", flat=True)
    assert [subject.split()[0] for subject in subjects] == ["Ny", "Ny", "New"]


@pytest.mark.contract("notifications.md#3")
def test_senders_own_words_are_woven_into_the_standard_wording(sender):
    own = {"emailSubject": "Skattekort 2027", "emailBody": "Det haster.", "smsBody": "Det haster."}
    send(sender, notified(GENERIC | own))

    text = NotificationText.objects.get()
    assert text.email_subject == "Ny post fra DIGITALISERINGSDIREKTORATET Skattekort 2027"
    assert text.email_body == text.sms_body
    assert text.email_body == (
        "$correspondenceRecipientName$ har fått ny post fra DIGITALISERINGSDIREKTORATET: Brev. "
        "Det haster. Logg inn i innboksen for å lese den."
    )
