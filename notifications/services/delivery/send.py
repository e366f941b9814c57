"""Handing deliveries over, one by one, with an attempt recorded before and after each (design.md point 7).

No transaction is open while a provider is called. Closing one attempt and opening the next is one transaction, so
a crash leaves at most one attempt open: that message, and no other, is sent again.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups
from notifications.enums import (
    PENDING_STATES,
    AttemptOutcome,
    Channel,
    DeliveryState,
    EmailContentType,
    NotificationState,
)
from notifications.models import Attempt, Delivery
from notifications.services.delivery.claims import NEW, claim_due
from notifications.services.delivery.completion import complete_finished
from notifications.services.delivery.window import first_moment
from notifications.services.wording import wording
from notifications.transports.base import (
    OutgoingMessage,
    PermanentDeliveryError,
    TemporaryDeliveryError,
    Transport,
    TransportDown,
)
from notifications.transports.registry import open_transport

WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)]
"""After the first, second … failed attempt; then the last one again and again, until the delivery expires."""
JITTER = 0.2
PAUSE = timedelta(minutes=1)
"""How long a delivery waits when its provider takes nothing at all."""
SENDING = {Channel.EMAIL: DeliveryState.EMAIL_SENDING, Channel.SMS: DeliveryState.SMS_SENDING}
ACCEPTED = {Channel.EMAIL: DeliveryState.EMAIL_SUCCEEDED, Channel.SMS: DeliveryState.SMS_ACCEPTED}
GIVEN_UP = {Channel.EMAIL: DeliveryState.EMAIL_FAILED, Channel.SMS: DeliveryState.SMS_FAILED}

log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended, and what becomes of its delivery."""

    outcome: AttemptOutcome
    answer: str
    state: DeliveryState
    next_attempt_at: datetime | None = None


def send_due(*, channel: Channel, job_id: int) -> int:
    """Send a chunk of due deliveries; returns how many were claimed."""
    ids = claim_due(channel=channel, job_id=job_id)
    if not ids:
        return 0
    claimed = list(
        Delivery.objects.filter(pk__in=ids)
        .select_related("notification__order__text", "notification__order__correspondence")
        .order_by("next_attempt_at", "pk")
    )
    numbers = dict(
        Attempt.objects.filter(delivery__in=ids).values_list("delivery").annotate(Max("number")).order_by()
    )
    with open_transport(channel) as transport:
        _send_all(claimed, transport, numbers)
    complete_finished([delivery.notification_id for delivery in claimed], at=timezone.now())
    return len(ids)


def _send_all(deliveries: Sequence[Delivery], transport: Transport, numbers: dict[int, int]) -> None:
    ended: tuple[Attempt, Outcome] | None = None
    for index, delivery in enumerate(deliveries):
        if not _still_wanted(delivery):
            _withdraw(delivery)
            continue
        attempt = Attempt(
            delivery=delivery,
            number=numbers.get(delivery.pk, 0) + 1,
            provider=transport.name,
            opened_at=timezone.now(),
        )
        _close_and_open(ended, attempt)
        try:
            outcome = _hand_over(delivery, transport, attempt.number)
        except TransportDown as error:
            _stop(attempt, str(error), deliveries[index:])
            return
        ended = (attempt, outcome)
    _close_and_open(ended, None)


def _hand_over(delivery: Delivery, transport: Transport, number: int) -> Outcome:
    channel = Channel(delivery.channel)
    try:
        answer = transport.send(_message(delivery))
    except TemporaryDeliveryError as error:
        again = first_moment(channel, timezone.now() + _wait(number))
        if again < delivery.expires_at:
            return Outcome(AttemptOutcome.TEMPORARY, str(error), NEW[channel], again)
        return Outcome(AttemptOutcome.TEMPORARY, str(error), GIVEN_UP[channel])
    except PermanentDeliveryError as error:
        return Outcome(AttemptOutcome.PERMANENT, str(error), error.state)
    return Outcome(AttemptOutcome.ACCEPTED, answer, ACCEPTED[channel])


def _message(delivery: Delivery) -> OutgoingMessage:
    notification = delivery.notification
    words = wording(
        notification.order,
        channel=Channel(delivery.channel),
        is_reminder=notification.is_reminder,
        letter_recipient=notification.order.correspondence.recipient_name,
    )
    return OutgoingMessage(
        delivery_id=delivery.pk,
        message_id=delivery.message_id,
        recipient=delivery.address,
        subject=words.subject,
        body=words.body,
        content_type=EmailContentType(words.content_type),
    )


def _wait(number: int) -> timedelta:
    base = WAITS[min(number, len(WAITS)) - 1]
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, keeps no secret


def _still_wanted(delivery: Delivery) -> bool:
    letter = delivery.notification.order.correspondence
    read = delivery.notification.is_reminder and (letter.read_at or letter.confirmed_at)
    return letter.is_available and not read and delivery.notification.state == NotificationState.PROCESSED


def _close_and_open(ended: tuple[Attempt, Outcome] | None, attempt: Attempt | None) -> None:
    with transaction.atomic():
        if ended:
            _close(*ended)
        if attempt:
            attempt.save(force_insert=True)
            channel = Channel(attempt.delivery.channel)
            Delivery.objects.filter(pk=attempt.delivery_id).update(
                state=SENDING[channel], state_changed_at=attempt.opened_at
            )


def _close(attempt: Attempt, outcome: Outcome) -> None:
    now = timezone.now()
    Attempt.objects.filter(pk=attempt.pk).update(
        closed_at=now, outcome=outcome.outcome, answer=outcome.answer, provider=attempt.provider
    )
    Delivery.objects.filter(pk=attempt.delivery_id).update(
        state=outcome.state, state_changed_at=now, next_attempt_at=outcome.next_attempt_at, claimed_by=None
    )
    order = attempt.delivery.notification.order
    if outcome.outcome == AttemptOutcome.ACCEPTED:
        causes = [str(order.pk), str(order.repeats_id or order.pk)]
        resolve_follow_ups(
            FollowUpKind.FAILED_DELIVERY, causes, resolution="A later attempt was accepted.", at=now
        )
    elif outcome.next_attempt_at is None:
        _open_follow_up(attempt.delivery, outcome.answer)
    log.info("delivery_attempted", delivery_id=attempt.delivery_id, outcome=outcome.outcome)


def _open_follow_up(delivery: Delivery, answer: str) -> None:
    order = delivery.notification.order
    open_follow_ups(
        [
            FollowUpData(
                kind=FollowUpKind.FAILED_DELIVERY,
                cause=str(order.pk),
                summary=answer,
                correspondence_id=order.correspondence_id,
                order_id=order.pk,
                delivery_id=delivery.pk,
            )
        ]
    )


def _stop(attempt: Attempt, answer: str, waiting: Sequence[Delivery]) -> None:
    """The provider takes nothing: nobody's message has failed; all of the chunk that is left waits a while."""
    now = timezone.now()
    with transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(
            closed_at=now, outcome=AttemptOutcome.TEMPORARY, answer=answer
        )
        for channel, state in NEW.items():
            left = Delivery.objects.filter(pk__in=[delivery.pk for delivery in waiting], channel=channel)
            left.update(state=state, next_attempt_at=now + PAUSE, claimed_by=None)


def _withdraw(delivery: Delivery) -> None:
    """What a cancel missed is still not sent (design.md point 17)."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state=GIVEN_UP[Channel(delivery.channel)],
        state_changed_at=timezone.now(),
        next_attempt_at=None,
        claimed_by=None,
    )


def expire_overdue() -> None:
    """End every delivery whose time has run out, whatever it waits for."""
    now = timezone.now()
    with transaction.atomic():
        overdue = Delivery.objects.filter(
            state__in=PENDING_STATES,
            expires_at__lte=now,
            claimed_by__isnull=True,
            next_attempt_at__isnull=False,
        ).select_related("notification__order")
        expired = list(overdue.select_for_update(of=("self",), skip_locked=True, no_key=True)[:500])
        for delivery in expired:
            _open_follow_up(delivery, "It was not accepted by anyone before it expired.")
        for channel, state in GIVEN_UP.items():
            ids = [delivery.pk for delivery in expired if delivery.channel == channel]
            Delivery.objects.filter(pk__in=ids).update(
                state=state, state_changed_at=now, next_attempt_at=None
            )
        complete_finished([delivery.notification_id for delivery in expired], at=now)
