"""Publishing: one job for a message, walking its letters in chunks, each chunk one transaction (design.md point 3).

What is published is what the guarded UPDATE returns; history, events and notifications follow from those rows
only, so a repeated or parallel job publishes nothing twice. A purged letter is never published.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.models import AttachmentStatusEvent, MessageAttachment
from correspondence.enums import CorrespondenceStatus
from correspondence.jobs import defer_dialogs
from correspondence.models import Correspondence, Message, StatusEvent
from correspondence.services.actors import SYSTEM
from correspondence.services.initialize.rules_recipients import organisations_without_a_role
from journal.enums import EventSource, EventType, FollowUpKind
from journal.services.events import EventData, record_events
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups
from notifications.services.cancel import cancel_orders
from notifications.services.release import release_orders
from registry.ids import uuid7
from registry.services.directory import find_parties, reserved_persons

CHUNK = 500
OVERDUE = timedelta(seconds=20)
"""A letter that is due for so long has lost its job."""
OVERDUE_MESSAGES = 100
S = CorrespondenceStatus

UNKNOWN_SENDER = "The sender is not in the register."
UNKNOWN_RECIPIENT = "The recipient is not in the register any more."
RESERVED_NOW = "The recipient has reserved against digital communication."
NO_ROLE = "Nobody in the organisation has a role that may read confidential letters; send it on paper."

GUARDED = """
    UPDATE correspondence_correspondence AS letter
    SET {changes}
    FROM (
        SELECT id, status FROM correspondence_correspondence
        WHERE id = ANY(%(ids)s) AND published_at IS NULL AND purged_at IS NULL AND status IN (0, 1)
        ORDER BY id FOR NO KEY UPDATE
    ) AS before
    WHERE letter.id = before.id
    RETURNING letter.id, before.status, letter.recipient_urn, letter.round
"""
PUBLISH = GUARDED.format(
    changes=f"""
        status = {S.PUBLISHED:d}, published_at = %(at)s, ready_at = COALESCE(letter.ready_at, %(at)s),
        transmission_id = CASE WHEN letter.host_dialog_id IS NOT NULL THEN %(transmission_id)s END
    """
)
FAIL = GUARDED.format(changes=f"status = {S.FAILED:d}, failed_at = %(at)s")
MARK_READY = GUARDED.format(
    changes=f"status = {S.READY_FOR_PUBLISH:d}, ready_at = COALESCE(letter.ready_at, %(at)s)"
)

log = structlog.get_logger()


@dataclass(frozen=True)
class _Changed:
    """A row that the guarded update returned."""

    id: uuid.UUID
    status_before: int
    recipient_urn: str
    round: int


def publish_message(*, message_id: uuid.UUID, at: datetime | None = None) -> int:
    """Publish what is due and ready of the message, fail what cannot be; returns how many were published."""
    at = at or timezone.now()
    message = Message.objects.get(pk=message_id)
    if message.requested_publish_time > at or not attachments_are_ready(message):
        return 0
    published = 0
    while chunk := _next_chunk(message, at):
        reasons = _reasons_to_fail(message, set(chunk.values()))
        published += _publish_chunk(message, chunk, reasons, at)
    return published


def publish_overdue() -> None:
    """The safety net: letters that are due and that no job has published."""
    late = Correspondence.objects.publishable(timezone.now() - OVERDUE)
    ready = late.exclude(Exists(_files_to_wait_for().filter(message=OuterRef("message"))))
    oldest_first = ready.values("message").annotate(since=Min("requested_publish_time")).order_by("since")
    for message_id in list(oldest_first.values_list("message", flat=True)[:OVERDUE_MESSAGES]):
        try:
            publish_message(message_id=message_id)
        except Exception:
            # One message that cannot be published must not keep the others waiting; its turn comes again.
            log.exception("overdue_message_not_published", message_id=str(message_id))


def attachments_are_ready(message: Message) -> bool:
    return not _files_to_wait_for().filter(message=message).exists()


def _files_to_wait_for() -> QuerySet[MessageAttachment]:
    """Places of files that were never published; what has expired since keeps no letter back (lifecycle.md 2.2)."""
    published = AttachmentStatusEvent.objects.filter(
        attachment=OuterRef("attachment"), status=AttachmentStatus.PUBLISHED
    )
    return MessageAttachment.objects.filter(~Exists(published))


def _next_chunk(message: Message, at: datetime) -> dict[uuid.UUID, str]:
    """Recipients' URNs by letter, of those still to be published."""
    letters = Correspondence.objects.publishable(at).filter(message=message).order_by("pk")
    return dict(letters.values_list("pk", "recipient_urn")[:CHUNK])


def _reasons_to_fail(message: Message, urns: Collection[str]) -> dict[str, str]:
    """By recipient: why the letter cannot be published. The registers are asked here, before the transaction."""
    parties = find_parties({*urns, message.sender_urn})
    if message.sender_urn not in parties:
        return dict.fromkeys(urns, UNKNOWN_SENDER)
    reasons = {urn: UNKNOWN_RECIPIENT for urn in urns if urn not in parties}
    if not message.ignore_reservation:
        reasons = {**dict.fromkeys(reserved_persons(urns), RESERVED_NOW), **reasons}
    if message.is_confidential:
        reasons = {**dict.fromkeys(organisations_without_a_role(urns), NO_ROLE), **reasons}
    return reasons


def _publish_chunk(
    message: Message, chunk: dict[uuid.UUID, str], reasons: dict[str, str], at: datetime
) -> int:
    failing = [pk for pk, urn in chunk.items() if urn in reasons]
    publishing = [pk for pk, urn in chunk.items() if urn not in reasons]
    with transaction.atomic():
        published = _change(PUBLISH, publishing, at)
        _after_publishing(message, published, at)
        failed = fail_letters(message, failing, reasons, at)
    log.info("letters_published", message_id=str(message.pk), published=len(published), failed=failed)
    return len(published)


def fail_letters(message: Message, ids: list[uuid.UUID], reasons: dict[str, str], at: datetime) -> int:
    """Fail those of the letters that still wait, each for its recipient's reason. In the caller's transaction."""
    failed = _change(FAIL, ids, at)
    _after_failing(message, failed, reasons, at)
    return len(failed)


def mark_ready(*, message: Message, at: datetime) -> None:
    """Nothing holds the message's letters back any more but their time."""
    with transaction.atomic():
        initialized = Correspondence.objects.waiting().filter(message=message, status=S.INITIALIZED)
        _record_ready(_change(MARK_READY, list(initialized.values_list("pk", flat=True)), at), at)


def _change(statement: str, ids: list[uuid.UUID], at: datetime) -> list[_Changed]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        # A transmission has one recipient (1045), so one id will do; the dialog service takes version 7 only.
        cursor.execute(statement, {"at": at, "ids": ids, "transmission_id": uuid7()})
        return [_Changed(*row) for row in cursor.fetchall()]


def _after_publishing(message: Message, published: list[_Changed], at: datetime) -> None:
    if not published:
        return
    _record_ready(published, at)
    _record_history([(letter, S.PUBLISHED, "") for letter in published], at)
    record_events(
        [
            _event(message, letter, EventType.CORRESPONDENCE_PUBLISHED, letter.recipient_urn)
            for letter in published
        ],
        at=at,
    )
    ids = [letter.id for letter in published]
    release_orders(correspondence_ids=ids, at=at)
    defer_dialogs(message_id=message.pk)
    resolve_follow_ups(
        FollowUpKind.FAILED_PUBLISH,
        [str(identity) for identity in ids],
        resolution="It was published.",
        at=at,
    )


def _after_failing(message: Message, failed: list[_Changed], reasons: dict[str, str], at: datetime) -> None:
    if not failed:
        return
    _record_history([(letter, S.FAILED, reasons[letter.recipient_urn]) for letter in failed], at)
    record_events(
        [
            _event(message, letter, EventType.CORRESPONDENCE_PUBLISH_FAILED, message.sender_urn)
            for letter in failed
        ],
        at=at,
    )
    cancel_orders(correspondence_ids=[letter.id for letter in failed], reason="The letter failed.", at=at)
    open_follow_ups(
        [
            FollowUpData(
                kind=FollowUpKind.FAILED_PUBLISH,
                cause=str(letter.id),
                summary=reasons[letter.recipient_urn],
                correspondence_id=letter.id,
            )
            for letter in failed
        ]
    )


def _record_ready(changed: list[_Changed], at: datetime) -> None:
    """A step that is taken once, whichever change took the letter past it."""
    ready = [letter for letter in changed if letter.status_before == S.INITIALIZED]
    _record_history([(letter, S.READY_FOR_PUBLISH, "") for letter in ready], at)


def _record_history(rows: list[tuple[_Changed, CorrespondenceStatus, str]], at: datetime) -> None:
    columns: dict[str, Any] = SYSTEM.columns
    StatusEvent.objects.bulk_create(
        StatusEvent(
            correspondence_id=letter.id,
            status=status,
            text=text or status.wire_name,
            at=at,
            round=letter.round,
            **columns,
        )
        for letter, status, text in rows
    )


def _event(message: Message, letter: _Changed, event_type: EventType, subject: str) -> EventData:
    return EventData(
        type=event_type,
        resource_id=message.resource_id,
        instance=str(letter.id),
        subject=subject,
        source=EventSource.CORRESPONDENCE,
    )
