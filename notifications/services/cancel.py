"""What is not to be sent any more (notifications.md 7.1)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from notifications.enums import PENDING_STATES, Channel, DeliveryState, NotificationState
from notifications.jobs import defer_cancelling
from notifications.models import Delivery, Notification, moot_once_read
from notifications.services.delivery.completion import finish_orders, to_be_sent

WITHDRAWN = {Channel.EMAIL: DeliveryState.EMAIL_FAILED, Channel.SMS: DeliveryState.SMS_FAILED}


def cancel_orders(*, correspondence_ids: Sequence[uuid.UUID], reason: str, at: datetime) -> None:
    """Nothing more is sent about these letters. In the transaction of their transition."""
    _cancel(correspondence_ids, reason, at, only_moot=False)


def cancel_reminders(*, correspondence_ids: Sequence[uuid.UUID], reason: str, at: datetime) -> None:
    """These letters have been read. In the transaction of their transition."""
    _cancel(correspondence_ids, reason, at, only_moot=True)


def _cancel(correspondence_ids: Sequence[uuid.UUID], reason: str, at: datetime, *, only_moot: bool) -> None:
    """What a job has claimed is left to it: it looks at the letter itself before it sends."""
    waiting = to_be_sent().filter(order__correspondence__in=list(correspondence_ids))
    if only_moot:
        waiting = waiting.filter(moot_once_read())
    found = list(waiting.select_for_update(of=("self",), no_key=True).values_list("pk", "placed_at"))
    placed = {pk for pk, placed_at in found if placed_at}
    ids = [pk for pk, _ in found if pk not in placed]
    defer_cancelling(placed, reason=reason)
    if not ids:
        return
    for channel, state in WITHDRAWN.items():
        unsent = Delivery.objects.filter(notification__in=ids, channel=channel, state__in=PENDING_STATES)
        unsent.filter(claimed_by__isnull=True).update(state=state, state_changed_at=at, next_attempt_at=None)
    Notification.objects.filter(pk__in=ids).update(
        state=NotificationState.CANCELLED, state_changed_at=at, reason=reason
    )
    finish_orders(ids, at=at)
