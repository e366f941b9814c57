"""Handing out stored bytes."""

from typing import IO

from attachments.enums import AttachmentStatus
from attachments.errors import CannotDownloadExpiredAttachment, CannotDownloadPurgedAttachment
from attachments.models import Attachment
from attachments.transports.storage import attachment_storage


def open_stored(attachment: Attachment) -> IO[bytes]:
    """The stored file, to be streamed. Raises the errors for purged and expired ones, also when bytes are gone."""
    if attachment.status == AttachmentStatus.PURGED:
        raise CannotDownloadPurgedAttachment
    if attachment.status == AttachmentStatus.EXPIRED:
        raise CannotDownloadExpiredAttachment
    try:
        stored: IO[bytes] = attachment_storage().open(attachment.storage_key)
    except FileNotFoundError as error:
        raise CannotDownloadPurgedAttachment from error
    return stored
