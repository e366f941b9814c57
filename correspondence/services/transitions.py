"""The one way a single letter changes status: under its row lock, with history and event in the same transaction."""

import uuid
from datetime import datetime

from correspondence.enums import CorrespondenceStatus, Role
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.actors import Actor
from journal.enums import EventSource, EventType
from journal.services.events import EventData, record_events

S = CorrespondenceStatus
FIRST_TIME = {S.READ: "read_at", S.CONFIRMED: "confirmed_at", S.ATTACHMENTS_DOWNLOADED: "downloaded_at"}
"""By status: the column that keeps its first time."""
ONCE = {S.READ, S.CONFIRMED}
PURGES = {S.PURGED_BY_RECIPIENT: Role.RECIPIENT, S.PURGED_BY_ALTINN: Role.SENDER}
EVENTS = {
    S.READ: EventType.CORRESPONDENCE_RECEIVER_READ,
    S.CONFIRMED: EventType.CORRESPONDENCE_RECEIVER_CONFIRMED,
    S.PURGED_BY_RECIPIENT: EventType.CORRESPONDENCE_PURGED,
    S.PURGED_BY_ALTINN: EventType.CORRESPONDENCE_PURGED,
}


def locked(correspondence_id: uuid.UUID) -> Correspondence:
    """The letter with its message, locked until the caller's transaction ends."""
    letters = Correspondence.objects.select_for_update(of=("self",), no_key=True).select_related("message")
    return letters.get(pk=correspondence_id)


def transition(
    letter: Correspondence,
    status: CorrespondenceStatus,
    *,
    actor: Actor,
    at: datetime,
    text: str = "",
    attachment_id: uuid.UUID | None = None,
) -> bool:
    """Record that `letter`, which the caller holds locked, has reached `status`.

    Returns False, and changes nothing, when it may happen once only and has happened, or the letter is purged.
    The status shown is the highest number so far; a purge wins over all.
    """
    column = FIRST_TIME.get(status, "purged_at")
    if letter.is_purged or (status in ONCE and getattr(letter, column) is not None):
        return False
    is_purge = status in PURGES
    letter.status = status if is_purge else max(letter.status, status)
    if getattr(letter, column) is None:
        setattr(letter, column, at)
    letter.purged_by = PURGES.get(status, letter.purged_by)
    letter.save(update_fields=["status", column, "purged_by"])
    StatusEvent.objects.create(
        correspondence=letter,
        status=status,
        text=text or status.wire_name,
        at=at,
        round=letter.round,
        attachment_id=attachment_id,
        **actor.columns,
    )
    if status in EVENTS:
        record_events([event(letter, EVENTS[status], subject=letter.message.sender_urn)], at=at)
    return True


def event(letter: Correspondence, event_type: EventType, *, subject: str) -> EventData:
    return EventData(
        type=event_type,
        resource_id=letter.resource_id,
        instance=str(letter.pk),
        subject=subject,
        source=EventSource.CORRESPONDENCE,
    )
