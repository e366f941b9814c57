"""Dates, texts, references, reply options (initialize.md 1.5, nos. 17 to 26 and 35 to 36)."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from correspondence.enums import Language, ReferenceType
from correspondence.errors import (
    DialogportenTransmissionTypeRequiresDialogId,
    DueDatePriorRequestedPublishTime,
    DueDatePriorToday,
    InvalidLanguage,
    InvalidReplyOptions,
    MessageBodyIsNotMarkdown,
    MessageSenderIsNotPlainText,
    MessageTitleIsNotPlainText,
    MultipleDialogportenTransmissionTypeExternalReferences,
)
from correspondence.requests import InitializeRequest
from correspondence.services.texts import is_plain_text

MAX_LINK = 255
NOT_IN_A_LINK = re.compile(r"[\x00-\x20\x7f\s\\<>\"{}|^`]")


def check_dates(request: InitializeRequest, at: datetime) -> None:
    """Instants, without tolerance; equality passes. Raises 1008, 1009."""
    due = request.due_date_time
    if due is None:
        return
    if due < at:
        raise DueDatePriorToday
    if due < (request.requested_publish_time or at):
        raise DueDatePriorRequestedPublishTime


def check_texts(request: InitializeRequest) -> None:
    """Raises 1002, 1003, 1023, 1039; lengths and blanks were refused when the request was read."""
    if not is_plain_text(request.title):
        raise MessageTitleIsNotPlainText
    if "\x00" in request.body:
        raise MessageBodyIsNotMarkdown
    if request.language.lower() not in Language.values:
        raise InvalidLanguage
    if request.message_sender and not is_plain_text(request.message_sender):
        raise MessageSenderIsNotPlainText


def check_references(request: InitializeRequest) -> None:
    """Raises 1052, 1053."""
    types = request.references(ReferenceType.TRANSMISSION_TYPE)
    if len(types) > 1:
        raise MultipleDialogportenTransmissionTypeExternalReferences
    if types and request.dialog_id is None:
        raise DialogportenTransmissionTypeRequiresDialogId


def check_reply_options(request: InitializeRequest) -> None:
    """Raises 1035."""
    if not all(_is_https_link(option.url) for option in request.reply_options):
        raise InvalidReplyOptions


def _is_https_link(url: str) -> bool:
    if len(url) > MAX_LINK or NOT_IN_A_LINK.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
