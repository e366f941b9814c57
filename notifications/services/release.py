"""Publishing lets the orders go (design.md point 17)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Greatest

from notifications.enums import NotificationResult, NotificationState, OrderPurpose
from notifications.jobs import defer_delivery, defer_placing
from notifications.models import Notification, Order
from notifications.services.orders import reminder_delay

REVIVABLE = (NotificationState.REGISTERED, NotificationState.CANCELLED)
"""What was cancelled before it was ever released belongs to a letter that failed, and is published after all."""


def release_orders(
    *,
    correspondence_ids: Sequence[uuid.UUID],
    at: datetime,
    purpose: OrderPurpose = OrderPurpose.LETTER,
) -> None:
    """From now on these letters' notifications are sent when their time comes. In the publishing transaction.

    A letter that had to wait is told about now, and its reminder counts from now.
    """
    orders = Order.objects.filter(correspondence__in=list(correspondence_ids), purpose=purpose)
    waiting = Notification.objects.filter(
        order__in=orders, state__in=REVIVABLE, released_at__isnull=True
    ).exclude(result=NotificationResult.FAILURE)
    released = waiting.update(
        released_at=at,
        send_at=Greatest(
            F("send_at"), Case(When(is_reminder=True, then=Value(at + reminder_delay())), default=Value(at))
        ),
        reason=Case(
            When(state=NotificationState.CANCELLED, then=Value("")),
            default=F("reason"),
            output_field=TextField(),
        ),
        state=NotificationState.REGISTERED,
    )
    if released:
        orders.filter(notifications__state=NotificationState.REGISTERED).update(
            finished_at=None, place_at=Case(When(by_platform=True, then=Value(at)), default=F("place_at"))
        )
        _defer_sending()


def _defer_sending() -> None:
    """By whoever sends now; what was accepted before the setting changed is found by the clock."""
    if settings.NOTIFICATION_PLATFORM_URL:
        defer_placing()
    else:
        defer_delivery()
