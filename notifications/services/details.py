"""What is known of a letter's notifications, for answers (api.md 6.10, 6.11.1; notifications.md 4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from notifications.addresses import masked
from notifications.enums import (
    SENT_STATES,
    Channel,
    NotificationChannel,
    NotificationResult,
    NotificationState,
    OrderPurpose,
)
from notifications.models import Delivery, Notification, NotificationQuerySet
from notifications.services.delivery.prepare import media
from notifications.services.platform.results import FAILED


@dataclass(frozen=True)
class DeliveryDetails:
    channel: Channel
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
    """Everything that was, will be or could not be sent since the letter was published, in two queries."""
    unsendable = Q(result=NotificationResult.FAILURE, order__correspondence__published_at__isnull=False)
    notifications = (
        _notifications(correspondence_id)
        .filter(Q(released_at__isnull=False) | unsendable)
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
    messages = [_delivery(one, masks=masks) for one in notification.deliveries.all()]
    if not messages and _never_left(notification):
        messages = _failed(notification, masks=masks)
    messages.sort(key=lambda one: one.last_update, reverse=True)
    return NotificationDetails(
        shipment_id=notification.shipment_id,
        senders_reference=notification.order.senders_reference,
        created=notification.created_at,
        is_reminder=notification.is_reminder,
        channel=NotificationChannel(notification.channel),
        ignore_reservation=bool(notification.order.ignore_reservation),
        status=NotificationState(notification.state).value,
        last_update=notification.state_changed_at,
        emails=[one for one in messages if one.channel == Channel.EMAIL],
        smses=[one for one in messages if one.channel == Channel.SMS],
    )


def _delivery(delivery: Delivery, *, masks: bool) -> DeliveryDetails:
    return DeliveryDetails(
        channel=Channel(delivery.channel),
        address=masked(delivery.address) if masks else delivery.address,
        succeeded=delivery.state in SENT_STATES,
        status=delivery.state,
        last_update=delivery.state_changed_at,
    )


def _never_left(notification: Notification) -> bool:
    """It could not be sent at all, or the national platform would not take it."""
    return notification.state == NotificationState.COMPLETED and notification.placed_at is None


def _failed(notification: Notification, *, masks: bool) -> list[DeliveryDetails]:
    """A failed message for each medium, since the order's own status says only that nothing more is sent."""
    order = notification.order
    address = "" if order.names_nobody else order.address
    channels = media(NotificationChannel(notification.channel))
    if address:
        channels = [Channel.EMAIL if "@" in address else Channel.SMS]
    return [
        DeliveryDetails(
            channel=channel,
            address=masked(address) if masks else address,
            succeeded=False,
            status=FAILED[channel],
            last_update=notification.state_changed_at,
        )
        for channel in channels
    ]
