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
