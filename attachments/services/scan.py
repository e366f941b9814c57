"""Looking for malware: a clean file is published and lets its letters go, a finding fails them (attachments.md 5)."""

import uuid
from typing import IO

import structlog
from django.db import transaction
from django.utils import timezone

from attachments.enums import AttachmentStatus, ScanResult
from attachments.jobs import defer_failing, defer_release
from attachments.models import Attachment
from attachments.services.transitions import Actor, attachment_event, change_status
from attachments.transports.scanner import scanner
from attachments.transports.scanner_base import Scanner, ScannerUnavailable
from attachments.transports.storage import attachment_storage, quarantine_name
from journal.enums import EventType, FollowUpKind
from journal.services.events import record_events
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups

SYSTEM = Actor()
SCANNER = "scanner"
"""The cause of the follow-up: one for all files that wait."""
NO_SCANNER = "Published without a scan: none is configured any more."

log = structlog.get_logger()


def scan(*, attachment_id: uuid.UUID) -> None:
    """Scan a file that waits for it, and act on the result. May run twice; what was purged meanwhile is left alone.

    Raises ScannerUnavailable: the file, and the letters with it, wait.
    """
    attachment = (
        Attachment.objects.filter(pk=attachment_id, status=AttachmentStatus.UPLOAD_PROCESSING)
        .exclude(storage_key="")
        .first()
    )
    if attachment is None:
        return
    engine = scanner()
    try:
        finding = _finding(engine, attachment) if engine else None
    except ScannerUnavailable as error:
        _note_delay(attachment, str(error))
        raise  # the job comes again
    if engine:
        _scanner_is_back()
    if finding is None:
        _accept(attachment, is_scanned=engine is not None)
    else:
        _reject(attachment, finding)
    log.info("attachment_scanned", attachment_id=str(attachment_id), finding=finding)


def _finding(engine: Scanner, attachment: Attachment) -> str | None:
    with _open(attachment.storage_key) as stored:
        return engine.scan(stored, file_name=attachment.file_name)


def _note_delay(attachment: Attachment, why: str) -> None:
    """Operators see on the file why it waits, and one follow-up for the scanner."""
    with transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(scan_note=why)
        open_follow_ups([FollowUpData(kind=FollowUpKind.SCANNER_DOWN, cause=SCANNER, summary=why)])


def _scanner_is_back() -> None:
    resolve_follow_ups(
        FollowUpKind.SCANNER_DOWN, [SCANNER], resolution="The scanner works again.", at=timezone.now()
    )


def _open(key: str) -> IO[bytes]:
    """The stored bytes, also where a scan that was interrupted had put them already."""
    storage = attachment_storage()
    return storage.read(key if storage.exists(key) else quarantine_name(key))


def _accept(attachment: Attachment, *, is_scanned: bool) -> None:
    with transaction.atomic():
        published = change_status(
            [attachment],
            AttachmentStatus.PUBLISHED,
            actor=SYSTEM,
            at=timezone.now(),
            text="" if is_scanned else NO_SCANNER,
            scan_result=ScanResult.CLEAN if is_scanned else ScanResult.NOT_SCANNED,
            scan_note="",
        )
        if published:
            defer_release(attachment_id=attachment.pk)


def _reject(attachment: Attachment, finding: str) -> None:
    """The bytes go where nobody gets them; sender, letters and operators are told."""
    now, key = timezone.now(), attachment_storage().quarantine(attachment.storage_key)
    with transaction.atomic():
        failed = change_status(
            [attachment],
            AttachmentStatus.FAILED,
            actor=SYSTEM,
            at=now,
            text=f"Not accepted by the scanner: {finding}.",
            scan_result=ScanResult.INFECTED,
            scan_note="",
            storage_key=key,
        )
        if not failed:
            _drop_unless_kept(attachment, key)
            return
        record_events([attachment_event(EventType.ATTACHMENT_UPLOAD_FAILED, attachment)], at=now)
        open_follow_ups(
            [
                FollowUpData(
                    kind=FollowUpKind.INFECTED_ATTACHMENT,
                    cause=str(attachment.pk),
                    summary=f"{attachment.file_name}: {finding}",
                    attachment_id=attachment.pk,
                )
            ]
        )
        defer_failing(attachment_id=attachment.pk)


def _drop_unless_kept(attachment: Attachment, key: str) -> None:
    """It was purged while it was scanned: its bytes go, which the job of the purge looks for in their old place."""
    if not Attachment.objects.filter(pk=attachment.pk, storage_key=key).exists():
        attachment_storage().delete(key)
