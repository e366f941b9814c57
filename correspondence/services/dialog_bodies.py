"""A letter as the dialog service takes it: a dialog of its own, or a transmission of another.

The service refuses what is longer than it keeps and times that have passed, so those are cut and left out.
"""

import html
import re
from datetime import datetime
from typing import Any

import nh3
from django.conf import settings
from django.utils import timezone
from markdown_it import MarkdownIt

from attachments.models import MessageAttachment
from attachments.services.file_names import download_type_of
from correspondence.enums import ReferenceType, TransmissionType
from correspondence.models import Correspondence, Message
from correspondence.services.texts import MANY_REPLY_OPTIONS, fill_in_name
from correspondence.transports.dialog_service import RESOURCE_PREFIX

MOST_CHARACTERS = 255
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S{1,900}")
CONTENT_OF_ANOTHER_SERVER = "application/vnd.dialogporten.frontchannelembed-url;type=text/markdown"
OPEN_LABELS = {"nb": "Åpne", "nn": "Opne", "en": "Open"}
CONFIRM_LABELS = {"nb": "Bekreft mottak", "nn": "Stadfest mottak", "en": "Confirm receipt"}
DELETE_LABELS = {"nb": "Slett", "nn": "Slett", "en": "Delete"}

Json = dict[str, Any]


def dialog_body(letter: Correspondence, files: list[MessageAttachment]) -> Json:
    """A dialog, without its id."""
    message = letter.message
    content = _content(letter, "mainContentReference")
    if message.message_sender:
        content["senderName"] = _value(message.message_sender[:MOST_CHARACTERS], message)
    body = {
        "idempotentKey": str(letter.pk),
        "serviceResource": RESOURCE_PREFIX + letter.resource_id,
        "party": letter.recipient_urn,
        "externalReference": letter.senders_reference[:MOST_CHARACTERS],
        "createdAt": letter.created_at.isoformat(),
        "dueAt": _still_to_come(message.due_date_time),
        "process": _process(message),
        "status": _status(letter),
        "content": content,
        "attachments": _attachments(letter, files),
        "guiActions": _buttons(letter),
    }
    return {name: value for name, value in body.items() if value is not None}


def transmission_body(letter: Correspondence, files: list[MessageAttachment]) -> Json:
    """A transmission, without its id."""
    return {
        "type": transmission_type(letter.message).name.title(),
        "authorizationAttribute": RESOURCE_PREFIX + letter.resource_id,
        "externalReference": letter.senders_reference[:MOST_CHARACTERS],
        "createdAt": letter.created_at.isoformat(),
        "sender": {"actorType": "ServiceOwner"},
        "content": _content(letter, "contentReference"),
        "attachments": _attachments(letter, files),
    }


def confirmed_changes(letter: Correspondence) -> Json:
    """What a confirmation changes of the letter's dialog; nothing where none was asked for."""
    if not letter.message.is_confirmation_needed:
        return {}
    return {"guiActions": _buttons(letter), "status": _status(letter)}


def transmission_type(message: Message) -> TransmissionType:
    """As the sender named it, by word or by number; else Information (initialize.md 10)."""
    wanted = _reference(message, ReferenceType.TRANSMISSION_TYPE)
    if wanted is None:
        return TransmissionType.INFORMATION
    word = wanted.strip()
    return TransmissionType(int(word)) if word.isdecimal() else TransmissionType[word.upper()]


def _content(letter: Correspondence, reference: str) -> Json:
    message, name = letter.message, letter.recipient_name
    link = _value(_url(letter, "content"), message) | {"mediaType": CONTENT_OF_ANOTHER_SERVER}
    content = {"title": _value(fill_in_name(message.title, name)[:MOST_CHARACTERS], message), reference: link}
    if summary := _plain(fill_in_name(message.summary, name)):
        content["summary"] = _value(summary[:MOST_CHARACTERS], message)
    return content


def _plain(markdown: str) -> str:
    """What a reader would see of it, in one line."""
    return " ".join(html.unescape(nh3.clean(MarkdownIt().render(markdown), tags=set())).split())


def _value(text: str, message: Message) -> Json:
    return {"mediaType": "text/plain", "value": [_in_language(text, message)]}


def _in_language(text: str, message: Message) -> Json:
    return {"languageCode": message.language.lower(), "value": text}


def _url(letter: Correspondence, path: str) -> str:
    return f"{settings.PUBLIC_URL}/correspondence/api/v1/correspondence/{letter.pk}/{path}"


def _attachments(letter: Correspondence, files: list[MessageAttachment]) -> list[Json]:
    return [
        {
            "displayName": [
                _in_language(file.attachment.display_name or file.attachment.file_name, letter.message)
            ],
            "urls": [
                {
                    "consumerType": "Gui",
                    "mediaType": download_type_of(file.attachment.file_name),
                    "url": _url(letter, f"attachment/{file.attachment_id}/download"),
                }
            ],
            "expiresAt": _still_to_come(file.expires_at),
        }
        for file in files
    ]


def _buttons(letter: Correspondence) -> list[Json]:
    """At most one of first rank and five of third, which is all that the service takes."""
    message = letter.message
    options = message.reply_options if len(message.reply_options) <= MANY_REPLY_OPTIONS else []
    buttons = [
        _button(dict.fromkeys(OPEN_LABELS, option["linkText"]) if option["linkText"] else OPEN_LABELS)
        | {"url": option["linkURL"], "httpMethod": "GET", "priority": "Tertiary"}
        for option in options
    ]
    if _awaits_confirmation(letter):
        confirm = {"url": _url(letter, "confirm"), "httpMethod": "POST", "priority": "Primary"}
        buttons.append(_button(CONFIRM_LABELS) | confirm)
    purge = {"url": _url(letter, "purge"), "httpMethod": "DELETE", "priority": "Tertiary"}
    return [*buttons, _button(DELETE_LABELS) | purge | {"isDeleteDialogAction": True}]


def _status(letter: Correspondence) -> str:
    return "RequiresAttention" if _awaits_confirmation(letter) else "NotApplicable"


def _awaits_confirmation(letter: Correspondence) -> bool:
    return letter.message.is_confirmation_needed and letter.confirmed_at is None


def _button(labels: dict[str, str]) -> Json:
    title = [{"languageCode": language, "value": text[:MOST_CHARACTERS]} for language, text in labels.items()]
    return {"action": "read", "title": title}


def _process(message: Message) -> str | None:
    process = _reference(message, ReferenceType.PROCESS_ID)
    return process if process and URI.fullmatch(process) else None


def _reference(message: Message, kind: ReferenceType) -> str | None:
    values = (item["referenceValue"] for item in message.external_references if item["referenceType"] == kind)
    return next(values, None)


def _still_to_come(at: datetime | None) -> str | None:
    return at.isoformat() if at and at > timezone.now() else None
