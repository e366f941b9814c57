"""How a wording looks with example names, in every language side by side, before it is saved."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache

from notifications.enums import Channel, EmailContentType
from notifications.models import Template, TemplateVersion
from notifications.segments import length_of
from notifications.services.wording import (
    LETTER_RECIPIENT_NAME,
    MESSAGE_TITLE,
    RESOURCE_NAME,
    SENDERS_NAME,
    as_standard_mail,
    fill_in,
    woven,
)

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
STYLE = re.compile(r'style="([^"]*)"')


@dataclass(frozen=True)
class Example:
    """A letter that does not exist, in its language."""

    sender: str
    resource: str
    title: str
    own_subject: str
    own_words: str
    recipient: str = "Rask Falk AS"

    def fill_in(self, text: str) -> str:
        names = {
            SENDERS_NAME: self.sender,
            LETTER_RECIPIENT_NAME: self.recipient,
            RESOURCE_NAME: self.resource,
            MESSAGE_TITLE: self.title,
        }
        return fill_in(text, names)


EXAMPLES = {
    "nb": Example(
        "Eksempeletaten", "Tilskudd", "Vedtak i saken din", "Svar innen 1. mars", "Vi trenger svar."
    ),
    "nn": Example("Eksempeletaten", "Tilskot", "Vedtak i saka di", "Svar innan 1. mars", "Vi treng svar."),
    "en": Example(
        "The Example Agency", "Grants", "Decision in your case", "Reply by 1 March", "We need a reply."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Says:
    """One message as it would be sent."""

    title: str
    body: str
    subject: str = ""
    html: str = ""
    length: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One language; `is_draft` marks the text that is being written."""

    language: str
    code: str
    is_draft: bool
    messages: list[Says]


def preview(template: Template, *, subject: str, body: str) -> list[Card]:
    """The draft, and beside it what the other languages say now."""
    others = TemplateVersion.objects.filter(
        template__channel=template.channel, template__phase=template.phase
    )
    texts = {
        version.template.language: (version.subject, version.body)
        for version in others.newest().select_related("template")
    }
    texts[template.language] = (subject, body)
    return [
        Card(
            language=word,
            code=code,
            is_draft=code == template.language,
            messages=_messages(Channel(template.channel), code, *texts[code]),
        )
        for code, word in LANGUAGES.items()
        if code in texts
    ]


def _messages(channel: Channel, code: str, subject: str, body: str) -> list[Says]:
    """Without the sender's own words and with them, since both must read well."""
    example = EXAMPLES[code]
    return [
        _says(channel, code, "Without the sender's own words", subject, body, own=("", "")),
        _says(channel, code, "With own words", subject, body, own=(example.own_subject, example.own_words)),
    ]


def _says(channel: Channel, code: str, title: str, subject: str, body: str, *, own: tuple[str, str]) -> Says:
    example = EXAMPLES[code]
    subject, body = (
        example.fill_in(woven(text, words)) for text, words in zip((subject, body), own, strict=True)
    )
    if channel == Channel.SMS:
        return Says(title=title, body=body, length=sms_length(body))
    html = as_standard_mail(code, example.sender, subject, body, EmailContentType.PLAIN)
    return Says(title=title, subject=subject, body=body, html=html)


def sms_length(text: str) -> str:
    """In words: a recipient's telephone joins the segments, and the installation pays for each."""
    length = length_of(text)
    segments = "1 segment" if length.segments == 1 else f"{length.segments} segments"
    return f"{len(text)} characters, {length.encoding.label}, {segments}"


@cache
def style_sources() -> list[str]:
    """The content security policy's names for the styles in our standard mail: those and no others may apply."""
    mail = as_standard_mail("nb", "Somebody", "Something", "Words", EmailContentType.PLAIN)
    digests = (hashlib.sha256(style.encode()).digest() for style in sorted(set(STYLE.findall(mail))))
    return ["'unsafe-hashes'", *(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)]
