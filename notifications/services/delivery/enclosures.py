"""The files of a forwarded letter's mail, and what it says of those that are gone (notifications.md 8.3)."""

from dataclasses import replace

from django.core.files.storage import storages

from notifications.models import NotificationText
from notifications.requests import EnclosedFile
from notifications.transports.base import OutgoingMessage

GONE = {
    "nb": "Disse vedleggene er ikke lenger tilgjengelige og følger ikke med:",
    "nn": "Desse vedlegga er ikkje lenger tilgjengelege og følgjer ikkje med:",
    "en": "These attachments are no longer available and are not included:",
}


def with_files(message: OutgoingMessage, text: NotificationText) -> OutgoingMessage:
    """The message with those of the text's files that are still there, and a line about the others."""
    files = [EnclosedFile(**file) for file in text.files]
    there = [file for file in files if file.storage_key and storages["attachments"].exists(file.storage_key)]
    gone = [file.name for file in files if file not in there]
    if not gone:
        return replace(message, files=tuple(there))
    notice = "\n".join([GONE.get(text.language.lower(), GONE["nb"]), *(f"- {name}" for name in gone)])
    return replace(message, body=f"{message.body}\n\n---\n\n{notice}", files=tuple(there))
