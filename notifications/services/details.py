"""What is known of a letter's notifications, for answers (api.md 6.10, 6.11.1; notifications.md 4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.addresses import masked
from notifications.enums import SENT_STATES, Channel, NotificationChannel, NotificationState, OrderPurpose
from notifications.models import Delivery, Notification, NotificationQuerySet


@dataclass(frozen=True)
class DeliveryDetails:
    address: str
    succeeded: bool
    status: str
    last_update: datetime


@dataclass(frozen=True, kw_only=True)
class NotificationDetails:
    shipment_id: uuid.UUID
    senders_reference: str
    created: datetime
    is_reminder: bool
    channel: NotificationChannel
    ignore_reservation: bool
    status: str
    last_update: datetime
    emails: list[DeliveryDetails]
    """Newest first; an sms likewise."""
    smses: list[DeliveryDetails]


def notification_orders(*, correspondence_id: uuid.UUID) -> Sequence[tuple[uuid.UUID, bool]]:
    """Order id and whether it is the reminder, for each notification; main ones first within an order."""
    notifications = _notifications(correspondence_id)
    return list(
        notifications.order_by("order__created_at", "order_id", "is_reminder").values_list(
            "order_id", "is_reminder"
        )
    )


def notification_details(*, correspondence_id: uuid.UUID, masks_addresses: bool) -> list[NotificationDetails]:
    """Everything that was or will be sent since the letter was published, in two queries."""
    notifications = (
        _notifications(correspondence_id)
        .filter(released_at__isnull=False)
        .select_related("order__correspondence")
        .prefetch_related("deliveries")
        .order_by("order__created_at", "order_id", "is_reminder")
    )
    return [_details(notification, masks=masks_addresses) for notification in notifications]


def _notifications(correspondence_id: uuid.UUID) -> NotificationQuerySet:
    """To whom a recipient forwards a letter is nobody else's business."""
    return Notification.objects.filter(order__correspondence=correspondence_id).exclude(
        order__purpose=OrderPurpose.FORWARD
    )


def _details(notification: Notification, *, masks: bool) -> NotificationDetails:
    deliveries = sorted(notification.deliveries.all(), key=lambda one: one.state_changed_at, reverse=True)
    return NotificationDetails(
        shipment_id=notification.shipment_id,
        senders_reference=notification.order.senders_reference,
        created=notification.created_at,
        is_reminder=notification.is_reminder,
        channel=NotificationChannel(notification.channel),
        ignore_reservation=bool(notification.order.ignore_reservation),
        status=NotificationState(notification.state).value,
        last_update=notification.state_changed_at,
        emails=[_delivery(one, masks=masks) for one in deliveries if one.channel == Channel.EMAIL],
        smses=[_delivery(one, masks=masks) for one in deliveries if one.channel == Channel.SMS],
    )


def _delivery(delivery: Delivery, *, masks: bool) -> DeliveryDetails:
    return DeliveryDetails(
        address=masked(delivery.address) if masks else delivery.address,
        succeeded=delivery.state in SENT_STATES,
        status=delivery.state,
        last_update=delivery.state_changed_at,
    )
