"""Whether the national platform has an order, in a sentence for its page and the letter's."""

from collections.abc import Iterable

from django.utils import timezone

from notifications.models import Order, Provider
from registry.admin.base import moment


def platform_trouble(orders: Iterable[Order]) -> str:
    """What is wrong with the platform now, which an order that it has not been asked about waits for, too."""
    if all(order.place_at is None for order in orders):
        return ""
    provider = Provider.objects.platform().filter(weight=0).first()
    return provider.trouble if provider else ""


def placing_words(order: Order, trouble: str) -> str:
    """Empty for an order of our own delivery, or one that ended without the platform."""
    if order.platform_order_id:
        return f"The national platform has it as order {order.platform_order_id}."
    if order.place_at is None:
        return ""
    said = order.place_trouble or trouble
    why = f": {said}" if said else ""
    return f"Waiting for the national platform{why}, {_tries(order)}."


def _tries(order: Order) -> str:
    if not order.place_at or order.place_at <= timezone.now():
        return "to be tried next"
    times = "once" if order.place_attempts == 1 else f"{order.place_attempts} times"
    return f"tried {times}, next try {moment(order.place_at)}"
