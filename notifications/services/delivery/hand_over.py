"""One message to one provider: what its answer means for the message and for the provider (notifications.md 9.4)."""

import random
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.utils import timezone

from notifications.enums import AttemptOutcome, Channel, DeliveryState
from notifications.models import Attempt, Delivery
from notifications.services.delivery.attempts import GIVEN_UP, Outcome
from notifications.services.delivery.claims import NEW
from notifications.services.delivery.compose import compose
from notifications.services.delivery.health import note_answer, note_failure
from notifications.services.delivery.outlets import OpenOutlet
from notifications.services.delivery.window import first_moment
from notifications.transports.base import (
    AddressNotSupported,
    DeliveryError,
    NotSendable,
    OutgoingMessage,
    PermanentDeliveryError,
    TransportDown,
)

AT_ONCE = timedelta(0)
WAITS = [AT_ONCE, *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))]
"""After the first, second … temporary failure; then the last one again and again, until the delivery expires."""
OWN_ERROR_WAIT = timedelta(minutes=1)
JITTER = 0.2
ACCEPTED = {Channel.EMAIL: DeliveryState.EMAIL_SUCCEEDED, Channel.SMS: DeliveryState.SMS_ACCEPTED}

log = structlog.get_logger()


@dataclass
class Waiting:
    """A delivery in line.

    `last`: the provider that has just failed it, passed over once if there is another. `unable`: those that cannot
    be told its address, passed over as long as there is another.
    """

    delivery: Delivery
    tries: int
    failed: int
    last: str = ""
    unable: set[str] = field(default_factory=set)


def hand_over(
    waiting: Waiting, attempt: Attempt, outlet: OpenOutlet, *, providers: Collection[str]
) -> Outcome:
    """The attempt is open; the outcome closes it. `providers`: all that the channel has."""
    if outlet.name == waiting.last:
        outlet.transport.close()  # nobody else is there: then at least over another connection
    waiting.last = outlet.name
    began = time.monotonic()
    try:
        receipt = outlet.transport.send(_message(attempt))
    except DeliveryError as error:
        note_failure(outlet.health, error, seconds=time.monotonic() - began)
        if isinstance(error, AddressNotSupported):
            return _not_supported(waiting, attempt, error, providers)
        return _failed(waiting, attempt, error)
    except Exception as error:  # a message that breaks our code must not keep the others from being sent
        log.exception("delivery_broke", delivery_id=attempt.delivery_id)
        answer = f"Our own error: {type(error).__name__}"
        return _later(attempt, AttemptOutcome.TEMPORARY, answer, OWN_ERROR_WAIT)
    note_answer(outlet.health, seconds=time.monotonic() - began)
    attempt.reference = receipt.reference
    channel = Channel(attempt.delivery.channel)
    return _outcome(attempt, AttemptOutcome.ACCEPTED, receipt.answer, ACCEPTED[channel])


def _message(attempt: Attempt) -> OutgoingMessage:
    """The attempt keeps how long an SMS is."""
    message = compose(attempt.delivery)
    if message.length:
        attempt.encoding, attempt.segments = message.length.encoding, message.length.segments
    return message


def _failed(waiting: Waiting, attempt: Attempt, error: DeliveryError) -> Outcome:
    if isinstance(error, NotSendable):
        attempt.provider = ""
        return _outcome(attempt, AttemptOutcome.NOT_SENDABLE, str(error), error.state)
    if isinstance(error, PermanentDeliveryError):
        return _outcome(attempt, AttemptOutcome.PERMANENT, str(error), error.state)
    if isinstance(error, TransportDown):
        return _later(attempt, AttemptOutcome.DOWN, str(error), AT_ONCE)
    waiting.failed += 1
    return _later(attempt, AttemptOutcome.TEMPORARY, str(error), wait_after(waiting.failed))


def _not_supported(
    waiting: Waiting, attempt: Attempt, error: AddressNotSupported, providers: Collection[str]
) -> Outcome:
    """At once over another provider; no other is left when each has said so."""
    is_news = attempt.provider not in waiting.unable
    waiting.unable.add(attempt.provider)
    if waiting.unable.issuperset(providers):
        return _outcome(
            attempt, AttemptOutcome.PERMANENT, str(error), DeliveryState.EMAIL_FAILED_INVALID_FORMAT
        )
    if is_news:
        return _later(attempt, AttemptOutcome.TEMPORARY, str(error), AT_ONCE)
    return _failed(waiting, attempt, error)  # those that may be able to are not ready


def _later(attempt: Attempt, outcome: AttemptOutcome, answer: str, wait: timedelta) -> Outcome:
    channel = Channel(attempt.delivery.channel)
    again = first_moment(channel, timezone.now() + wait)
    if again >= attempt.delivery.expires_at:
        return _outcome(attempt, outcome, answer, GIVEN_UP[channel])
    ended = _outcome(attempt, outcome, answer, NEW[channel])
    ended.next_attempt_at = again
    return ended


def _outcome(attempt: Attempt, outcome: AttemptOutcome, answer: str, state: DeliveryState) -> Outcome:
    return Outcome(attempt=attempt, outcome=outcome, answer=answer, provider=attempt.provider, state=state)


def wait_after(failures: int) -> timedelta:
    """The first repeat goes at once, over another provider or connection."""
    base = WAITS[min(failures, len(WAITS)) - 1]
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, keeps no secret
