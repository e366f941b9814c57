"""Whether the national platform has the order of the demo's letter."""

from notifications.models import Order


def placing(correspondence_id: str) -> tuple[str | None, str]:
    """The platform's order, if it has accepted one, and what went wrong at the last try."""
    order = Order.objects.get(correspondence=correspondence_id)
    placed = order.platform_order_id
    return str(placed) if placed else None, order.place_trouble
