"""Everything that happened to a letter, from all its tables, in the order of time: what, who, why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from correspondence.admin.labels import status_tone, status_word
from correspondence.enums import CorrespondenceStatus
from correspondence.models import Fetch, Forwarding, StatusEvent
from journal.models import FollowUp
from notifications.admin.labels import OUTCOME_WORDS, asked_word, channel_word, delivery_tone, delivery_word
from notifications.enums import (
    PENDING_STATES,
    AttemptOutcome,
    NotificationResult,
    NotificationState,
    OrderPurpose,
)
from notifications.models import Attempt, Delivery, Notification, Order
from registry.admin.base import list_of, masked_identifier
from registry.admin.labels import action_word
from registry.enums import ActorKind
from registry.models import AuditEntry

SYSTEM = "System"
TOLD_ELSEWHERE = {"correspondence.retry_publishing"}
"""Actions whose audit entry says nothing that the status history does not."""
ENDED = {
    NotificationState.CANCELLED: "cancelled",
    NotificationState.CONDITION_NOT_MET: "not sent",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: `tone` is good, warn, bad, info or neutral."""

    at: datetime
    title: str
    who: str
    why: str = ""
    detail: str = ""
    tone: str = "neutral"
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """The rows of one letter, loaded with what they point at."""

    events: Iterable[StatusEvent]
    fetches: Iterable[Fetch]
    orders: Iterable[Order]
    forwardings: Iterable[Forwarding]
    follow_ups: Iterable[FollowUp]
    audit: Iterable[AuditEntry]
    names: Mapping[str, str]
    """By URN: what a party is called."""


def timeline(history: History) -> list[Entry]:
    """Oldest first. Of entries with the same time the cause comes before its consequence."""
    return sorted(_entries(history), key=lambda entry: entry.at)


def _entries(history: History) -> Iterator[Entry]:
    for forwarding in history.forwardings:
        yield from _forwarding_entries(forwarding, history.names)
    for event in history.events:
        yield _status_entry(event, history.names)
    for fetch in history.fetches:
        yield Entry(at=fetch.at, title="Looked at", who=party(fetch.party_urn, history.names))
    for order in history.orders:
        yield from _order_entries(order)
    for follow_up in history.follow_ups:
        yield from _follow_up_entries(follow_up)
    for entry in history.audit:
        if entry.action not in TOLD_ELSEWHERE:
            yield _audit_entry(entry)


def _status_entry(event: StatusEvent, names: Mapping[str, str]) -> Entry:
    status = CorrespondenceStatus(event.status)
    tries_again = event.round > 0 and status == CorrespondenceStatus.READY_FOR_PUBLISH
    return Entry(
        at=event.at,
        title="Publishing tried again" if tries_again else status_word(status),
        who=_actor(event, names),
        why=event.reason,
        detail="" if event.text == status.wire_name else event.text,
        tone=status_tone(status),
    )


def _forwarding_entries(forwarding: Forwarding, names: Mapping[str, str]) -> Iterator[Entry]:
    yield Entry(
        at=forwarding.created_at,
        title="Forwarding asked for",
        who=party(forwarding.party_urn, names),
        why=forwarding.text,
        detail=f"to {forwarding.address}",
        tone="info",
    )
    if forwarding.failed_at:
        yield Entry(
            at=forwarding.failed_at,
            title="Forwarding ended without delivery",
            who=SYSTEM,
            detail=f"to {forwarding.address}",
            tone="bad",
        )


def _actor(event: StatusEvent, names: Mapping[str, str]) -> str:
    if event.operator is not None:
        return operator_name(event.operator)
    return party(event.actor_urn, names) if event.actor_kind == ActorKind.PARTY else SYSTEM


def _order_entries(order: Order) -> Iterator[Entry]:
    for notification in order.notifications.all():
        # That an operator repeated it is told by the audit entry, that it forwards the letter by the forwarding.
        if order.repeats_id is None and order.purpose != OrderPurpose.FORWARD:
            yield _ordered(order, notification)
        if notification.state in ENDED:
            yield _ended(notification)
        for delivery in notification.deliveries.all():
            yield from _delivery_entries(delivery)


def _ordered(order: Order, notification: Notification) -> Entry:
    accepted = notification.result == NotificationResult.SUCCESS
    return Entry(
        at=notification.created_at,
        title=f"{_name(notification)} ordered",
        who=SYSTEM,
        why="" if accepted else notification.reason,
        detail=f"{asked_word(notification.channel)} to {order_recipient(order)}",
        tone="neutral" if accepted else "warn",
    )


def _ended(notification: Notification) -> Entry:
    return Entry(
        at=notification.state_changed_at,
        title=f"{_name(notification)} {ENDED[NotificationState(notification.state)]}",
        who=SYSTEM,
        why=notification.reason,
    )


def _delivery_entries(delivery: Delivery) -> Iterator[Entry]:
    attempts = list(delivery.attempts.all())
    for attempt in attempts:
        yield _attempt_entry(delivery, attempt)
    told = any(attempt.closed_at == delivery.state_changed_at for attempt in attempts)
    if delivery.state not in PENDING_STATES and not told:
        yield Entry(
            at=delivery.state_changed_at,
            title=f"{channel_word(delivery.channel)}: {delivery_word(delivery.state).lower()}",
            who=SYSTEM,
            detail=delivery.address,
            tone=delivery_tone(delivery.state),
        )


def _attempt_entry(delivery: Delivery, attempt: Attempt) -> Entry:
    is_open = not attempt.outcome
    words, tone = ("under way", "info") if is_open else OUTCOME_WORDS[AttemptOutcome(attempt.outcome)]
    return Entry(
        at=attempt.closed_at or attempt.opened_at,
        title=f"{channel_word(delivery.channel)}, attempt {attempt.number}: {words.lower()}",
        who=attempt.provider or SYSTEM,
        why=attempt.answer,
        detail=delivery.address,
        tone=tone,
        url=list_of("notifications.Delivery", notification__id__exact=delivery.notification_id),
    )


def _follow_up_entries(follow_up: FollowUp) -> Iterator[Entry]:
    kind = follow_up.get_kind_display().lower()
    url = list_of("journal.FollowUp", state="all", q=follow_up.correspondence_id)
    yield Entry(
        at=follow_up.opened_at,
        title=f"Follow-up opened: {kind}",
        who=SYSTEM,
        why=follow_up.summary,
        tone="warn",
        url=url,
    )
    if follow_up.resolved_at and follow_up.resolved_by is None:  # an operator's is told by the audit entry
        yield Entry(
            at=follow_up.resolved_at,
            title=f"Follow-up resolved by itself: {kind}",
            who=SYSTEM,
            why=follow_up.resolution,
            tone="good",
            url=url,
        )


def _audit_entry(entry: AuditEntry) -> Entry:
    to = entry.after.get("assigned_to") or entry.after.get("address")
    detail = [f"to {to}"] if to else []
    detail += ["forced"] if entry.after.get("forced") else []
    return Entry(
        at=entry.at,
        title=action_word(entry.action),
        who=operator_name(entry.operator) if entry.operator else entry.client_id or SYSTEM,
        why=entry.reason,
        detail=", ".join(detail),
        tone="info",
    )


def party(urn: str, names: Mapping[str, str]) -> str:
    """Name and masked number."""
    identifier = masked_identifier(urn)
    name = names.get(urn, "")
    return f"{name} ({identifier})" if name else identifier or "Unknown"


def order_recipient(order: Order) -> str:
    return order.address or order.party_name or masked_identifier(order.party_urn)


def operator_name(operator: object) -> str:
    return str(getattr(operator, "get_full_name", str)() or operator)


def _name(notification: Notification) -> str:
    return "Reminder" if notification.is_reminder else "Notification"
