"""Files that come with the request that announces them (initialize.md 5.2): kept aside until it is accepted.

Each is written down before its first byte and forgotten in the transaction that makes it an attachment, so a
request that fails, or whose process dies, leaves nothing: what is still written down is removed.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.errors import InvalidFileSize, UploadFailed
from attachments.jobs import defer_scans
from attachments.models import Attachment, IncomingFile
from attachments.services.receiving import Received, receive, upload_errors, with_signs_of_life
from attachments.services.transitions import UNSCANNED, Actor, record_history
from attachments.services.upload import storage_folder
from attachments.transports.scanner import scanner
from attachments.transports.storage import attachment_storage
from registry.ids import uuid7

MAX_FILE_BYTES = 2_000_000_000
"""Of a file in a form; an upload of its own may have more (attachments.md 3.2)."""
MAX_FILES = 100
SWEPT_AT_ONCE = 100

log = structlog.get_logger()


TOO_LARGE = Received(MAX_FILE_BYTES + 1, "")
NOT_STORED = Received(0, "")


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file that has arrived. Nothing is stored of one that is too large, or beyond the number that a letter can have."""

    file_name: str
    received: Received = NOT_STORED
    attachment_id: uuid.UUID = field(default_factory=uuid7)
    storage_key: str = ""


class IncomingFiles:
    """The files of one request. A context manager: what no attachment has taken is removed at its end."""

    def __init__(self) -> None:
        self.request_id = uuid7()
        self.files: list[NewFile] = []

    def take(self, file_name: str, content: Iterator[bytes]) -> None:
        """Store the next file. Raises UploadTimedOut, UploadFailed."""
        if len(self.files) >= MAX_FILES:
            self.files.append(NewFile(file_name=file_name))
            return
        attachment_id = uuid7()
        key = f"{storage_folder(attachment_id)}/{self.request_id}"
        IncomingFile.objects.create(request_id=self.request_id, storage_key=key, seen_at=timezone.now())
        received = self._store(key, content)
        self.files.append(
            NewFile(file_name=file_name, received=received, attachment_id=attachment_id, storage_key=key)
        )

    def _store(self, key: str, content: Iterator[bytes]) -> Received:
        with attachment_storage().receive(key) as receiver, upload_errors():
            try:
                received = receive(
                    receiver, with_signs_of_life(content, self._give_sign_of_life), most=MAX_FILE_BYTES
                )
            except InvalidFileSize:
                return TOO_LARGE
            receiver.commit()
        return received

    def _give_sign_of_life(self) -> None:
        IncomingFile.objects.filter(request_id=self.request_id).update(seen_at=timezone.now())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            _remove(IncomingFile.objects.filter(request_id=self.request_id))
        except DatabaseError:
            log.exception("incoming_files_left", request_id=str(self.request_id))  # the sweep removes them


def store_with_files(
    attachments: Sequence[Attachment], files: Sequence[NewFile], *, actor: Actor, at: datetime
) -> None:
    """Make the files these attachments' own, in the caller's transaction: published, or scanned first.

    Raises UploadFailed when the bytes have been swept away meanwhile.
    """
    keys = [file.storage_key for file in files]
    if IncomingFile.objects.filter(storage_key__in=keys).delete()[0] < len(keys):
        raise UploadFailed
    Attachment.objects.bulk_create(attachments)
    for status in (AttachmentStatus.INITIALIZED, AttachmentStatus.UPLOAD_PROCESSING):
        record_history(attachments, status, actor=actor, at=at, is_announced=False)
    if scanner():
        defer_scans(attachment_ids=[attachment.pk for attachment in attachments])
    else:
        record_history(attachments, AttachmentStatus.PUBLISHED, actor=actor, at=at, text=UNSCANNED)


def sweep_incoming() -> None:
    """Remove what requests have left whose process died."""
    silent_since = timezone.now() - timedelta(seconds=settings.UPLOAD_LIFE_SECONDS)
    if removed := _remove(
        IncomingFile.objects.filter(seen_at__lt=silent_since).order_by("pk")[:SWEPT_AT_ONCE]
    ):
        log.warning("incoming_files_swept", files=removed)


def _remove(rows: QuerySet[IncomingFile]) -> int:
    """Bytes first, then the row that tells of them; a row that another transaction holds is its own matter."""
    with transaction.atomic():
        held = list(rows.select_for_update(skip_locked=True))
        for row in held:
            attachment_storage().forget(row.storage_key)
        IncomingFile.objects.filter(pk__in=[row.pk for row in held]).delete()
    return len(held)
