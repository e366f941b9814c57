"""The texts of a request: our templates or the sender's own words, and the keywords in them (notifications.md 1.3, 3)."""

from dataclasses import dataclass
from html import escape

from notifications.enums import Channel, EmailContentType, NotificationTemplate, OrderPurpose, Phase
from notifications.models import NotificationText, Order, Template
from notifications.requests import MessageToTell, NotificationRequest
from registry.enums import RecipientKind
from registry.identifiers import identifier_of, kind_of

TEXT_TOKEN = "{text}"  # noqa: S105 - a place in a template
SENDERS_NAME, RESOURCE_NAME, MESSAGE_TITLE = "$sendersName$", "$resourceName$", "$messageTitle$"
LETTER_RECIPIENT_NAME, RECIPIENT_NAME, RECIPIENT_NUMBER = (
    "$correspondenceRecipientName$",
    "$recipientName$",
    "$recipientNumber$",
)


@dataclass(frozen=True)
class Wording:
    """What one notification says, ready to send."""

    subject: str
    body: str
    content_type: EmailContentType


def text_of(request: NotificationRequest, message: MessageToTell) -> NotificationText:
    """The row to store, unsaved; keywords that are the same for every recipient are filled in."""
    if request.template == NotificationTemplate.CUSTOM_MESSAGE:
        texts = _own_words(request)
    else:
        texts = _standard_words(request, message.language.lower())
    content_types = {"email_body": request.email_content_type}
    content_types["reminder_email_body"] = (
        request.email_content_type
        if request.reminder_email_content_type is None
        else request.reminder_email_content_type
    )
    keywords = {
        SENDERS_NAME: message.sender_name,
        RESOURCE_NAME: message.resource_title,
        MESSAGE_TITLE: message.title,
    }
    return NotificationText(
        language=message.language,
        template=NotificationTemplate(request.template).label,
        email_content_type=content_types["email_body"],
        reminder_email_content_type=content_types["reminder_email_body"],
        **{name: _fill_in(text, keywords, content_types.get(name)) for name, text in texts.items()},
    )


def _own_words(request: NotificationRequest) -> dict[str, str]:
    return {
        "email_subject": request.email_subject or "",
        "email_body": request.email_body or "",
        "sms_body": request.sms_body or "",
        "reminder_email_subject": request.reminder_email_subject or "",
        "reminder_email_body": request.reminder_email_body or "",
        "reminder_sms_body": request.reminder_sms_body or "",
    }


def _standard_words(request: NotificationRequest, language: str) -> dict[str, str]:
    templates = {(row.channel, row.phase): row for row in Template.objects.filter(language=language)}
    own = _own_words(request)
    words = {}
    for phase, prefix in ((Phase.MAIN, ""), (Phase.REMINDER, "reminder_")):
        email, sms = templates[Channel.EMAIL, phase], templates[Channel.SMS, phase]
        words[f"{prefix}email_subject"] = _woven(email.subject, own[f"{prefix}email_subject"])
        words[f"{prefix}email_body"] = _woven(email.body, own[f"{prefix}email_body"])
        words[f"{prefix}sms_body"] = _woven(sms.body, own[f"{prefix}sms_body"])
    return words


def _woven(template: str, own: str) -> str:
    return template.replace(TEXT_TOKEN, f"{own} " if own else "").strip()


def _fill_in(text: str, keywords: dict[str, str], content_type: EmailContentType | None = None) -> str:
    """In HTML a name is text: its `&` and `<` are escaped."""
    for keyword, value in keywords.items():
        text = text.replace(keyword, escape(value) if content_type == EmailContentType.HTML else value)
    return text


def wording(
    order: Order, *, channel: Channel, is_reminder: bool, letter_recipient: str, names_party: bool = True
) -> Wording:
    """What this order's notification says over this channel, with the names of letter and order filled in.

    `names_party`: whether the notified party's own keywords are filled in too.
    """
    prefix = "reminder_" if is_reminder else ""
    keywords = {LETTER_RECIPIENT_NAME: letter_recipient} | (_party_keywords(order) if names_party else {})
    if order.purpose == OrderPurpose.FORWARD:
        keywords = {}  # a letter is passed on as it is
    if channel == Channel.SMS:
        body = getattr(order.text, f"{prefix}sms_body")
        return Wording("", _fill_in(body, keywords), EmailContentType.PLAIN)
    subject = _fill_in(getattr(order.text, f"{prefix}email_subject"), keywords)
    content_type = EmailContentType(getattr(order.text, f"{prefix}email_content_type"))
    body = _fill_in(getattr(order.text, f"{prefix}email_body"), keywords, content_type)
    return Wording(" ".join(subject.split()), body, content_type)


def _party_keywords(order: Order) -> dict[str, str]:
    """The notified party's; without a party in a register the keywords stay as they are."""
    kind = kind_of(order.party_urn) if order.party_urn else None
    if kind == RecipientKind.ORGANIZATION:
        return {RECIPIENT_NAME: order.party_name, RECIPIENT_NUMBER: identifier_of(order.party_urn)}
    if kind == RecipientKind.PERSON:
        return {RECIPIENT_NAME: order.party_name, RECIPIENT_NUMBER: ""}
    return {}
