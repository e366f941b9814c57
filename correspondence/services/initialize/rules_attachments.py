"""Files that the letter is to carry (initialize.md 1.5, nos. 27 to 34)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from attachments.enums import AttachmentStatus
from attachments.models import Attachment
from attachments.services.file_names import check_file_name
from attachments.services.uses import find_existing, latest_ends
from correspondence.errors import (
    AttachmentCountExceeded,
    AttachmentsNotPublished,
    CannotAllowForwardingOnCorrespondenceWithLargeAttachments,
    ExistingAttachmentExpiringSoon,
    ExistingAttachmentNotFound,
    InvalidSenderForAttachment,
    UploadedFilesDoesNotMatchAttachments,
)
from correspondence.requests import InitializeRequest

MAX_ATTACHMENTS = 100
MAX_FORWARDED_BYTES = 10_000_000
SOON = timedelta(hours=6)
HOLD = "SELECT id FROM attachments_attachment WHERE id = ANY(%s) AND status = %s ORDER BY id FOR SHARE"
"""A lock that any number of requests can hold at once; Django has only the kinds that one can."""


def check_attachments(request: InitializeRequest, *, owner_org: str, at: datetime) -> list[Attachment]:
    """The existing attachments in the request's order. Raises 1017, 1007, 1038, 1018, 1069, names, 1005, 1055."""
    found = find_existing(ids=request.existing_attachments)
    if any(attachment.owner_org != owner_org for attachment in found.values()):
        raise InvalidSenderForAttachment
    if any(identity not in found for identity in request.existing_attachments):
        raise ExistingAttachmentNotFound
    attachments = [found[identity] for identity in request.existing_attachments]
    if len(attachments) + len(request.new_attachments) > MAX_ATTACHMENTS:
        raise AttachmentCountExceeded
    if any(attachment.status != AttachmentStatus.PUBLISHED for attachment in attachments):
        raise AttachmentsNotPublished
    _check_forwarded_size(request, attachments)
    _check_new_attachments(request)
    _check_remaining_life(request, at)
    return attachments


def hold_attachments(attachments: Collection[Attachment]) -> None:
    """Keep the files from being purged before this transaction ends. Raises 1018 when one was, meanwhile."""
    ids = sorted({attachment.pk for attachment in attachments})
    if ids and len(list(Attachment.objects.raw(HOLD, [ids, AttachmentStatus.PUBLISHED]))) < len(ids):
        raise AttachmentsNotPublished


def _check_forwarded_size(request: InitializeRequest, attachments: list[Attachment]) -> None:
    if (
        request.allow_forwarding
        and sum(attachment.size or 0 for attachment in attachments) > MAX_FORWARDED_BYTES
    ):
        raise CannotAllowForwardingOnCorrespondenceWithLargeAttachments


def _check_new_attachments(request: InitializeRequest) -> None:
    """Without files in the request, no description of one can match (initialize.md 5.2)."""
    for described in request.new_attachments:
        check_file_name(described.file_name)
    if request.new_attachments:
        raise UploadedFilesDoesNotMatchAttachments


def _check_remaining_life(request: InitializeRequest, at: datetime) -> None:
    if not request.existing_attachments:
        return
    ends = latest_ends(ids=request.existing_attachments)
    if any(end is not None and end <= at + SOON for end in ends.values()):
        raise ExistingAttachmentExpiringSoon
