"""What a notification request must hold, and what is answered (notifications.md 11.1, 11.8)."""

import pytest

from journal.models import FollowUp, OutboundEvent
from notifications.models import Notification, NotificationText, Order
from registry.models import ContactPoint
from tests.support.letters import letter, send
from tests.support.world import COMPANY, PERSON, RESERVED, UNREACHABLE

GENERIC = {"notificationTemplate": "GenericAltinnMessage"}
EMAIL_TEXT = {"emailSubject": "Hei", "emailBody": "Nytt brev"}
ALL_TEXTS = EMAIL_TEXT | {"smsBody": "Nytt brev"}
REMINDED = {
    "sendReminder": True,
    "reminderEmailSubject": "Husk",
    "reminderEmailBody": "Ulest",
    "reminderSmsBody": "Ulest",
}


def notified(notification, **top):
    return letter(correspondence={"notification": notification}, **top)


REFUSED = {
    "C06 no e-mail texts": (notified({"notificationChannel": "Email"}), 3002),
    "C08 two identifiers": (
        notified(
            GENERIC | {"customRecipient": {"organizationNumber": COMPANY, "nationalIdentityNumber": PERSON}}
        ),
        3018,
    ),
    "C10 mobile without prefix": (
        notified(GENERIC | {"customRecipients": [{"mobileNumber": "12345678"}]}),
        3012,
    ),
    "C11 SMS without text": (
        notified({"notificationChannel": "Sms", "customRecipients": [{"emailAddress": "a@b.no"}]}),
        3004,
    ),
    "C14 name with an address": (
        notified(
            GENERIC | {"emailBody": "Hei $recipientName$", "customRecipients": [{"emailAddress": "a@b.no"}]}
        ),
        3015,
    ),
    "C15 two addresses": (
        notified(GENERIC | {"customRecipients": [{"emailAddress": "a@b.no;c@d.no"}]}),
        3011,
    ),
    "C15 no at-sign": (notified(GENERIC | {"customRecipients": [{"emailAddress": "a.b.no"}]}), 3011),
    "trailing line feed": (notified(GENERIC | {"customRecipients": [{"emailAddress": "a@b.no\n"}]}), 3011),
    "C22 two letter recipients": (
        notified(
            GENERIC | {"customRecipient": {"emailAddress": "a@b.no"}}, recipients=[f"0192:{COMPANY}", PERSON]
        ),
        3017,
    ),
    "C25 no identifier": (notified(GENERIC | {"customRecipients": [{}]}), 3019),
    "C32 override alone": (notified(GENERIC | {"overrideRegisteredContactInformation": True}), 3022),
    "X04 both, one missing": (notified(EMAIL_TEXT | {"notificationChannel": "EmailAndSms"}), 3024),
    "X04 both, reminder": (
        notified(ALL_TEXTS | {"notificationChannel": "EmailAndSms", "sendReminder": True}),
        3025,
    ),
    "X05 reminder by SMS": (
        notified(EMAIL_TEXT | {"sendReminder": True, "reminderNotificationChannel": "Sms"}),
        3005,
    ),
    "X06 preferred": (notified(EMAIL_TEXT | {"notificationChannel": "SmsPreferred"}), 3006),
    "X06 preferred reminder": (
        notified(ALL_TEXTS | {"notificationChannel": "EmailPreferred", "sendReminder": True}),
        3007,
    ),
    "reminder by e-mail": (notified(EMAIL_TEXT | {"sendReminder": True}), 3003),
    "X09 empty address": (
        notified(GENERIC | {"customRecipients": [{"emailAddress": "", "organizationNumber": COMPANY}]}),
        3011,
    ),
    "X10 override and two recipients": (
        notified(
            GENERIC | {"overrideRegisteredContactInformation": True}, recipients=[f"0192:{COMPANY}", PERSON]
        ),
        3022,
    ),
}


@pytest.mark.contract("notifications.md#1.7")
@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
def test_request_is_refused_with_a_number(sender, body, code):
    assert sender.post("/correspondence", body).json().get("errorCode") == code


ACCEPTED = {
    "C01 generic by SMS with own words": GENERIC | {"notificationChannel": "Sms", "smsBody": "Hei"},
    "C02 custom e-mail with reminder": EMAIL_TEXT | REMINDED,
    "C03 preferred with all texts": ALL_TEXTS | REMINDED | {"notificationChannel": "EmailPreferred"},
    "C04 generic, reminder by SMS": GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"},
    "C05 generic SMS, reminder preferred": GENERIC
    | {"notificationChannel": "Sms", "sendReminder": True, "reminderNotificationChannel": "EmailPreferred"},
    "C07 custom organisation that no register knows": GENERIC
    | {"notificationChannel": "SmsPreferred", "customRecipients": [{"organizationNumber": "123456789"}]},
    "C12 Norwegian mobile": GENERIC
    | {"notificationChannel": "Sms", "customRecipients": [{"mobileNumber": "+4799999999"}]},
    "C13 letter's recipient with an address": EMAIL_TEXT
    | {"emailBody": "$correspondenceRecipientName$", "customRecipients": [{"emailAddress": "a@b.no"}]},
    "C16 quoted local part": GENERIC | {"customRecipients": [{"emailAddress": '"a b"@example.no'}]},
    "C27 empty list": GENERIC | {"customNotificationRecipients": []},
    "C29 three of three kinds": ALL_TEXTS
    | {
        "notificationChannel": "EmailPreferred",
        "customRecipients": [
            {"emailAddress": "a@b.no"},
            {"mobileNumber": "+4799999998"},
            {"organizationNumber": "310244007"},
        ],
    },
    "C36 template null": EMAIL_TEXT | {"notificationTemplate": None},
    "X01 reminder texts without a reminder": EMAIL_TEXT | REMINDED | {"sendReminder": False},
    "X03 send time is ignored": EMAIL_TEXT | {"requestedSendTime": "2020-01-01T00:00:00Z"},
    "X08 name in any case": EMAIL_TEXT | {"emailBody": "$RECIPIENTNAME$"},
}


@pytest.mark.contract("notifications.md#11.1")
@pytest.mark.parametrize("notification", ACCEPTED.values(), ids=ACCEPTED)
def test_request_is_accepted(sender, notification):
    assert sender.post("/correspondence", notified(notification)).status_code == 200


@pytest.mark.contract("notifications.md#11.8")
def test_x11_template_of_imported_letters_has_no_wording(sender):
    answer = sender.post("/correspondence", notified({"notificationTemplate": 2}))

    assert (answer.status_code, answer.json()["errorCode"]) == (404, 3001)


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


def test_x17_missing_mobile_does_not_cost_the_main_notification(sender):
    ContactPoint.objects.update(mobile="")

    answered = results(sender, GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"})

    assert answered == [(False, "Success"), (True, "MissingContact")]


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


def test_x19_reserved_custom_person_is_missing_contact(sender):
    notification = GENERIC | {
        "customRecipients": [{"nationalIdentityNumber": RESERVED}],
        "overrideRegisteredContactInformation": True,
    }

    assert results(sender, notification) == [(False, "MissingContact")]


def test_override_leaves_the_letters_recipient_out(sender):
    send(
        sender,
        notified(
            GENERIC
            | {"customRecipients": [{"emailAddress": "a@b.no"}], "overrideRegisteredContactInformation": True}
        ),
    )

    assert list(Order.objects.values_list("address", "party_urn")) == [("a@b.no", "")]


def test_newest_form_of_custom_recipients_wins(sender):
    older = {"customRecipient": {"emailAddress": "b@b.no"}}
    oldest = {
        "customNotificationRecipients": [
            {"recipientToOverride": "x", "recipients": [{"emailAddress": "c@b.no"}]}
        ]
    }

    send(sender, notified(GENERIC | older | oldest | {"customRecipients": [{"emailAddress": "a@b.no"}]}))

    assert "a@b.no" in Order.objects.values_list("address", flat=True)
    assert Order.objects.count() == 2


@pytest.mark.contract("notifications.md#1.3")
def test_keywords_of_the_request_are_filled_in_once(sender):
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
