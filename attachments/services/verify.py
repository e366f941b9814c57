"""Whether what is stored is what the rows say, and nothing else is stored (attachments.md 9, no. 6)."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, IncomingFile
from attachments.services.upload import storage_folder
from attachments.transports.local_storage import PART
from attachments.transports.storage import attachment_storage

CHUNK_BYTES = 1024 * 1024
NAMES_AT_ONCE = 500
GONE = (AttachmentStatus.PURGED, AttachmentStatus.EXPIRED)


@dataclass(frozen=True)
class Problem:
    """`subject`: the attachment's id, or the stored name of what belongs to none."""

    subject: str
    what: str


Progress = Callable[[Iterable[Any], int | None, str], Iterable[Any]]
"""Wraps an iterable of so many items, if that is known, to show how far it is."""


def verify_stored(progress: Progress) -> Iterator[Problem]:
    """Re-hash every file that a row says is stored."""
    kept = Attachment.objects.exclude(storage_key="").exclude(status__in=GONE).order_by("pk")
    for attachment in progress(kept.iterator(), kept.count(), "files"):
        if what := _difference(attachment):
            yield Problem(str(attachment.pk), what)


def find_orphans(progress: Progress) -> Iterator[Problem]:
    """What is stored and belongs to no attachment, no request under way and no upload under way."""
    names = iter(progress(attachment_storage().names(), None, "stored names"))
    while chunk := list(islice(names, NAMES_AT_ONCE)):
        known, gone = _known(chunk), _gone(chunk)
        for name in chunk:
            whole = name.removesuffix(PART)
            if whole in gone:
                yield Problem(name, "its attachment is gone, and the job that removes it has not run")
            elif whole not in known:
                yield Problem(name, "belongs to no attachment")


def _difference(attachment: Attachment) -> str:
    try:
        stored = attachment_storage().read(attachment.storage_key)
    except FileNotFoundError:
        return "is not stored"
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with stored:
        while chunk := stored.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    if size != attachment.size:
        return f"has {size} bytes instead of {attachment.size}"
    if digest.hexdigest() != attachment.checksum:
        return f"has the MD5 {digest.hexdigest()} instead of {attachment.checksum}"
    return ""


def _gone(names: list[str]) -> set[str]:
    stored = Attachment.objects.filter(storage_key__in=names, status__in=GONE)
    return set(stored.values_list("storage_key", flat=True))


def _known(names: list[str]) -> set[str]:
    """Those of the names that somebody answers for."""
    whole = {name.removesuffix(PART) for name in names}
    stored = Attachment.objects.filter(storage_key__in=whole).exclude(status__in=GONE)
    incoming = IncomingFile.objects.filter(storage_key__in=whole)
    uploading = Attachment.objects.filter(upload_seen_at__isnull=False, upload_id__isnull=False)
    return {
        *stored.values_list("storage_key", flat=True),
        *incoming.values_list("storage_key", flat=True),
        *(f"{storage_folder(pk)}/{upload}" for pk, upload in uploading.values_list("pk", "upload_id")),
    }
