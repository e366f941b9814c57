"""Upstream's own tests of a request's notification, row by row (notifications.md 11.1), with our additions to them (11.8).

All ask for a reminder, as upstream's request builder does, unless the row is about texts that a reminder would need.
The order service of C17 to C21 is the national platform: without it nobody is asked before a letter is published.
"""

import pytest

from notifications.models import Notification, NotificationText, Order
from tests.notifications.platform.conftest import placed, told_of
from tests.support.letters import letter, send_and_publish, statuses
from tests.support.world import COMPANY, PERSON, STRANGER

GENERIC = {"notificationTemplate": "GenericAltinnMessage", "sendReminder": True}
BY_EMAIL, BY_SMS = GENERIC | {"notificationChannel": "Email"}, GENERIC | {"notificationChannel": "Sms"}
EMAIL_TEXT = {"emailSubject": "Hei", "emailBody": "Nytt brev"}
SMS_TEXT = {"smsBody": "Nytt brev"}
ALL_TEXTS = EMAIL_TEXT | SMS_TEXT
REMINDING_EMAIL = {"sendReminder": True, "reminderEmailSubject": "Husk", "reminderEmailBody": "Ulest"}
REMINDING_SMS = {"sendReminder": True, "reminderSmsBody": "Ulest"}
ALL_SIX = ALL_TEXTS | REMINDING_EMAIL | REMINDING_SMS
OVERRIDE = {"overrideRegisteredContactInformation": True}
NORWEGIAN = {"mobileNumber": "+4799999997"}
ANNE, OLA, EVA = ({"emailAddress": f"{name}@eksempel.example"} for name in ("anne", "ola", "eva"))
TWO = [f"0192:{COMPANY}", PERSON]


def by(channel, *texts, reminder=None):
    asked = {"notificationChannel": channel} | ({"reminderNotificationChannel": reminder} if reminder else {})
    return {name: value for text in texts for name, value in text.items()} | asked


def to(*recipients):
    return {"customRecipients": list(recipients)}


def to_one(recipient):
    """The first of the deprecated forms."""
    return {"customRecipient": recipient}


def to_groups(*recipients):
    """The oldest form."""
    return {"customNotificationRecipients": [{"recipientToOverride": "x", "recipients": list(recipients)}]}


def naming(keyword):
    return {"emailBody": f"Til {keyword}", "smsBody": f"Til {keyword}"}


ACCEPTED = {
    "C01 Sms": BY_SMS,
    "C01 Sms with a text": BY_SMS | SMS_TEXT,
    "C01 Email": BY_EMAIL,
    "C01 Email with texts": BY_EMAIL | EMAIL_TEXT,
    "C02 Email": by("Email", EMAIL_TEXT, REMINDING_EMAIL),
    "C02 Sms": by("Sms", SMS_TEXT, REMINDING_SMS),
    "C03 custom": by("EmailPreferred", ALL_SIX),
    "C03 generic": by("EmailPreferred", GENERIC),
    "C04 with texts": by("Email", GENERIC, REMINDING_EMAIL, reminder="Sms"),
    "C04 without": by("Email", GENERIC, reminder="Sms"),
    "C05 Email": by("Sms", GENERIC, reminder="Email"),
    "C05 EmailPreferred": by("Sms", GENERIC, reminder="EmailPreferred"),
    "C07 an organisation that no register knows": by("SmsPreferred", GENERIC)
    | to({"organizationNumber": "123456789"}),
    "C12 mobile": BY_SMS | to(NORWEGIAN),
    "C12 e-mail": BY_EMAIL | to(ANNE),
    "C13 mobile": BY_SMS | naming("$correspondenceRecipientName$") | to(NORWEGIAN),
    "C13 e-mail": BY_EMAIL | naming("$correspondenceRecipientName$") | to(ANNE),
    "C16": BY_EMAIL | to({"emailAddress": '"a b"@example.no'}),
    "C27": BY_EMAIL | {"customNotificationRecipients": []},
    "C36 null": by("Email", EMAIL_TEXT, REMINDING_EMAIL) | {"notificationTemplate": None},
    "C36 CustomMessage": by("Email", EMAIL_TEXT, REMINDING_EMAIL) | {"notificationTemplate": "CustomMessage"},
}


@pytest.mark.contract("notifications.md#11.1")
@pytest.mark.parametrize("notification", ACCEPTED.values(), ids=ACCEPTED)
def test_request_is_accepted_and_its_letter_published(sender, notification):
    published = send_and_publish(sender, letter(correspondence={"notification": notification}))

    assert statuses(published)[-1] == "Published"
    phases = Notification.objects.filter(order__party_key=f"org:{COMPANY}").order_by("is_reminder")
    assert list(phases.values_list("is_reminder", "result")) == [(False, "Success"), (True, "Success")]


REFUSED = {
    "C06": (by("Email"), 3002),
    "C08": (BY_SMS | to({"organizationNumber": COMPANY, "nationalIdentityNumber": PERSON}), 3018),
    "C09": (
        by("Sms", GENERIC, reminder="Email") | to({"mobileNumber": "123", "nationalIdentityNumber": PERSON}),
        3018,
    ),
    "C10": (BY_SMS | to({"mobileNumber": "12345678"}), 3012),
    "C11": (by("Sms") | to(ANNE), 3004),
    "C14 mobile": (BY_SMS | naming("$recipientName$") | to({"mobileNumber": "99999997"}), 3015),
    "C14 e-mail": (BY_EMAIL | naming("$recipientName$") | to(ANNE), 3015),
    **{
        f"C15 {address}": (BY_EMAIL | EMAIL_TEXT | to({"emailAddress": address}), 3011)
        for address in ("a.b.no", "a@b.no;c@d.no", "plain words", "@b.no", "a@b.no\n")
    },
    "C25": (BY_EMAIL | to({}), 3019),
    "C32": (BY_EMAIL | OVERRIDE, 3022),
    "C37": (GENERIC | {"notificationTemplate": 5}, 3023),
    "X04": (by("EmailAndSms", EMAIL_TEXT), 3024),
    "X04 no e-mail": (by("EmailAndSms", SMS_TEXT), 3024),
    "X04 reminder": (by("EmailAndSms", ALL_TEXTS, REMINDING_EMAIL), 3025),
    "X05": (by("Email", EMAIL_TEXT, REMINDING_EMAIL, reminder="Sms"), 3005),
    "X06": (by("SmsPreferred", EMAIL_TEXT), 3006),
    "X06 no e-mail": (by("EmailPreferred", SMS_TEXT), 3006),
    "X06 reminder": (by("EmailPreferred", ALL_TEXTS, REMINDING_SMS), 3007),
    "reminder by e-mail": (by("Email", EMAIL_TEXT) | {"sendReminder": True}, 3003),
    "X07": (BY_SMS | naming("$RECIPIENTNAME$") | to(NORWEGIAN), 3015),
    "X09": (BY_EMAIL | to({"emailAddress": "", "organizationNumber": COMPANY}), 3011),
    "X09 with the keyword": (
        BY_EMAIL | naming("$recipientName$") | to({"emailAddress": "", "organizationNumber": COMPANY}),
        3015,
    ),
}
REFUSED_WITH_TWO_RECIPIENTS = {
    "C22": (BY_EMAIL | to_one(ANNE), 3017),
    "C22 oldest form": (BY_EMAIL | to_groups(ANNE), 3017),
    "C30": (BY_EMAIL | to(ANNE), 3017),
    "X10": (BY_EMAIL | OVERRIDE, 3022),
}


def problem(sender, notification, **top):
    answer = sender.post("/correspondence", letter(correspondence={"notification": notification}, **top))
    return answer.status_code, answer.json().get("errorCode")


@pytest.mark.contract("notifications.md#11.1")
@pytest.mark.contract("notifications.md#1.7")
@pytest.mark.parametrize(("notification", "code"), REFUSED.values(), ids=REFUSED)
def test_request_is_refused(sender, notification, code):
    assert problem(sender, notification) == (400, code)
    assert NotificationText.objects.count() == 0


@pytest.mark.contract("notifications.md#11.1")
@pytest.mark.parametrize(
    ("notification", "code"), REFUSED_WITH_TWO_RECIPIENTS.values(), ids=REFUSED_WITH_TWO_RECIPIENTS
)
def test_request_for_two_letters_is_refused(sender, notification, code):
    assert problem(sender, notification, recipients=TWO) == (400, code)


@pytest.mark.contract("notifications.md#11.8")
def test_template_of_imported_letters_has_no_wording(sender):
    """X11"""
    assert problem(sender, {"notificationTemplate": 2}) == (404, 3001)


OWN, TO_ANNE, TO_OLA = f"org:{COMPANY}", "email:anne@eksempel.example", "email:ola@eksempel.example"
TOLD = {
    "C23": (BY_EMAIL | EMAIL_TEXT | to(ANNE), [OWN, TO_ANNE]),
    "C24": (BY_SMS | SMS_TEXT | to(NORWEGIAN), [OWN, "sms:+4799999997"]),
    "C26": (BY_EMAIL | to_one(ANNE) | to_groups(OLA), [OWN, TO_ANNE]),
    "oldest form": (BY_EMAIL | to_groups(ANNE, OLA), [OWN, TO_ANNE, TO_OLA]),
    "C28": (BY_EMAIL | to(ANNE), [OWN, TO_ANNE]),
    "C29": (
        by("EmailPreferred", ALL_SIX) | to(ANNE, NORWEGIAN, {"organizationNumber": STRANGER}),
        [OWN, TO_ANNE, "sms:+4799999997", f"org:{STRANGER}"],
    ),
    "C31": (BY_EMAIL | to(ANNE) | to_one(OLA) | to_groups(EVA), [OWN, TO_ANNE]),
    "C33, C34": (BY_EMAIL | OVERRIDE | to(ANNE), [TO_ANNE]),
    "C35": (BY_EMAIL | to(ANNE) | {"overrideRegisteredContactInformation": False}, [OWN, TO_ANNE]),
}


@pytest.mark.contract("notifications.md#11.1")
@pytest.mark.parametrize(("notification", "keys"), TOLD.values(), ids=TOLD)
def test_who_is_told(sender, notification, keys):
    published = send_and_publish(sender, letter(correspondence={"notification": notification}))

    assert sorted(published.orders.values_list("party_key", flat=True)) == sorted(keys)
    assert statuses(published)[-1] == "Published"


ANSWERS = {
    "C18, C19": ([], "notificationcreated"),
    "C20": ([(422, {"code": "NOT-00001"})] * 2, "correspondencenotificationcreationfailed"),
    "C21": ([(200, None)], None),
}


@pytest.mark.contract("notifications.md#11.1")
@pytest.mark.parametrize(("answers", "event"), ANSWERS.values(), ids=ANSWERS)
def test_letter_is_published_whatever_the_platform_answers(platform, sender, answers, event):
    platform.answers = list(answers)

    published = placed(sender, BY_EMAIL)

    assert statuses(published)[-1] == "Published"
    assert bool(Order.objects.get().platform_order_id) == (event == "notificationcreated")
    assert told_of() == ([event] if event else [])


@pytest.mark.contract("notifications.md#11.1")
def test_custom_recipient_is_placed_beside_the_letters_own(platform, sender):
    """C17"""
    published = placed(sender, by("Email", EMAIL_TEXT, REMINDING_EMAIL) | to(ANNE))

    assert statuses(published)[-1] == "Published"
    kinds = [next(iter(body["recipient"])) for body in platform.placed]
    assert sorted(kinds) == ["recipientEmail", "recipientOrganization"]
