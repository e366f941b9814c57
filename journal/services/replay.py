"""What operators do with deliveries: send them again, or discard them. With a reason, and an audit entry each time."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from journal.enums import EventDeliveryState
from journal.errors import ReplayRefused
from journal.models import EventDelivery, EventSubscription
from journal.services.dead_letters import resolve_if_none_failed
from journal.services.events import retry_time
from journal.services.subscribe import end_subscription
from registry.models import User
from registry.services.audit import record_audit

S = EventDeliveryState
COMMAND_LOCK = 0x6F757462


def send_again(*, delivery_ids: Collection[int], operator: User | None, reason: str) -> int:
    """Send these from the start, under the same ids, also what was taken before; returns how many.

    What waits already, or is for a subscription that has ended, is left alone. Rights are asked about again before
    anything is sent. No operator: a command did it. Raises ReplayRefused.
    """
    again = EventDelivery.objects.exclude(state=S.WAITING).filter(subscription__ended_at__isnull=True)
    now = timezone.now()
    with transaction.atomic():
        chosen = _hold(again.filter(pk__in=delivery_ids), "event.send_again", operator, reason)
        EventDelivery.objects.filter(pk__in=[delivery.pk for delivery in chosen]).update(
            state=S.WAITING, attempts=0, next_attempt_at=now, expires_at=now + retry_time(), finished_at=None
        )
        subscriptions = {delivery.subscription_id for delivery in chosen}
        EventSubscription.objects.filter(pk__in=subscriptions).update(paused_until=None)
    return len(chosen)


def discard(*, delivery_ids: Collection[int], operator: User, reason: str) -> int:
    """Send these no more; returns how many. Raises ReplayRefused."""
    unsent = EventDelivery.objects.filter(pk__in=delivery_ids, state__in=[S.WAITING, S.FAILED])
    now = timezone.now()
    with transaction.atomic():
        chosen = _hold(unsent, "event.discard", operator, reason)
        EventDelivery.objects.filter(pk__in=[delivery.pk for delivery in chosen]).update(
            state=S.DISCARDED, finished_at=now, opened_at=None
        )
        for subscription_id in {delivery.subscription_id for delivery in chosen}:
            resolve_if_none_failed(subscription_id, at=now)
    return len(chosen)


def end_as_operator(*, subscription: EventSubscription, operator: User, reason: str) -> None:
    """Stop sending to a receiver for good. Raises ReplayRefused."""
    with transaction.atomic():
        held = EventSubscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
        if held.ended_at is not None:
            raise ReplayRefused("It has ended already.")
        _record("subscription.end", held.pk, [], operator, reason)
        end_subscription(held, why="An operator has ended the subscription.", at=timezone.now())


@contextmanager
def one_run_at_a_time() -> Iterator[None]:
    """For the command: two that choose from the same rows would send them twice. Raises ReplayRefused."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [COMMAND_LOCK])
        if not cursor.fetchone()[0]:
            raise ReplayRefused("Another run of it is under way.")
        yield


def _hold(
    deliveries: QuerySet[EventDelivery], action: str, operator: User | None, reason: str
) -> list[EventDelivery]:
    """The deliveries, locked, with an audit entry for each subscription among them."""
    locked = deliveries.select_for_update(of=("self",), no_key=True).order_by("subscription_id", "pk")
    chosen = list(locked)
    for subscription_id, owed in groupby(chosen, key=lambda delivery: delivery.subscription_id):
        _record(action, subscription_id, [delivery.pk for delivery in owed], operator, reason)
    return chosen


def _record(
    action: str, subscription_id: int, deliveries: Iterable[int], operator: User | None, reason: str
) -> None:
    if not reason.strip():
        raise ReplayRefused("Say why: it is kept in the audit trail.")
    record_audit(
        operator=operator,
        action=action,
        object_type="journal.eventsubscription",
        object_id=str(subscription_id),
        reason=reason.strip(),
        after={"deliveries": list(deliveries)},
    )
