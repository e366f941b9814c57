"""What is not to be sent any more (notifications.md 7.1)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.enums import PENDING_STATES, Channel, DeliveryState, NotificationState
from notifications.jobs import defer_cancelling
from notifications.models import Delivery, Notification, moot_once_read
from notifications.services.delivery.completion import finish_orders, to_be_sent

WITHDRAWN = {Channel.EMAIL: DeliveryState.EMAIL_FAILED, Channel.SMS: DeliveryState.SMS_FAILED}


@dataclass(frozen=True)
class Cancelled:
    """A notification that is not wanted any more; the national platform may still be too late to drop its own."""

    notification_id: uuid.UUID
    correspondence_id: uuid.UUID
    send_at: datetime


def cancel_orders(*, correspondence_ids: Sequence[uuid.UUID], reason: str, at: datetime) -> list[Cancelled]:
    """Nothing more is sent about these letters. In the transaction of their transition."""
    return _cancel(correspondence_ids, reason, at, only_moot=False)


def cancel_reminders(
    *, correspondence_ids: Sequence[uuid.UUID], reason: str, at: datetime
) -> list[Cancelled]:
    """These letters have been read. In the transaction of their transition."""
    return _cancel(correspondence_ids, reason, at, only_moot=True)


def _cancel(
    correspondence_ids: Sequence[uuid.UUID], reason: str, at: datetime, *, only_moot: bool
) -> list[Cancelled]:
    """What a job has claimed is left to it: it looks at the letter itself before it sends."""
    waiting = to_be_sent().filter(order__correspondence__in=list(correspondence_ids))
    if only_moot:
        waiting = waiting.filter(moot_once_read())
    held = waiting.select_for_update(of=("self",), no_key=True).select_related("order")
    found = list(held)
    ids = [one.pk for one in found if not one.placed_at]
    defer_cancelling([one.pk for one in found if one.placed_at], reason=reason)
    if ids:
        _withdraw(ids, reason, at)
    return [Cancelled(one.pk, one.order.correspondence_id, one.send_at) for one in found]


def _withdraw(ids: Sequence[uuid.UUID], reason: str, at: datetime) -> None:
    """What nobody has accepted yet."""
    for channel, state in WITHDRAWN.items():
        unsent = Delivery.objects.filter(notification__in=ids, channel=channel, state__in=PENDING_STATES)
        unsent.filter(claimed_by__isnull=True).update(state=state, state_changed_at=at, next_attempt_at=None)
    Notification.objects.filter(pk__in=ids).update(
        state=NotificationState.CANCELLED, state_changed_at=at, reason=reason
    )
    finish_orders(ids, at=at)
