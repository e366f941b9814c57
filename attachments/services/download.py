"""Handing out stored bytes."""

import uuid
from typing import IO

from attachments.enums import AttachmentStatus, ScanResult
from attachments.errors import (
    AttachedToAPublishedCorrespondence,
    AttachmentNotFound,
    CannotDownloadExpiredAttachment,
    CannotDownloadPurgedAttachment,
)
from attachments.models import Attachment, MessageAttachment
from attachments.services.access import attachment_for_sender
from attachments.transports.storage import attachment_storage
from registry.callers import Caller
from registry.models import User
from registry.services.audit import record_audit


def download_as_sender(*, caller: Caller, attachment_id: uuid.UUID) -> Attachment:
    """The attachment that its sender may download: until a letter with it is published (attachments.md 2.5).

    Raises 2001, 4001, 2019, 2020, 2016; 2001 when nothing was uploaded, 2019 when malware was found.
    """
    attachment = attachment_for_sender(caller=caller, attachment_id=attachment_id)
    check_status(attachment)
    published = MessageAttachment.objects.filter(
        attachment=attachment, message__correspondences__published_at__isnull=False
    )
    if published.exists():
        raise AttachedToAPublishedCorrespondence
    if not attachment.storage_key:
        raise AttachmentNotFound("No file has been uploaded to the attachment.")
    if attachment.scan_result == ScanResult.INFECTED:
        raise CannotDownloadPurgedAttachment("Malware was found in the attachment; it cannot be downloaded.")
    return attachment


def check_status(attachment: Attachment) -> None:
    """Raises the errors for purged and expired ones."""
    if attachment.status == AttachmentStatus.PURGED:
        raise CannotDownloadPurgedAttachment
    if attachment.status == AttachmentStatus.EXPIRED:
        raise CannotDownloadExpiredAttachment


def check_stored(attachment: Attachment) -> None:
    """Raises as `check_status`, also when the bytes are gone."""
    check_status(attachment)
    if not attachment_storage().exists(attachment.storage_key):
        raise CannotDownloadPurgedAttachment


def open_stored(attachment: Attachment, *, start: int = 0, length: int | None = None) -> IO[bytes]:
    """The stored bytes from `start`, to be streamed. Raises as `check_status`, also when the bytes are gone."""
    check_status(attachment)
    try:
        return attachment_storage().read(attachment.storage_key, start=start, length=length)
    except FileNotFoundError as error:
        raise CannotDownloadPurgedAttachment from error


class DownloadRefused(Exception):
    """An operator cannot have the bytes; the message says why."""


def download_as_operator(*, operator: User, attachment: Attachment, reason: str) -> None:
    """Record that an operator takes the bytes, before it gets them. Raises DownloadRefused."""
    if not reason.strip():
        raise DownloadRefused("Give a reason: it is kept in the audit trail.")
    if attachment.scan_result == ScanResult.INFECTED:
        raise DownloadRefused("Malware was found in it: its bytes are in quarantine.")
    try:
        check_stored(attachment)
    except (CannotDownloadPurgedAttachment, CannotDownloadExpiredAttachment) as gone:
        raise DownloadRefused(str(gone)) from gone
    record_audit(
        operator=operator,
        action="attachment.download",
        object_type="attachments.attachment",
        object_id=str(attachment.pk),
        reason=reason.strip(),
        after={"checksum": attachment.checksum},
    )
