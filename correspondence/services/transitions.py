"""The one way a single letter changes status: under its row lock, with history and event in the same transaction."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from correspondence.enums import CorrespondenceStatus, Role
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.actors import Actor
from journal.enums import EventSource, EventType
from journal.services.events import EventData, record_events

S = CorrespondenceStatus
AVAILABLE = frozenset(
    {S.PUBLISHED, S.READ, S.REPLIED, S.CONFIRMED, S.ARCHIVED, S.ATTACHMENTS_DOWNLOADED, S.FORWARDED}
)
NEVER_PUBLISHED = frozenset({S.INITIALIZED, S.READY_FOR_PUBLISH, S.FAILED})


@dataclass(frozen=True, kw_only=True)
class Transition:
    """What leads to a status, and what it leaves."""

    may_follow: frozenset[CorrespondenceStatus]
    column: str
    """Keeps the first time."""
    once: bool = True
    event: EventType | None = None
    purged_by: Role | None = None


TRANSITIONS = {
    S.READ: Transition(may_follow=AVAILABLE, column="read_at", event=EventType.CORRESPONDENCE_RECEIVER_READ),
    S.CONFIRMED: Transition(
        may_follow=AVAILABLE, column="confirmed_at", event=EventType.CORRESPONDENCE_RECEIVER_CONFIRMED
    ),
    S.ATTACHMENTS_DOWNLOADED: Transition(may_follow=AVAILABLE, column="downloaded_at", once=False),
    # A mail that was delivered has gone out, also when its letter was purged before that could be recorded.
    S.FORWARDED: Transition(
        may_follow=AVAILABLE | {S.PURGED_BY_RECIPIENT}, column="forwarded_at", once=False
    ),
    S.PURGED_BY_RECIPIENT: Transition(
        may_follow=AVAILABLE,
        column="purged_at",
        event=EventType.CORRESPONDENCE_PURGED,
        purged_by=Role.RECIPIENT,
    ),
    S.PURGED_BY_ALTINN: Transition(
        may_follow=NEVER_PUBLISHED,
        column="purged_at",
        event=EventType.CORRESPONDENCE_PURGED,
        purged_by=Role.SENDER,
    ),
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

    Returns False, and changes nothing, when it may not follow the letter's status, or happens once and has
    happened. The status shown is the highest number so far; a purge wins over all.
    """
    rule = TRANSITIONS[status]
    had_before = getattr(letter, rule.column) is not None
    if letter.status not in rule.may_follow or (rule.once and had_before):
        return False
    _change_columns(letter, status, rule, at)
    StatusEvent.objects.create(
        correspondence=letter,
        status=status,
        text=text or status.wire_name,
        at=at,
        round=letter.round,
        attachment_id=attachment_id,
        **actor.columns,
    )
    if rule.event:
        record_events([event(letter, rule.event, subject=letter.message.sender_urn)], at=at)
    return True


def _change_columns(
    letter: Correspondence, status: CorrespondenceStatus, rule: Transition, at: datetime
) -> None:
    if rule.purged_by:
        letter.status, letter.purged_by = status, rule.purged_by
    elif not letter.is_purged:
        letter.status = max(letter.status, status)
    setattr(letter, rule.column, getattr(letter, rule.column) or at)
    letter.save(update_fields=["status", rule.column, "purged_by"])


def event(letter: Correspondence, event_type: EventType, *, subject: str) -> EventData:
    return EventData(
        type=event_type,
        resource_id=letter.resource_id,
        instance=str(letter.pk),
        subject=subject,
        source=EventSource.CORRESPONDENCE,
    )
