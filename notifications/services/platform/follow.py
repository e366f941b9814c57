"""What became of a shipment: the platform is asked up to ten times in eight days (notifications.md 6.1, 6.2)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups
from notifications.enums import SENT_STATES, NotificationState
from notifications.models import Notification
from notifications.services.causes import cause_of, contact_cause_of
from notifications.services.delivery.completion import complete_finished, finish_orders, settle
from notifications.services.platform.results import results_of, store_results
from notifications.services.platform.rounds import work_off
from notifications.transports.notification_platform import NotificationPlatform, Shipment

WAITS = [
    *(timedelta(minutes=minutes) for minutes in (1, 15)),
    *(timedelta(hours=hours) for hours in (4, 8, 12, 16, 36, 48, 72)),
]
"""Before the second look, the third, and so on; after the last there is a follow-up instead."""
LEASE = timedelta(minutes=1)
"""How long a look may take; a killed worker's is taken up again then."""
NOT_CONFIRMED = "The notification platform had not confirmed the delivery at the last look."
UNSENT = {NotificationState.CONDITION_NOT_MET, NotificationState.CANCELLED}


def look_due(*, deadline: float) -> bool:
    """Look at what is due; True when the deadline (monotonic) came first."""
    return work_off(claim=_claim, work=_look, failed=_look_again_later, deadline=deadline)


def _claim() -> Notification | None:
    now = timezone.now()
    with transaction.atomic():
        due = Notification.objects.filter(look_at__lte=now).order_by("look_at")
        notification = due.select_for_update(skip_locked=True, no_key=True).first()
        if notification is not None:
            notification.look_at = now + LEASE
            notification.save(update_fields=["look_at"])
    return notification


def _look(platform: NotificationPlatform, notification: Notification) -> None:
    _record(notification, platform.shipment(notification.shipment_id))


def _record(notification: Notification, shipment: Shipment) -> None:
    """What the shipment shows, and what follows when it has ended; not a second time."""
    with transaction.atomic():
        held = _held(notification)
        if held is None:
            return
        store_results(held, results_of(shipment.recipients))
        state = _state_of(shipment.status, NotificationState(held.state))
        if state == NotificationState.COMPLETED:
            _complete(held, shipment.last_update)
        elif state in UNSENT:
            _change(held, state=state, state_changed_at=shipment.last_update, look_at=None)
            finish_orders([held.pk], at=timezone.now())
        else:
            _change(held, state=state, state_changed_at=shipment.last_update)
            _look_again(held)


def _held(notification: Notification) -> Notification | None:
    """The row, locked, while there is still something to look for."""
    rows = Notification.objects.filter(pk=notification.pk, look_at__isnull=False)
    return rows.select_related("order").select_for_update(of=("self",), no_key=True).first()


def _state_of(word: str, before: NotificationState) -> NotificationState:
    """An unknown word changes nothing."""
    try:
        return NotificationState(word)
    except ValueError:
        return before


def _look_again_later(notification: Notification, _trouble: str) -> None:
    """A look that fails counts as one."""
    _look_again(notification)


def _look_again(notification: Notification) -> None:
    """At the next time of the schedule; after the last look a person is asked."""
    with transaction.atomic():
        held = _held(notification)
        if held is None:
            return
        if held.looks < len(WAITS):
            _change(held, looks=held.looks + 1, look_at=timezone.now() + WAITS[held.looks])
        else:
            _complete(held, timezone.now(), reason=NOT_CONFIRMED)


def _complete(held: Notification, at: datetime, *, reason: str = "") -> None:
    """The events, the order's end and the follow-ups are those of our own delivery."""
    now = timezone.now()
    _change(held, state=NotificationState.PROCESSED, reason=reason, look_at=None, looks=held.looks + 1)
    settle(list(held.deliveries.values_list("pk", flat=True)), at=now)
    complete_finished([held.pk], at=now)
    _change(held, state_changed_at=at)
    _follow_up(held, now, unconfirmed=reason)


def _follow_up(held: Notification, at: datetime, *, unconfirmed: str) -> None:
    """Whoever was reached needs nobody's help any more; whoever was not, does."""
    deliveries = list(held.deliveries.all())
    was_reached = any(one.state in SENT_STATES for one in deliveries)
    if was_reached:
        causes = {cause_of(held.order), contact_cause_of(held)}
        resolution = "The notification platform has reached them."
        resolve_follow_ups(FollowUpKind.MISSING_CONTACT, causes, resolution=resolution, at=at)
    if unconfirmed or not was_reached:
        nobody = bool(deliveries) and not any(one.address for one in deliveries)
        states = ", ".join(sorted({one.state for one in deliveries})) or "no outcome for any address"
        open_follow_ups(
            [
                FollowUpData(
                    kind=FollowUpKind.MISSING_CONTACT if nobody else FollowUpKind.FAILED_DELIVERY,
                    cause=contact_cause_of(held) if nobody else cause_of(held.order),
                    summary=unconfirmed or f"The notification platform reports {states}.",
                    correspondence_id=held.order.correspondence_id,
                    order_id=held.order_id,
                )
            ]
        )


def _change(held: Notification, **values: object) -> None:
    Notification.objects.filter(pk=held.pk).update(**values)
