"""Placing orders with the platform: each is tried until it is accepted, refused, or two days old (notifications.md 2.6)."""

import random
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notifications.enums import NotificationState
from notifications.models import Notification, Order
from notifications.services.platform.order_bodies import order_body
from notifications.services.platform.outcomes import (
    record_acceptance,
    record_failure,
    record_missing_contact,
    record_nothing_to_place,
)
from notifications.services.platform.rounds import work_off
from notifications.transports.notification_platform import (
    NotificationPlatform,
    NoUsableAddress,
    OrderRefused,
)

LONGEST_WAIT_MINUTES = 30
JITTER = 0.2
LIFE = timedelta(hours=48)
"""As long as our own delivery tries."""
NOT_ACCEPTED = "The notification platform did not accept it within two days."


def place_due(*, deadline: float) -> bool:
    """Place what is due; True when the deadline (monotonic) came first."""
    return work_off(claim=_claim, work=_place, failed=_wait_or_give_up, deadline=deadline)


def _claim() -> Order | None:
    """The next order; when it is tried again is settled now, so that a crash needs no record."""
    now = timezone.now()
    with transaction.atomic():
        due = Order.objects.filter(place_at__lte=now).order_by("place_at")
        order = due.select_for_update(skip_locked=True, no_key=True).first()
        if order is None:
            return None
        order.place_attempts += 1
        order.place_at = now + _wait(order.place_attempts)
        order.save(update_fields=["place_attempts", "place_at"])
    return order


def _wait(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, never shorter than a call may take."""
    minutes = min(2 ** min(attempts - 1, 10), LONGEST_WAIT_MINUTES)
    return timedelta(minutes=minutes * random.uniform(1, 1 + JITTER))  # noqa: S311 - spreads load, keeps no secret


def _place(platform: NotificationPlatform, order: Order) -> None:
    """With its reminder, or without when that would leave everybody untold."""
    parts, missing = _parts(order), []
    while parts:
        try:
            placed = platform.place(order_body(order, parts, at=timezone.now()))
        except NoUsableAddress:
            missing.append(parts.pop())
        except OrderRefused as error:
            record_failure(order, [*parts, *missing], reason=f"The notification platform answered {error}")
            return
        else:
            # A repeated answer may be that to an order without its reminder.
            missing += parts[len(placed.shipment_ids) :]
            record_acceptance(order, parts, placed, missing)
            return
    if missing:
        record_missing_contact(order, missing)
    else:
        record_nothing_to_place(order)


def _parts(order: Order) -> list[Notification]:
    """What is still to be sent: the main notification, then the reminder."""
    waiting = order.notifications.filter(state=NotificationState.REGISTERED)
    return list(waiting.select_related("order").order_by("is_reminder"))


def _wait_or_give_up(order: Order, trouble: str) -> None:
    Order.objects.filter(pk=order.pk).update(place_trouble=trouble)
    parts = _parts(order)
    released = [part.released_at for part in parts if part.released_at]
    if released and order.place_at and order.place_at > min(released) + LIFE:
        record_failure(order, parts, reason=NOT_ACCEPTED)
