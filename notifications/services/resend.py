"""Operators send notifications again: each a new order that points at the one it repeats (design.md point 8)."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.addresses import is_land_line
from notifications.enums import (
    Channel,
    NotificationChannel,
    NotificationResult,
    NotificationState,
    OrderPurpose,
    Phase,
)
from notifications.errors import AddressRefused, ResendRefused
from notifications.jobs import defer_delivery, defer_placing
from notifications.models import Notification, Order
from notifications.services.sendable import why_too_long
from registry.addresses import e164, is_email, is_mobile
from registry.database import violated_constraint
from registry.models import User
from registry.services.audit import record_audit
from registry.services.directory import reserved_persons

MAY_RESEND, MAY_FORCE = "notifications.resend_order", "notifications.force_resend"
ONE_AT_A_TIME = "order_one_unfinished_resend"
UNDER_WAY = "It is being sent again already."

log = structlog.get_logger()


@dataclass(kw_only=True)
class ResendOutcome:
    """What became of a selection."""

    repeated: list[Order] = field(default_factory=list)
    refused: dict[uuid.UUID, str] = field(default_factory=dict)
    """By the id of the order that was to be repeated: why not."""


@dataclass(frozen=True, kw_only=True)
class _Wish:
    operator: User
    reason: str
    address: str
    forced: bool

    def __post_init__(self) -> None:
        if not self.reason:
            raise ResendRefused("Give a reason: it is kept with the letter.")
        if self.forced and not self.operator.has_perm(MAY_FORCE):
            raise ResendRefused(
                "Only a supervisor may send to somebody who is reserved or has read the letter."
            )


def resend_order(
    *, order: Order, operator: User, reason: str, address: str = "", forced: bool = False
) -> Order:
    """Tell the order's party again, now, as the main notification did. Returns the new order. Raises ResendRefused.

    `address`: an e-mail address or a mobile number, instead of those in the register or of the one that the sender
    gave. `forced`: also somebody who is reserved or has read the letter, which only a supervisor may ask for.
    """
    wish = _Wish(operator=operator, reason=reason.strip(), address=address.strip(), forced=forced)
    first = next(one for one in with_repetitions([order.pk]) if one.repeats_id is None)
    return _repeat(first, wish, _reserved([first]))


def resend_orders(
    *,
    order_ids: Collection[uuid.UUID],
    operator: User,
    reason: str,
    address: str = "",
    forced: bool = False,
) -> ResendOutcome:
    """Repeat each of them that can be, in a transaction of its own: one that cannot keeps no other back.

    Raises ResendRefused when no order at all may be sent again like this, such as several to one address.
    """
    wish = _Wish(operator=operator, reason=reason.strip(), address=address.strip(), forced=forced)
    firsts = [one for one in with_repetitions(order_ids) if one.repeats_id is None]
    if wish.address and len(firsts) > 1:
        raise ResendRefused("Another address can be given for one order only.")
    reserved, outcome = _reserved(firsts), ResendOutcome()
    for first in firsts:
        try:
            outcome.repeated.append(_repeat(first, wish, reserved))
        except ResendRefused as refused:
            outcome.refused[first.pk] = str(refused)
        except Exception as error:  # an order that breaks our code must not keep the others from being sent
            log.exception("resend_broke", order_id=str(first.pk))
            outcome.refused[first.pk] = f"Our own error: {type(error).__name__}."
    return outcome


def with_repetitions(order_ids: Collection[uuid.UUID]) -> list[Order]:
    """The orders that are repeated, whichever of theirs was named, and all their repetitions, oldest first."""
    firsts = Order.objects.filter(pk__in=order_ids).firsts()
    orders = Order.objects.filter(Q(pk__in=firsts) | Q(repeats__in=firsts))
    return list(
        orders.select_related("correspondence", "text").prefetch_related("notifications").order_by("pk")
    )


def refusals(
    orders: Sequence[Order], *, forced: bool = False, corrected: bool = False
) -> dict[uuid.UUID, str]:
    """By order that is no repetition, why it would not be repeated now; the others are left out.

    `orders` are those of `with_repetitions`, or all of one letter. `corrected`: there will be a usable address.
    """
    reserved = _reserved(orders)
    under_way = {order.repeats_id for order in orders if order.finished_at is None}
    found = {
        order.pk: _refusal(order, reserved, forced=forced, corrected=corrected)
        or (UNDER_WAY if order.pk in under_way else "")
        for order in orders
        if order.repeats_id is None
    }
    return {pk: why for pk, why in found.items() if why}


def _repeat(first: Order, wish: _Wish, reserved: set[str]) -> Order:
    try:
        with transaction.atomic():
            return _resend(first, wish, reserved)
    except IntegrityError as error:
        if violated_constraint(error) == ONE_AT_A_TIME:
            raise ResendRefused(UNDER_WAY) from error
        raise


def _resend(first: Order, wish: _Wish, reserved: set[str]) -> Order:
    locked = Order.objects.select_for_update(of=("self",), no_key=True).select_related("correspondence")
    first.correspondence = locked.get(pk=first.pk).correspondence  # as it is now, the rest never changes
    if refusal := _refusal(first, reserved, forced=wish.forced, corrected=bool(wish.address)):
        raise ResendRefused(refusal)
    repeated = _order(first, wish)
    repeated.save(force_insert=True)
    _notification(first, repeated).save(force_insert=True)
    record_audit(
        operator=wish.operator,
        action="notification.resend",
        object_type="notifications.order",
        object_id=str(first.pk),
        reason=wish.reason,
        after={
            "order": str(repeated.pk),
            "correspondence": str(first.correspondence_id),
            **({"address": repeated.address} if wish.address else {}),
            **({"forced": True} if wish.forced else {}),
        },
    )
    (defer_placing if repeated.by_platform else defer_delivery)()
    return repeated


def _order(first: Order, wish: _Wish) -> Order:
    """With its party even when the address is another: whose names the text bears, and who may be reserved."""
    now = timezone.now()
    by_platform = bool(settings.NOTIFICATION_PLATFORM_URL) and first.purpose != OrderPurpose.FORWARD
    return Order(
        correspondence_id=first.correspondence_id,
        purpose=first.purpose,
        party_key=first.party_key,
        party_urn=first.party_urn,
        address=_usable_address(first, wish.address) if wish.address else first.address,
        party_name=first.party_name,
        text=first.text,
        ignore_reservation=True if wish.forced else first.ignore_reservation,
        repeats=first,
        operator=wish.operator,
        reason=wish.reason,
        forced=wish.forced,
        by_platform=by_platform,
        place_at=now if by_platform else None,
        created_at=now,
    )


def _notification(first: Order, repeated: Order) -> Notification:
    at = repeated.created_at
    own = {Channel.EMAIL: NotificationChannel.EMAIL, Channel.SMS: NotificationChannel.SMS}
    is_corrected = repeated.address != first.address
    return Notification(
        order=repeated,
        channel=own[_medium(repeated.address)] if is_corrected else _main(first).channel,
        send_at=at,
        released_at=at,
        result=NotificationResult.SUCCESS,
        state=NotificationState.REGISTERED,
        state_changed_at=at,
        created_at=at,
    )


def _usable_address(order: Order, written: str) -> str:
    """The address as it is stored, by the rules for custom recipients. Raises AddressRefused."""
    number = "" if is_email(written) else (e164(written) or "") if is_mobile(written) else ""
    if order.purpose == OrderPurpose.FORWARD:
        raise AddressRefused("To whom a letter is forwarded is its recipient's choice.")
    if not number and not is_email(written):
        raise AddressRefused(
            f"“{written}” is no e-mail address and no mobile number with its country code (+47 …)."
        )
    if is_land_line(number):
        raise AddressRefused(f"{number} is a land line, where nobody can read an SMS.")
    if not order.text.speaks(_medium(number or written), Phase.MAIN):
        raise AddressRefused(f"There is no text for {'SMS' if number else 'e-mail'}.")
    is_measured = number and not settings.NOTIFICATION_PLATFORM_URL  # as when the order was made
    recipient = order.correspondence.recipient_name
    if is_measured and (why := why_too_long(order, letter_recipient=recipient, is_reminder=False)):
        raise AddressRefused(f"It cannot go as an SMS. {why}")
    return number or written


def _medium(address: str) -> Channel:
    return Channel.EMAIL if "@" in address else Channel.SMS


def _refusal(order: Order, reserved: set[str], *, forced: bool, corrected: bool) -> str:
    """Why the party of an order that is no repetition is not told again; empty when it can be."""
    letter, main = order.correspondence, _main(order)
    is_forward = order.purpose == OrderPurpose.FORWARD  # only who has read a letter can forward it
    is_told_in_vain = not is_forward and (letter.read_at or letter.confirmed_at)
    is_reserved = order.party_urn in reserved and not order.ignore_reservation
    reasons = [
        (letter.is_purged, "The letter has been purged."),
        (not letter.is_available, "The letter is not published, so there is nothing to tell yet."),
        (not forced and is_told_in_vain, "The letter has been read already."),
        (not forced and is_reserved, "The recipient has reserved against digital communication."),
        (
            not corrected and main.result == NotificationResult.FAILURE,
            f"There is nothing that could be sent. {main.reason}",
        ),
    ]
    return next((why for holds, why in reasons if holds), "")


def _reserved(orders: Sequence[Order]) -> set[str]:
    return reserved_persons([order.party_urn for order in orders if order.party_urn])


def _main(order: Order) -> Notification:
    """Or the reminder, where nothing else was to be sent (duplicates.py)."""
    return min(order.notifications.all(), key=lambda one: one.is_reminder)
