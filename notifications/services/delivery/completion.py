"""When all deliveries of a notification have ended: its state, its order, what the sender is told (lifecycle.md 6.2)."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from journal.enums import EventType, FollowUpKind
from journal.services.events import EventData, record_events
from journal.services.follow_ups import resolve_follow_ups
from notifications.enums import PENDING_STATES, SENT_STATES, DeliveryState, NotificationState, OrderPurpose
from notifications.jobs import defer_record_outcomes
from notifications.models import Delivery, Notification, NotificationQuerySet, Order
from notifications.services.causes import cause_of
from notifications.services.forward import report_forwards

OPEN = (NotificationState.REGISTERED, NotificationState.PROCESSING, NotificationState.PROCESSED)


def settle(delivery_ids: Sequence[int], *, at: datetime) -> None:
    """Record what follows from the ends of these deliveries. Doing it again changes nothing."""
    deliveries = Delivery.objects.filter(pk__in=delivery_ids).select_related("notification__order")
    resolve_follow_ups(
        FollowUpKind.FAILED_DELIVERY,
        {
            cause_of(one.notification.order)
            for one in deliveries
            if one.state in SENT_STATES and one.report_by is None  # else its report decides
        },
        resolution="A later attempt succeeded.",
        at=at,
    )
    complete_finished([one.notification_id for one in deliveries], at=at)


def complete_finished(notification_ids: Sequence[uuid.UUID], *, at: datetime) -> None:
    """Complete those of the notifications that have nothing left to wait for, and finish their orders."""
    unfinished = Delivery.objects.unfinished().filter(notification=OuterRef("pk"))
    with transaction.atomic():
        done = list(
            Notification.objects.filter(
                ~Exists(unfinished), pk__in=notification_ids, state=NotificationState.PROCESSED
            )
            .select_related("order__correspondence__message")
            .prefetch_related("deliveries")
            .select_for_update(of=("self",), no_key=True)
        )
        Notification.objects.filter(pk__in=[notification.pk for notification in done]).update(
            state=NotificationState.COMPLETED, state_changed_at=at
        )
        record_events([event for notification in done for event in _events(notification)], at=at)
        defer_record_outcomes([one.pk for one in done if one.order.purpose != OrderPurpose.FORWARD])
        finish_orders(notification_ids, at=at)


def to_be_sent() -> NotificationQuerySet:
    """Of which something may still leave: not what is sent and only waits for reports.

    What the national platform has accepted ends when the platform says so.
    """
    unsent = Delivery.objects.filter(notification=OuterRef("pk"), state__in=PENDING_STATES)
    left = ~Q(state=NotificationState.PROCESSED) | Q(placed_at__isnull=False) | Exists(unsent)
    return Notification.objects.filter(left, state__in=OPEN)


def finish_orders(notification_ids: Sequence[uuid.UUID], *, at: datetime) -> None:
    """Mark the orders of these notifications of which nothing more will be sent, whatever reports still say."""
    unfinished = to_be_sent().filter(order=OuterRef("pk"))
    Order.objects.filter(
        ~Exists(unfinished), notifications__in=list(notification_ids), finished_at__isnull=True
    ).update(finished_at=at)
    report_forwards(notification_ids)


def _events(notification: Notification) -> Iterator[EventData]:
    """None about forwarding: the sender learns of it from the letter's history (lifecycle.md 6.2)."""
    if notification.order.purpose == OrderPurpose.FORWARD:
        return
    known = [one for one in notification.deliveries.all() if one.state != DeliveryState.UNKNOWN]
    states = [delivery.state for delivery in known]
    sent = [state for state in states if state in SENT_STATES]
    if sent:
        reminder = EventType.NOTIFICATION_REMINDER_DELIVERED
        yield _event(notification, reminder if notification.is_reminder else EventType.NOTIFICATION_DELIVERED)
    if len(sent) < len(states):
        all_failed = not sent and _is_for_the_recipient(notification.order)
        yield _event(
            notification, EventType.NOTIFICATION_ALL_FAILED if all_failed else EventType.NOTIFICATION_FAILED
        )


def _is_for_the_recipient(order: Order) -> bool:
    return order.purpose == OrderPurpose.LETTER and order.party_urn == order.correspondence.recipient_urn


def _event(notification: Notification, event_type: EventType) -> EventData:
    letter = notification.order.correspondence
    return EventData(
        type=event_type,
        resource_id=letter.resource_id,
        instance=str(letter.pk),
        subject=letter.message.sender_urn,
    )
