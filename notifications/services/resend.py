"""An operator sends a notification again: a new order that points at the one it repeats (design.md point 8)."""

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


def resend_order(*, order: Order, operator: User, reason: str) -> Order:
    """Tell the order's party again, now, over the main channel. Returns the new order. Raises ResendRefused."""
    if not reason.strip():
        raise ResendRefused("Give a reason: it is kept with the letter.")
    if order.party_urn and not order.ignore_reservation and reserved_persons([order.party_urn]):
        raise ResendRefused("The recipient has reserved against digital communication.")
    try:
        with transaction.atomic():
            return _resend(order, operator, reason.strip())
    except IntegrityError as error:
        if violated_constraint(error) == ONE_AT_A_TIME:
            raise ResendRefused("It is being sent again already.") from error
        raise


def _resend(order: Order, operator: User, reason: str) -> Order:
    now = timezone.now()
    original = (
        Order.objects.select_for_update(of=("self",))
        .select_related("correspondence")
        .get(pk=order.repeats_id or order.pk)
    )
    _check_letter(original)
    main = original.notifications.get(is_reminder=False)
    by_platform = bool(settings.NOTIFICATION_PLATFORM_URL)
    if main.result == NotificationResult.FAILURE:
        raise ResendRefused(f"There is nothing that could be sent. {main.reason}")
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
        after={"order": str(repeated.pk), "correspondence": str(original.correspondence_id)},
    )
    (defer_placing if by_platform else defer_delivery)()
    return repeated


def _check_letter(order: Order) -> None:
    letter = order.correspondence
    if letter.is_purged:
        raise ResendRefused("The letter has been purged.")
    if not letter.is_available:
        raise ResendRefused("The letter is not published, so there is nothing to tell yet.")
    if letter.read_at or letter.confirmed_at:
        raise ResendRefused("The letter has been read already.")
