"""The notifications of a letter, as its page shows them: each order with what became of it, resends below it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from correspondence.admin.timeline import operator_name, order_recipient
from notifications.admin.labels import (
    asked_word,
    channel_word,
    delivery_pill,
    outcome_pill,
    result_pill,
    state_pill,
)
from notifications.admin.placing import placing_words, platform_trouble
from notifications.models import Attempt, Delivery, Notification, Order
from notifications.services.resend import refusals


@dataclass(frozen=True, kw_only=True)
class DeliveryPanel:
    delivery: Delivery
    channel: str
    state: str
    attempts: list[tuple[Attempt, str]]


@dataclass(frozen=True, kw_only=True)
class NotificationPanel:
    notification: Notification
    name: str
    channel: str
    result: str
    state: str
    deliveries: list[DeliveryPanel]


@dataclass(frozen=True, kw_only=True)
class OrderPanel:
    order: Order
    recipient: str
    operator: str
    notifications: list[NotificationPanel]
    placing: str
    """Whether the national platform has it; empty where it never was the platform's."""
    refusal: str
    """Why it cannot be sent again now, whatever the operator asks for; empty when it can."""
    resends: list["OrderPanel"] = field(default_factory=list)


def order_panels(orders: Sequence[Order], *, may_force: bool) -> list[OrderPanel]:
    """The first ones in the order they were placed, each with its repetitions."""
    refused = refusals(orders, forced=may_force, corrected=True)
    trouble = platform_trouble(orders)
    panels = {order.pk: _order(order, refused.get(order.pk, ""), trouble) for order in orders}
    for order in orders:
        if order.repeats_id in panels:
            panels[order.repeats_id].resends.append(panels[order.pk])
    return [panels[order.pk] for order in orders if order.repeats_id is None]


def _order(order: Order, refusal: str, trouble: str) -> OrderPanel:
    return OrderPanel(
        order=order,
        recipient=order_recipient(order),
        operator=operator_name(order.operator) if order.operator else "",
        placing=placing_words(order, trouble),
        refusal=refusal,
        notifications=[_notification(order, notification) for notification in order.notifications.all()],
    )


def _notification(order: Order, notification: Notification) -> NotificationPanel:
    name = "Reminder" if notification.is_reminder else "Sent again" if order.repeats_id else "Notification"
    return NotificationPanel(
        notification=notification,
        name=name,
        channel=asked_word(notification.channel),
        result=result_pill(notification.result),
        state=state_pill(notification),
        deliveries=[_delivery(delivery) for delivery in notification.deliveries.all()],
    )


def _delivery(delivery: Delivery) -> DeliveryPanel:
    attempts = [(attempt, outcome_pill(attempt.outcome)) for attempt in delivery.attempts.all()]
    return DeliveryPanel(
        delivery=delivery,
        channel=channel_word(delivery.channel),
        state=delivery_pill(delivery.state),
        attempts=attempts,
    )
