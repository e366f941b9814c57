"""Publishing lets the orders go (design.md point 17)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from notifications.enums import NotificationState
from notifications.jobs import defer_delivery
from notifications.models import Notification


def release_orders(*, correspondence_ids: Sequence[uuid.UUID], at: datetime) -> None:
    """From now on these letters' notifications are sent when their time comes. In the publishing transaction."""
    waiting = Notification.objects.filter(
        order__correspondence__in=list(correspondence_ids),
        state=NotificationState.REGISTERED,
        released_at__isnull=True,
    )
    if waiting.update(released_at=at):
        defer_delivery()
