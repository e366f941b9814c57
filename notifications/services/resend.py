"""An operator sends a notification again: a new order that points at the one it repeats (design.md point 8)."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.enums import NotificationResult, NotificationState
from notifications.errors import ResendRefused
from notifications.jobs import defer_delivery, defer_placing
from notifications.models import Notification, Order
from registry.database import violated_constraint
from registry.models import User
from registry.services.audit import record_audit
from registry.services.directory import reserved_persons

ONE_AT_A_TIME = "order_one_unfinished_resend"
UNDER_WAY = "It is being sent again already."


def resend_order(*, order: Order, operator: User, reason: str) -> Order:
    """Tell the order's party again, now, over the main channel. Returns the new order. Raises ResendRefused."""
    if not reason.strip():
        raise ResendRefused("Give a reason: it is kept with the letter.")
    reserved = _reserved([order])
    try:
        with transaction.atomic():
            return _resend(order, operator, reason.strip(), reserved)
    except IntegrityError as error:
        if violated_constraint(error) == ONE_AT_A_TIME:
            raise ResendRefused(UNDER_WAY) from error
        raise


def refusals(orders: Sequence[Order]) -> dict[uuid.UUID, str]:
    """By order that is no repetition, why `resend_order` would refuse it now; the others are left out.

    `orders` are all of one letter, repetitions among them.
    """
    reserved = _reserved(orders)
    under_way = {order.repeats_id for order in orders if order.finished_at is None}
    found = {
        order.pk: _refusal(order, reserved) or (UNDER_WAY if order.pk in under_way else "")
        for order in orders
        if order.repeats_id is None
    }
    return {pk: why for pk, why in found.items() if why}


def _resend(order: Order, operator: User, reason: str, reserved: set[str]) -> Order:
    now = timezone.now()
    original = (
        Order.objects.select_for_update(of=("self",))
        .select_related("correspondence")
        .get(pk=order.repeats_id or order.pk)
    )
    if refusal := _refusal(original, reserved):
        raise ResendRefused(refusal)
    by_platform = bool(settings.NOTIFICATION_PLATFORM_URL)
    repeated = Order.objects.create(
        correspondence_id=original.correspondence_id,
        purpose=original.purpose,
        party_key=original.party_key,
        party_urn=original.party_urn,
        address=original.address,
        party_name=original.party_name,
        text=original.text,
        ignore_reservation=original.ignore_reservation,
        repeats=original,
        operator=operator,
        reason=reason,
        by_platform=by_platform,
        place_at=now if by_platform else None,
        created_at=now,
    )
    Notification.objects.create(
        order=repeated,
        channel=_main(original).channel,
        send_at=now,
        released_at=now,
        result=NotificationResult.SUCCESS,
        state=NotificationState.REGISTERED,
        state_changed_at=now,
        created_at=now,
    )
    record_audit(
        operator=operator,
        action="notification.resend",
        object_type="notifications.order",
        object_id=str(original.pk),
        reason=reason,
        after={"order": str(repeated.pk), "correspondence": str(original.correspondence_id)},
    )
    (defer_placing if by_platform else defer_delivery)()
    return repeated


def _refusal(order: Order, reserved: set[str]) -> str:
    """Why the party of an order that is no repetition is not told again; empty when it can be."""
    letter, main = order.correspondence, _main(order)
    reasons = [
        (letter.is_purged, "The letter has been purged."),
        (not letter.is_available, "The letter is not published, so there is nothing to tell yet."),
        (letter.read_at or letter.confirmed_at, "The letter has been read already."),
        (
            order.party_urn in reserved and not order.ignore_reservation,
            "The recipient has reserved against digital communication.",
        ),
        (
            main.result == NotificationResult.FAILURE,
            f"There is nothing that could be sent. {main.reason}",
        ),
    ]
    return next((why for holds, why in reasons if holds), "")


def _reserved(orders: Sequence[Order]) -> set[str]:
    return reserved_persons([order.party_urn for order in orders if order.party_urn])


def _main(order: Order) -> Notification:
    return next(one for one in order.notifications.all() if not one.is_reminder)
