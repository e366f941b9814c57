"""Whether the national platform has the order of the demo's letter."""

import uuid

from notifications.models import Notification


def placing(correspondence_id: str) -> tuple[str | None, str]:
    """The platform's order, if it has accepted one, and what it said instead."""
    main = Notification.objects.select_related("order").get(
        order__correspondence=uuid.UUID(correspondence_id), is_reminder=False
    )
    placed = main.order.platform_order_id
    return str(placed) if placed else None, main.reason or main.order.place_trouble
