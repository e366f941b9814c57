"""What a forwarded letter looks like as a mail (notifications.md 8.3)."""

from collections.abc import Sequence
from datetime import datetime

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, MessageAttachment
from attachments.services.file_names import DATA_TYPES, FORBIDDEN, extension_of
from correspondence.models import Forwarding
from correspondence.services.texts import fill_in_name
from notifications.requests import EnclosedFile, ForwardedMail

UNKNOWN_TYPE = "application/octet-stream"


def mail_of(
    forwarding: Forwarding, uses: Sequence[MessageAttachment], *, address: str, at: datetime
) -> ForwardedMail:
    """`address` as it was typed."""
    letter = forwarding.correspondence
    message = letter.message
    body = fill_in_name(message.body, letter.recipient_name)
    return ForwardedMail(
        forwarding_id=forwarding.pk,
        correspondence_id=letter.pk,
        address=address,
        language=message.language,
        subject=fill_in_name(message.title, letter.recipient_name),
        body=f"{forwarding.text}\n\n---\n\n{body}" if forwarding.text.strip() else body,
        files=tuple(_enclosed(use, at) for use in uses),
    )


def _enclosed(use: MessageAttachment, at: datetime) -> EnclosedFile:
    attachment = use.attachment
    has_expired = use.expires_at is not None and use.expires_at <= at
    is_there = attachment.status == AttachmentStatus.PUBLISHED and not has_expired
    return EnclosedFile(
        name=_name(attachment),
        content_type=DATA_TYPES.get(extension_of(attachment.file_name), UNKNOWN_TYPE),
        size=attachment.size or 0,
        storage_key=attachment.storage_key if is_there else "",
    )


def _name(attachment: Attachment) -> str:
    """The display name, with the file's extension; mail programs open a file by it."""
    name = attachment.display_name or attachment.file_name
    extension = extension_of(attachment.file_name)
    if extension_of(name) != extension:
        name += extension
    return FORBIDDEN.sub("_", name)
