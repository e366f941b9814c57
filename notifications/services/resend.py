"""An operator sends notifications again: each a new order that points at the one it repeats (design.md point 8)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.addresses import e164, is_email, is_land_line, is_mobile
from notifications.enums import NotificationResult, NotificationState
from notifications.errors import ResendRefused
from notifications.jobs import defer_delivery, defer_placing
from notifications.models import Notification, NotificationText, Order
from registry.database import violated_constraint
from registry.models import User
from registry.services.audit import record_audit
from registry.services.directory import reserved_persons

ONE_AT_A_TIME = "order_one_unfinished_resend"
MAY_FORCE = "notifications.force_resend"


@dataclass
class ResendOutcome:
    """What became of a selection."""

    repeated: list[Order] = field(default_factory=list)
    refused: dict[uuid.UUID, str] = field(default_factory=dict)
    """By the id of the order that was to be repeated: why not."""


def resend_orders(
    *, orders: Iterable[Order], operator: User, reason: str, forced: bool = False
) -> ResendOutcome:
    """Repeat each of them that can be; one that cannot keeps no other back."""
    outcome = ResendOutcome()
    for order in orders:
        try:
            outcome.repeated.append(
                resend_order(order=order, operator=operator, reason=reason, forced=forced)
            )
        except ResendRefused as refused:
            outcome.refused[order.pk] = str(refused)
    return outcome


def resend_order(
    *, order: Order, operator: User, reason: str, address: str = "", forced: bool = False
) -> Order:
    """Tell the order's party again, now, over the main channel. Returns the new order. Raises ResendRefused.

    `address`: an e-mail address or a mobile number instead of those in the register. `forced`: also to somebody who is
    reserved or has read the letter, which only a supervisor may ask for.
    """
    if not reason.strip():
        raise ResendRefused("Give a reason: it is kept with the letter.")
    if forced and not operator.has_perm(MAY_FORCE):
        raise ResendRefused("Only a supervisor may send to somebody who is reserved or has read the letter.")
    if order.party_urn and not (forced or order.ignore_reservation) and reserved_persons([order.party_urn]):
        raise ResendRefused("The recipient has reserved against digital communication.")
    corrected = _corrected(address.strip(), order.text)
    try:
        with transaction.atomic():
            return _resend(order, operator, reason.strip(), address=corrected, forced=forced)
    except IntegrityError as error:
        if violated_constraint(error) == ONE_AT_A_TIME:
            raise ResendRefused("It is being sent again already.") from error
        raise


def _corrected(address: str, text: NotificationText) -> str:
    """The address as it is stored, if there is a text for its channel."""
    if not address:
        return ""
    if is_email(address):
        if not text.email_body:
            raise ResendRefused("The sender gave no text for e-mail.")
        return address
    number = (e164(address) or "") if is_mobile(address) or address.isdigit() else ""
    if not number or is_land_line(number):
        raise ResendRefused(f"'{address}' is neither an e-mail address nor a mobile number.")
    if not text.sms_body:
        raise ResendRefused("The sender gave no text for SMS.")
    return number


def _resend(order: Order, operator: User, reason: str, *, address: str, forced: bool) -> Order:
    now = timezone.now()
    original = (
        Order.objects.select_for_update(of=("self",))
        .select_related("correspondence")
        .get(pk=order.repeats_id or order.pk)
    )
    _check_letter(original, forced=forced)
    main = original.notifications.get(is_reminder=False)
    by_platform = bool(settings.NOTIFICATION_PLATFORM_URL)
    if main.result == NotificationResult.FAILURE:
        raise ResendRefused(f"There is nothing that could be sent. {main.reason}")
    repeated = Order.objects.create(
        correspondence_id=original.correspondence_id,
        purpose=original.purpose,
        party_key=original.party_key,
        party_urn="" if address else original.party_urn,
        address=address or original.address,
        party_name=original.party_name,
        text=original.text,
        ignore_reservation=True if forced else original.ignore_reservation,
        repeats=original,
        operator=operator,
        reason=reason,
        by_platform=by_platform,
        place_at=now if by_platform else None,
        created_at=now,
    )
    Notification.objects.create(
        order=repeated,
        channel=main.channel,
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
        after={
            "order": str(repeated.pk),
            "correspondence": str(original.correspondence_id),
            **({"address": address} if address else {}),
            **({"forced": True} if forced else {}),
        },
    )
    (defer_placing if by_platform else defer_delivery)()
    return repeated


def _check_letter(order: Order, *, forced: bool) -> None:
    letter = order.correspondence
    if letter.is_purged:
        raise ResendRefused("The letter has been purged.")
    if not letter.is_available:
        raise ResendRefused("The letter is not published, so there is nothing to tell yet.")
    if not forced and (letter.read_at or letter.confirmed_at):
        raise ResendRefused("The letter has been read already.")
