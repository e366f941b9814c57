"""Files that the letter is to carry (initialize.md 1.5, nos. 27 to 34 and 40; 5)."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from attachments.enums import AttachmentStatus
from attachments.errors import HashMismatch, InvalidFileSize
from attachments.models import Attachment
from attachments.services.file_names import check_file_name
from attachments.services.incoming import MAX_FILE_BYTES, NewFile
from attachments.services.initialize import check_lifetime
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
from correspondence.requests import InitializeRequest, NewAttachment

MAX_ATTACHMENTS = 100
MAX_FORWARDED_BYTES = 10_000_000
SOON = timedelta(hours=6)
HOLD = "SELECT id FROM attachments_attachment WHERE id = ANY(%s) AND status = %s ORDER BY id FOR SHARE"
"""A lock that any number of requests can hold at once; Django has only the kinds that one can."""


@dataclass(frozen=True)
class MatchedFile:
    """What the request says of a file, and the file."""

    described: NewAttachment
    file: NewFile


@dataclass(frozen=True)
class Files:
    existing: list[Attachment]
    new: list[MatchedFile]
    """Both in the request's order."""

    @property
    def ids(self) -> list[uuid.UUID]:
        """New ones first (initialize.md 9)."""
        new = [matched.file.attachment_id for matched in self.new]
        return new + [attachment.pk for attachment in self.existing]


def check_attachments(
    request: InitializeRequest, files: Sequence[NewFile], *, owner_org: str, at: datetime
) -> Files:
    """What the letter carries.

    Raises 1017, 1007, 1038, 1018, 1069; of new files 2010, 2013, 2012, 2021, 1005, 2004, 2017; 1055.
    """
    existing = _existing(request, owner_org)
    _check_forwarded_size(request, existing, files)
    for described in request.new_attachments:
        check_file_name(described.file_name)
    new = match_files(request.new_attachments, files)
    if not all(1 <= matched.file.received.size <= MAX_FILE_BYTES for matched in new):
        raise InvalidFileSize(f"A file must hold at least one byte and at most {MAX_FILE_BYTES}.")
    for described in request.new_attachments:
        check_lifetime(described.expiration_in_days)
    _check_remaining_life(request, at)
    return Files(existing, new)


def _existing(request: InitializeRequest, owner_org: str) -> list[Attachment]:
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
    return attachments


def match_files(described: Sequence[NewAttachment], files: Sequence[NewFile]) -> list[MatchedFile]:
    """Each description with its file: the one at its place, else the only one of that name. Raises 1005."""
    if len(described) != len(files):
        raise UploadedFilesDoesNotMatchAttachments
    count = Counter(file.file_name for file in files)
    by_name = {file.file_name: file for file in files}
    matched = []
    for entry, file in zip(described, files, strict=True):
        fits = file.file_name == entry.file_name
        if not fits and count[entry.file_name] != 1:
            raise UploadedFilesDoesNotMatchAttachments
        matched.append(MatchedFile(entry, file if fits else by_name[entry.file_name]))
    if len({match.file.attachment_id for match in matched}) < len(files):
        raise UploadedFilesDoesNotMatchAttachments
    return matched


def check_checksums(new: Sequence[MatchedFile]) -> None:
    """Raises 2008."""
    for matched in new:
        announced = (matched.described.checksum or "").strip().lower()
        if announced and announced != matched.file.received.checksum:
            raise HashMismatch


def hold_attachments(attachments: Collection[Attachment]) -> None:
    """Keep the files from being purged before this transaction ends. Raises 1018 when one was, meanwhile."""
    ids = sorted({attachment.pk for attachment in attachments})
    if ids and len(list(Attachment.objects.raw(HOLD, [ids, AttachmentStatus.PUBLISHED]))) < len(ids):
        raise AttachmentsNotPublished


def _check_forwarded_size(
    request: InitializeRequest, existing: Sequence[Attachment], files: Sequence[NewFile]
) -> None:
    stored = sum(attachment.size or 0 for attachment in existing)
    uploaded = sum(file.received.size for file in files)
    if request.allow_forwarding and stored + uploaded > MAX_FORWARDED_BYTES:
        raise CannotAllowForwardingOnCorrespondenceWithLargeAttachments


def _check_remaining_life(request: InitializeRequest, at: datetime) -> None:
    if not request.existing_attachments:
        return
    ends = latest_ends(ids=request.existing_attachments)
    if any(end is not None and end <= at + SOON for end in ends.values()):
        raise ExistingAttachmentExpiringSoon
