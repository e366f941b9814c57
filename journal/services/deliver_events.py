"""Sending one subscriber what is owed to it.

A try is written down before the receiver is called and after it has answered, each time committed; no transaction
is open in between. What a dead worker left open is tried again under the same id. Order is not promised.
"""

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from journal.enums import EventDeliveryState
from journal.models import ANSWER, EventDelivery, EventSubscription
from journal.services.cloud_events import MEDIA_TYPE, as_body, as_cloud_event, validation_event
from journal.services.dead_letters import report_failed, resolve_if_none_failed
from journal.services.event_secrets import SecretUnreadable, secret_of, signature_headers
from journal.services.subscribers import may_receive
from journal.transports.webhook import ReceiverSilent, is_success, post

LOCK = 0x65766E74
AT_ONCE = 8
"""Calls to one receiver at the same time, and what a crash repeats at most; one while it does not answer."""
TURN_SECONDS = 5.0
"""Then others have their turn; the clock comes back to the rest."""
WAITS = [timedelta(seconds=seconds) for seconds in (10, 30, 90, 300, 900, 3600, 3 * 3600, 6 * 3600)]
JITTER = 0.25
SLOW_DOWN, FIRST_SERVER_ERROR = 429, 500
NOT_ALLOWED = "The subscriber may not know of it any more."
EXPIRED = "It was not taken before its time was out."

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one call. `is_down`: the receiver is in trouble, not just this event."""

    text: str
    is_taken: bool = False
    is_down: bool = False


def deliver_events(*, subscription_id: int) -> None:
    """Ask its receiver if that is still to be done, then send what is due, for a few seconds."""
    with _alone(subscription_id) as alone:
        serving = EventSubscription.objects.to_serve(timezone.now()).filter(pk=subscription_id)
        subscription = serving.first() if alone else None
        if subscription is None:
            return
        _give_up_expired(subscription)
        if not may_receive(subscription):
            _discard_what_is_due(subscription)
        elif subscription.is_validated or _validate(subscription):
            ends = time.monotonic() + TURN_SECONDS
            while _deliver_some(subscription) and time.monotonic() < ends:
                pass


@contextmanager
def _alone(subscription_id: int) -> Iterator[bool]:
    """Whether no other worker serves this subscriber; PostgreSQL lets go by itself when a worker dies."""
    key = [LOCK, subscription_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _validate(subscription: EventSubscription) -> bool:
    """Whether the receiver takes the first event of all, which says that somebody there wants the others."""
    answer = _call(subscription, validation_event(subscription))
    if answer.is_taken:
        subscription.validated_at = timezone.now()
        subscription.save(update_fields=["validated_at"])
    _remember(subscription, answer, is_down=not answer.is_taken)
    log.info("subscription_asked", subscription_id=subscription.pk, validated=answer.is_taken)
    return answer.is_taken


def _deliver_some(subscription: EventSubscription) -> bool:
    """A few calls at once; whether there may be more to do."""
    limit = 1 if subscription.failures else AT_ONCE
    deliveries = _open(subscription, limit=limit)
    if not deliveries:
        return False
    events = [as_cloud_event(delivery.event) for delivery in deliveries]
    with ThreadPoolExecutor(len(events)) as pool:
        answers = list(pool.map(lambda event: _call(subscription, event), events))
    _close(subscription, deliveries, answers)
    return len(deliveries) == limit and not any(answer.is_down for answer in answers)


def _open(subscription: EventSubscription, *, limit: int) -> list[EventDelivery]:
    """Those that were waiting until now, so that nothing is sent that was just discarded."""
    now = timezone.now()
    due = EventDelivery.objects.due(now).filter(subscription=subscription).select_related("event")
    with transaction.atomic():
        held = due.order_by("next_attempt_at", "pk").select_for_update(of=("self",), no_key=True)
        deliveries = list(held[:limit])
        for delivery in deliveries:
            delivery.attempts, delivery.opened_at = delivery.attempts + 1, now
        EventDelivery.objects.bulk_update(deliveries, ["attempts", "opened_at"])
    return deliveries


def _call(subscription: EventSubscription, event: dict[str, Any]) -> Answer:
    """Of threads without a database connection: whatever it needs is loaded already."""
    body = as_body(event)
    try:
        signature = signature_headers(
            secret_of(subscription), event_id=event["id"], body=body, at=timezone.now()
        )
        headers = {"Content-Type": MEDIA_TYPE, "User-Agent": "Correspondence", **signature}
        status = post(subscription.endpoint, body=body, headers=headers)
    except (ReceiverSilent, SecretUnreadable) as error:
        return Answer(text=str(error)[:200], is_down=True)
    is_down = status == SLOW_DOWN or status >= FIRST_SERVER_ERROR
    return Answer(text=f"{ANSWER}{status}", is_taken=is_success(status), is_down=is_down)


def _close(
    subscription: EventSubscription, deliveries: Sequence[EventDelivery], answers: Sequence[Answer]
) -> None:
    now = timezone.now()
    for delivery, answer in zip(deliveries, answers, strict=True):
        delivery.opened_at, delivery.last_answer = None, answer.text
        if answer.is_taken:
            delivery.state, delivery.finished_at = EventDeliveryState.DELIVERED, now
        else:
            delivery.next_attempt_at = now + wait_after(delivery.attempts)
    with transaction.atomic():
        _store(deliveries)
        if any(answer.is_taken for answer in answers):
            resolve_if_none_failed(subscription.pk, at=now)
        telling = _telling(answers)
        _remember(subscription, telling, is_down=telling.is_down)
    log.info(
        "events_sent",
        subscription_id=subscription.pk,
        taken=sum(answer.is_taken for answer in answers),
        left=sum(not answer.is_taken for answer in answers),
    )


def _telling(answers: Sequence[Answer]) -> Answer:
    """What says most of the receiver: that it is down, else that it takes something, else that it refuses."""
    by_weight = sorted(answers, key=lambda answer: (not answer.is_down, not answer.is_taken))
    return by_weight[0]


def _store(deliveries: Sequence[EventDelivery]) -> None:
    """What an operator or the subscriber ended meanwhile stays as it is."""
    ids = [delivery.pk for delivery in deliveries]
    locked = EventDelivery.objects.waiting().filter(pk__in=ids).select_for_update(no_key=True)
    held = set(locked.values_list("pk", flat=True))
    EventDelivery.objects.bulk_update(
        [delivery for delivery in deliveries if delivery.pk in held],
        ["state", "opened_at", "finished_at", "next_attempt_at", "last_answer"],
    )


def _remember(subscription: EventSubscription, answer: Answer, *, is_down: bool) -> None:
    """A receiver in trouble is left alone for a while, with everything that waits for it."""
    subscription.failures = subscription.failures + 1 if is_down else 0
    subscription.paused_until = timezone.now() + wait_after(subscription.failures) if is_down else None
    subscription.last_answer = answer.text
    subscription.save(update_fields=["failures", "paused_until", "last_answer"])


def _give_up_expired(subscription: EventSubscription) -> None:
    """What has been tried for days is a failure, and somebody hears of it."""
    now = timezone.now()
    expired = EventDelivery.objects.waiting().filter(subscription=subscription, expires_at__lte=now)
    with transaction.atomic():
        given_up = expired.update(
            state=EventDeliveryState.FAILED,
            finished_at=now,
            opened_at=None,
            last_answer=Case(When(last_answer="", then=Value(EXPIRED)), default=F("last_answer")),
        )
        if not given_up:
            return
        report_failed(subscription)
    log.warning("events_given_up", subscription_id=subscription.pk, deliveries=given_up)


def _discard_what_is_due(subscription: EventSubscription) -> None:
    """Rights are those of today: what was owed under yesterday's is not sent."""
    now = timezone.now()
    due = EventDelivery.objects.due(now).filter(subscription=subscription)
    discarded = due.update(
        state=EventDeliveryState.DISCARDED, finished_at=now, opened_at=None, last_answer=NOT_ALLOWED
    )
    _remember(subscription, Answer(text=NOT_ALLOWED), is_down=True)  # asked about again after a while
    log.warning("events_withheld", subscription_id=subscription.pk, deliveries=discarded)


def wait_after(failures: int) -> timedelta:
    """10 s, 30 s, 90 s … six hours, each a little more or less, so that not all come back at once."""
    wait = WAITS[min(failures, len(WAITS)) - 1]
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, keeps no secret
