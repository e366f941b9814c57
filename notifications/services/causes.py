"""What a follow-up is about: one cause, however often the same thing is tried."""

from notifications.models import Notification, Order


def cause_of(order: Order) -> str:
    """A resend has the cause of the order that it repeats."""
    return str(order.repeats_id or order.pk)


def contact_cause_of(notification: Notification) -> str:
    """A reminder can lack an address where the main notification has one, so it counts by itself."""
    return str(notification.pk) if notification.is_reminder else cause_of(notification.order)
