"""What became of placing an order: recorded once, with what follows from it (notifications.md 2.6, lifecycle.md 6.2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from journal.enums import EventType, FollowUpKind
from journal.services.events import EventData, is_recorded, record_events
from journal.services.follow_ups import FollowUpData, open_follow_ups
from notifications.enums import Channel, NotificationChannel, NotificationState
from notifications.jobs import defer_cancelling
from notifications.models import Notification, Order
from notifications.services.causes import contact_cause_of
from notifications.services.delivery.completion import finish_orders
from notifications.services.delivery.prepare import NOBODY, media
from notifications.services.platform.order_bodies import send_time
from notifications.services.platform.results import Result, store_results
from notifications.transports.notification_platform import PlacedOrder

FIRST_LOOK = timedelta(minutes=5)
NO_ADDRESS = "The notification platform knows no usable address for the channel."
GONE_MEANWHILE = "It was cancelled while the platform accepted it."

log = structlog.get_logger()


def record_acceptance(
    order: Order, parts: Sequence[Notification], placed: PlacedOrder, missing: Sequence[Notification]
) -> None:
    """The platform has the order; `missing` are those of its notifications that it could not take."""
    now = timezone.now()
    with transaction.atomic():
        unplaced = Order.objects.filter(pk=order.pk, platform_order_id__isnull=True)
        if not unplaced.update(platform_order_id=placed.order_id, place_at=None):
            return
        for part, shipment_id in zip(parts, placed.shipment_ids, strict=False):
            shipment = Notification.objects.filter(pk=part.pk)
            shipment.update(shipment_id=shipment_id, placed_at=now)
            looked_at = shipment.filter(state=NotificationState.REGISTERED)
            if not looked_at.update(look_at=send_time(part, now) + FIRST_LOOK):
                defer_cancelling([part.pk], reason=part.reason or GONE_MEANWHILE)
        _end(missing, NO_ADDRESS, now)
        _follow_up(missing, FollowUpKind.MISSING_CONTACT, NO_ADDRESS)
        record_events([_event(order, EventType.NOTIFICATION_CREATED)], at=now)
    log.info("order_placed", order_id=str(order.pk), attempts=order.place_attempts)


def record_missing_contact(order: Order, parts: Sequence[Notification]) -> None:
    """Nobody can be reached: final, and shown in `details` as such."""
    with transaction.atomic():
        if _is_first_end(order):
            _end(parts, NO_ADDRESS, timezone.now())
            _tell_of_failure(order, parts, FollowUpKind.MISSING_CONTACT, NO_ADDRESS)


def record_failure(order: Order, parts: Sequence[Notification], *, reason: str) -> None:
    """The platform will not take the order, or has not for too long: final for this order, and for no other."""
    now = timezone.now()
    with transaction.atomic():
        if _is_first_end(order):
            _complete(parts, reason, now)
            _tell_of_failure(order, parts, FollowUpKind.FAILED_DELIVERY, reason)


def record_nothing_to_place(order: Order) -> None:
    """All that it was to tell has been cancelled."""
    Order.objects.filter(pk=order.pk).update(place_at=None)


def _is_first_end(order: Order) -> bool:
    """All orders of the letter are locked meanwhile, so that the sender is told once of them all."""
    orders = Order.objects.filter(correspondence=order.correspondence_id).order_by("pk")
    list(orders.select_for_update(no_key=True).values_list("pk", flat=True))
    return bool(Order.objects.filter(pk=order.pk, place_at__isnull=False).update(place_at=None))


def _end(parts: Sequence[Notification], reason: str, at: datetime) -> None:
    """With a delivery for each medium that was to reach somebody and has no address."""
    for part in parts:
        channels = media(NotificationChannel(part.channel))
        if part.order.address:
            channels = [Channel.EMAIL if "@" in part.order.address else Channel.SMS]
        results = [Result(channel=channel, address="", state=NOBODY[channel], at=at) for channel in channels]
        store_results(part, results)
    _complete(parts, reason, at)


def _complete(parts: Sequence[Notification], reason: str, at: datetime) -> None:
    ids = [part.pk for part in parts]
    Notification.objects.filter(pk__in=ids, state=NotificationState.REGISTERED).update(
        state=NotificationState.COMPLETED, state_changed_at=at, reason=reason
    )
    finish_orders(ids, at=at)


def _tell_of_failure(order: Order, parts: Sequence[Notification], kind: FollowUpKind, reason: str) -> None:
    """The sender by an event, one for the letter; an operator by a follow-up, one for the order."""
    main_first = sorted(parts, key=lambda part: part.is_reminder)
    _follow_up(main_first[:1], kind, reason)
    letter = str(order.correspondence_id)
    if not is_recorded(EventType.NOTIFICATION_CREATION_FAILED, instance=letter):
        record_events([_event(order, EventType.NOTIFICATION_CREATION_FAILED)], at=timezone.now())


def _follow_up(parts: Sequence[Notification], kind: FollowUpKind, reason: str) -> None:
    open_follow_ups(
        FollowUpData(
            kind=kind,
            cause=contact_cause_of(part),
            summary=f"The reminder: {reason}" if part.is_reminder else reason,
            correspondence_id=part.order.correspondence_id,
            order_id=part.order_id,
        )
        for part in parts
    )


def _event(order: Order, event_type: EventType) -> EventData:
    letter = order.correspondence
    is_created = event_type == EventType.NOTIFICATION_CREATED
    return EventData(
        type=event_type,
        resource_id=letter.resource_id,
        instance=str(order.pk if is_created else letter.pk),
        subject=letter.message.sender_urn,
    )
