"""The one way in which letters change status: locked, with history, events and follow-ups in one transaction.

What may follow what is data. One statement changes any number of letters, and everything else is made from the rows
that it returns: what happens once happens once, whoever calls at the same moment (design.md point 5).
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db import connection

from correspondence.enums import ActivityKind, CorrespondenceStatus, Role
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.activities import record_transition
from correspondence.services.actors import Actor
from journal.enums import EventType, FollowUpKind
from journal.services.events import EventData, record_events
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups
from notifications.services.cancel import Cancelled, cancel_orders, cancel_reminders
from notifications.services.release import release_orders

S = CorrespondenceStatus
FIRST = frozenset({S.INITIALIZED, S.READY_FOR_PUBLISH, S.RESERVED})
"""With which a letter is stored, when it is initialised."""
WAITING = frozenset({S.INITIALIZED, S.READY_FOR_PUBLISH})
NEVER_PUBLISHED = WAITING | {S.FAILED}
AVAILABLE = frozenset(
    {S.PUBLISHED, S.READ, S.REPLIED, S.CONFIRMED, S.ARCHIVED, S.ATTACHMENTS_DOWNLOADED, S.FORWARDED}
)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """What leads to a status, and what it leaves."""

    to: CorrespondenceStatus
    may_follow: frozenset[CorrespondenceStatus]
    """The status that is shown must be one of these."""
    column: str
    """Keeps the time: the first one, unless `keeps_last`."""
    once: bool = True
    keeps_last: bool = False
    begins_round: bool = False
    purged_by: Role | None = None
    event: EventType | None = None
    activity: ActivityKind | None = None
    """What the letters' dialogs are told."""
    opens: FollowUpKind | None = None
    settles: FollowUpKind | None = None
    notifies: Callable[..., Sequence[Cancelled]] | None = None
    because: str = ""
    """What notifications and follow-ups are told."""

    @property
    def changes(self) -> str:
        """Columns and their new values, as SQL."""
        time = "%(at)s" if self.keeps_last else f"COALESCE(letter.{self.column}, %(at)s)"
        changes = [f"status = {self._shown}", f"{self.column} = {time}"]
        if self.begins_round:
            changes.append("round = letter.round + 1")
        if self.purged_by:
            changes.append(f"purged_by = '{self.purged_by}'")
        return ", ".join(changes)

    @property
    def _shown(self) -> str:
        """A purge wins over all, a new round begins anew; else the highest number so far is shown."""
        if self.purged_by or self.begins_round:
            return f"{self.to:d}"
        return f"CASE WHEN letter.purged_at IS NULL THEN GREATEST(letter.status, {self.to:d}) ELSE letter.status END"


def _release(*, correspondence_ids: Sequence[uuid.UUID], reason: str, at: datetime) -> Sequence[Cancelled]:
    del reason  # going out needs none
    release_orders(correspondence_ids=correspondence_ids, at=at)
    return ()


READY = Transition(to=S.READY_FOR_PUBLISH, may_follow=frozenset({S.INITIALIZED}), column="ready_at")
RETRIED = Transition(
    to=S.READY_FOR_PUBLISH,
    may_follow=frozenset({S.FAILED}),
    column="ready_at",
    once=False,
    begins_round=True,
)
PUBLISHED = Transition(
    to=S.PUBLISHED,
    may_follow=WAITING,
    column="published_at",
    event=EventType.CORRESPONDENCE_PUBLISHED,
    settles=FollowUpKind.FAILED_PUBLISH,
    notifies=_release,
    because="The letter was published.",
)
FAILED = Transition(
    to=S.FAILED,
    may_follow=WAITING,
    column="failed_at",
    once=False,
    keeps_last=True,
    event=EventType.CORRESPONDENCE_PUBLISH_FAILED,
    opens=FollowUpKind.FAILED_PUBLISH,
    notifies=cancel_orders,
    because="The letter failed.",
)
READ = Transition(
    to=S.READ,
    may_follow=AVAILABLE,
    column="read_at",
    event=EventType.CORRESPONDENCE_RECEIVER_READ,
    activity=ActivityKind.OPENED,
    notifies=cancel_reminders,
    because="The letter was read.",
)
CONFIRMED = Transition(
    to=S.CONFIRMED,
    may_follow=AVAILABLE,
    column="confirmed_at",
    event=EventType.CORRESPONDENCE_RECEIVER_CONFIRMED,
    activity=ActivityKind.CONFIRMED,
    notifies=cancel_reminders,
    because="The letter was confirmed.",
)
DOWNLOADED = Transition(to=S.ATTACHMENTS_DOWNLOADED, may_follow=AVAILABLE, column="downloaded_at", once=False)
# A mail that was delivered has gone out, also when its letter was purged before that could be recorded.
FORWARDED = Transition(
    to=S.FORWARDED, may_follow=AVAILABLE | {S.PURGED_BY_RECIPIENT}, column="forwarded_at", once=False
)
PURGED_BY_RECIPIENT = Transition(
    to=S.PURGED_BY_RECIPIENT,
    may_follow=AVAILABLE,
    column="purged_at",
    purged_by=Role.RECIPIENT,
    event=EventType.CORRESPONDENCE_PURGED,
    activity=ActivityKind.PURGED,
    notifies=cancel_orders,
    because="The letter was purged.",
)
PURGED_BY_SENDER = Transition(
    to=S.PURGED_BY_ALTINN,
    may_follow=NEVER_PUBLISHED,
    column="purged_at",
    purged_by=Role.SENDER,
    event=EventType.CORRESPONDENCE_PURGED,
    settles=FollowUpKind.FAILED_PUBLISH,
    notifies=cancel_orders,
    because="The letter was purged.",
)
TRANSITIONS = (
    READY,
    RETRIED,
    PUBLISHED,
    FAILED,
    READ,
    CONFIRMED,
    DOWNLOADED,
    FORWARDED,
    PURGED_BY_RECIPIENT,
    PURGED_BY_SENDER,
)

CHANGE = """
    UPDATE correspondence_correspondence AS letter
    SET {changes}
    FROM (
        SELECT held.id, message.sender_urn
        FROM correspondence_correspondence AS held JOIN correspondence_message AS message ON message.id = message_id
        WHERE held.id = ANY(%(ids)s) AND held.status = ANY(%(may_follow)s) {happened_never}
        ORDER BY held.id FOR NO KEY UPDATE OF held
    ) AS before
    WHERE letter.id = before.id
    RETURNING letter.id, letter.round, letter.resource_id, letter.recipient_urn, before.sender_urn
"""


@dataclass(frozen=True)
class _Changed:
    """A letter that the statement has changed."""

    id: uuid.UUID
    round: int
    resource_id: str
    recipient_urn: str
    sender_urn: str


def locked(correspondence_id: uuid.UUID) -> Correspondence:
    """The letter with its message, locked until the caller's transaction ends."""
    letters = Correspondence.objects.select_for_update(of=("self",), no_key=True).select_related("message")
    return letters.get(pk=correspondence_id)


def transition(
    ids: Collection[uuid.UUID],
    rule: Transition,
    *,
    actor: Actor,
    at: datetime,
    texts: Mapping[uuid.UUID, str] | None = None,
    attachment_id: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """Record that these letters have reached the status, in a number of statements that does not grow with them.

    Returns those that did. The others stay as they are: it may not follow what they are, or happens once and has
    happened. `texts`: what the history says instead of the status's name.
    """
    changed = _change(ids, rule, at)
    if not changed:
        return []
    told = texts or {}
    StatusEvent.objects.bulk_create(
        StatusEvent(
            correspondence_id=letter.id,
            status=rule.to,
            text=told.get(letter.id) or rule.to.wire_name,
            at=at,
            round=letter.round,
            attachment_id=attachment_id,
            **actor.columns,
        )
        for letter in changed
    )
    _tell(changed, rule, told, actor, at)
    return [letter.id for letter in changed]


def _change(ids: Collection[uuid.UUID], rule: Transition, at: datetime) -> list[_Changed]:
    if not ids:
        return []
    happened_never = f"AND held.{rule.column} IS NULL" if rule.once else ""
    statement = CHANGE.format(changes=rule.changes, happened_never=happened_never)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(ids), "may_follow": list(rule.may_follow), "at": at})
        return [_Changed(*row) for row in cursor.fetchall()]


def _tell(
    changed: list[_Changed], rule: Transition, texts: Mapping[uuid.UUID, str], actor: Actor, at: datetime
) -> None:
    """Subscribers, notifications, dialogs, operators."""
    ids = [letter.id for letter in changed]
    if rule.event:
        subject = attrgetter("recipient_urn" if rule.event.tells_recipient else "sender_urn")
        record_events([_event(letter, rule.event, subject(letter)) for letter in changed], at=at)
    cancelled = rule.notifies(correspondence_ids=ids, reason=rule.because, at=at) if rule.notifies else ()
    if rule.activity:
        record_transition(ids, rule.activity, actor=actor, cancelled=cancelled, at=at)
    if rule.settles:
        causes = [str(letter_id) for letter_id in ids]
        resolve_follow_ups(rule.settles, causes, resolution=rule.because, at=at)
    if rule.opens:
        open_follow_ups(
            FollowUpData(
                kind=rule.opens,
                cause=str(letter.id),
                summary=texts.get(letter.id, ""),
                correspondence_id=letter.id,
            )
            for letter in changed
        )


def _event(letter: _Changed, event_type: EventType, subject: str) -> EventData:
    return EventData(
        type=event_type,
        resource_id=letter.resource_id,
        instance=str(letter.id),
        subject=subject,
    )
