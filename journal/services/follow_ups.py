"""What needs a person: opened once per cause, resolved by an operator or by itself (design.md point 9)."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from journal.enums import FollowUpKind
from journal.models import FollowUp


@dataclass(frozen=True, kw_only=True)
class FollowUpData:
    """`cause` is unique among the open ones of its kind: an id, by rule."""

    kind: FollowUpKind
    cause: str
    summary: str
    correspondence_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    delivery_id: int | None = None
    attachment_id: uuid.UUID | None = None
    subscription_id: int | None = None


def open_follow_ups(items: Iterable[FollowUpData]) -> None:
    """Open those that are not open already, in one statement. Call inside the transaction of their cause."""
    rows = [
        FollowUp(
            kind=item.kind,
            cause=item.cause,
            summary=item.summary,
            correspondence_id=item.correspondence_id,
            order_id=item.order_id,
            delivery_id=item.delivery_id,
            attachment_id=item.attachment_id,
            subscription_id=item.subscription_id,
        )
        for item in items
    ]
    if rows:
        FollowUp.objects.bulk_create(rows, ignore_conflicts=True)


def open_causes(kind: FollowUpKind, causes: Collection[str]) -> set[str]:
    """Those of the causes that an operator has on the list already."""
    if not causes:
        return set()
    listed = FollowUp.objects.open().filter(kind=kind, cause__in=list(causes))
    return set(listed.values_list("cause", flat=True))


def was_resolved_since(kind: FollowUpKind, cause: str, at: datetime) -> bool:
    """Whether one for this cause has been closed since then."""
    return FollowUp.objects.filter(kind=kind, cause=cause, resolved_at__gte=at).exists()


def resolve_follow_ups(kind: FollowUpKind, causes: Collection[str], *, resolution: str, at: datetime) -> None:
    """Close what is open for these causes, since they have gone away."""
    FollowUp.objects.open().filter(kind=kind, cause__in=list(causes)).update(
        resolved_at=at, resolution=resolution
    )
