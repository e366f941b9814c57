"""The texts of a request: our templates or the sender's own words, and the keywords in them (notifications.md 1.3, 3)."""

from dataclasses import dataclass
from html import escape

from django.utils.safestring import mark_safe

from notifications.enums import Channel, EmailContentType, NotificationTemplate, OrderPurpose, Phase
from notifications.models import NotificationText, Order, TemplateVersion
from notifications.requests import MessageToTell, NotificationRequest
from notifications.services.mail_html import paragraphs, standard_mail
from registry.enums import RecipientKind
from registry.identifiers import identifier_of, kind_of

TEXT_TOKEN = "{text}"  # noqa: S105 - a place in a template
SENDERS_NAME, RESOURCE_NAME, MESSAGE_TITLE = "$sendersName$", "$resourceName$", "$messageTitle$"
LETTER_RECIPIENT_NAME, RECIPIENT_NAME, RECIPIENT_NUMBER = (
    "$correspondenceRecipientName$",
    "$recipientName$",
    "$recipientNumber$",
)


PREFIXES = {Phase.MAIN: "", Phase.REMINDER: "reminder_"}
"""Of the fields of a text."""


@dataclass(frozen=True)
class Wording:
    """What one notification says, ready to send."""

    subject: str
    body: str
    content_type: EmailContentType
    html: str = ""
    """The standard mail around the body; empty for the sender's own mails, which are sent as they are."""


def text_of(request: NotificationRequest, message: MessageToTell) -> NotificationText:
    """The row to store, unsaved; keywords that are the same for every recipient are filled in."""
    content_types = {"email_body": request.email_content_type}
    content_types["reminder_email_body"] = (
        request.email_content_type
        if request.reminder_email_content_type is None
        else request.reminder_email_content_type
    )
    texts, versions = _own_words(request), {}
    if request.template != NotificationTemplate.CUSTOM_MESSAGE:
        versions = _standard_versions(message.language.lower())
        texts = _standard_words(versions, texts, content_types)
    keywords = {
        SENDERS_NAME: message.sender_name,
        RESOURCE_NAME: message.resource_title,
        MESSAGE_TITLE: message.title,
    }
    return NotificationText(
        language=message.language,
        template=NotificationTemplate(request.template).label,
        sender_name=message.sender_name,
        email_content_type=content_types["email_body"],
        reminder_email_content_type=content_types["reminder_email_body"],
        **{name: fill_in(text, keywords, content_types.get(name)) for name, text in texts.items()},
        **versions,
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


def _standard_versions(language: str) -> dict[str, TemplateVersion]:
    """What our templates of that language say now, by the text's fields."""
    newest = TemplateVersion.objects.filter(template__language=language).newest().select_related("template")
    return {version_field(Channel(one.template.channel), Phase(one.template.phase)): one for one in newest}


def version_field(channel: Channel, phase: Phase) -> str:
    """Which field of a text names the version that this part of it was made from."""
    return f"{PREFIXES[phase]}{channel}_version"


def _standard_words(
    versions: dict[str, TemplateVersion], own: dict[str, str], content_types: dict[str, EmailContentType]
) -> dict[str, str]:
    words = {}
    for prefix in PREFIXES.values():
        email, sms = versions[f"{prefix}email_version"], versions[f"{prefix}sms_version"]
        subject, body, text = f"{prefix}email_subject", f"{prefix}email_body", f"{prefix}sms_body"
        is_html = content_types[body] == EmailContentType.HTML
        words[subject] = woven(email.subject, own[subject])
        words[body] = woven(
            "<br>".join(escape(email.body).splitlines()) if is_html else email.body, own[body]
        )
        words[text] = woven(sms.body, own[text])
    return words


def woven(template: str, own: str) -> str:
    """The standard wording with the sender's own words in their place."""
    return template.replace(TEXT_TOKEN, f"{own} " if own else "").strip()


def fill_in(text: str, keywords: dict[str, str], content_type: EmailContentType | None = None) -> str:
    """In HTML a name is text: its `&` and `<` are escaped."""
    for keyword, value in keywords.items():
        text = text.replace(keyword, escape(value) if content_type == EmailContentType.HTML else value)
    return text


def wording(
    order: Order, *, channel: Channel, is_reminder: bool, letter_recipient: str, names_party: bool = True
) -> Wording:
    """What this order's notification says over this channel, with the names of letter and order filled in.

    It depends on stored rows only, so what was sent can be shown again. `names_party`: whether the notified party's own keywords are filled in too.
    """
    text, prefix = order.text, PREFIXES[Phase.REMINDER if is_reminder else Phase.MAIN]
    keywords = {LETTER_RECIPIENT_NAME: letter_recipient} | (_party_keywords(order) if names_party else {})
    if order.purpose == OrderPurpose.FORWARD:
        keywords = {}  # a letter is passed on as it is
    if channel == Channel.SMS:
        return Wording("", fill_in(getattr(text, f"{prefix}sms_body"), keywords), EmailContentType.PLAIN)
    subject = " ".join(fill_in(getattr(text, f"{prefix}email_subject"), keywords).split())
    content_type = EmailContentType(getattr(text, f"{prefix}email_content_type"))
    body = fill_in(getattr(text, f"{prefix}email_body"), keywords, content_type)
    html = ""
    if text.template == NotificationTemplate.GENERIC_ALTINN_MESSAGE.label:
        html = as_standard_mail(text.language, text.sender_name, subject, body, content_type)
    return Wording(subject, body, content_type, html)


def as_standard_mail(
    language: str, sender: str, subject: str, body: str, content_type: EmailContentType
) -> str:
    """Our standard mail as HTML; a sender who declared the own words HTML has them taken as such."""
    is_html = content_type == EmailContentType.HTML
    content = [mark_safe(body)] if is_html else paragraphs(body)  # noqa: S308 - the sender's own mail
    return standard_mail(language=language.lower(), sender=sender, subject=subject, content=content)


def _party_keywords(order: Order) -> dict[str, str]:
    """The notified party's; without a party in a register the keywords stay as they are."""
    kind = kind_of(order.party_urn) if order.party_urn else None
    if kind == RecipientKind.ORGANIZATION:
        return {RECIPIENT_NAME: order.party_name, RECIPIENT_NUMBER: identifier_of(order.party_urn)}
    if kind == RecipientKind.PERSON:
        return {RECIPIENT_NAME: order.party_name, RECIPIENT_NUMBER: ""}
    return {}
