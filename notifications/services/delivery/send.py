"""Handing deliveries over, one by one. No transaction is open while a provider is called (design.md point 7).

A crash leaves at most one attempt open: that message, and no other, is sent again.
"""

import random
import time
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from notifications.addresses import is_land_line
from notifications.enums import (
    PENDING_STATES,
    AttemptOutcome,
    Channel,
    DeliveryState,
    EmailContentType,
    OrderPurpose,
)
from notifications.models import Attempt, Delivery
from notifications.services.delivery.attempts import (
    GIVEN_UP,
    Outcome,
    close_and_open,
    postpone,
    report_failure,
)
from notifications.services.delivery.claims import NEW, claim_due, give_up_claims
from notifications.services.delivery.completion import complete_finished
from notifications.services.delivery.enclosures import with_files
from notifications.services.delivery.window import first_moment
from notifications.services.wording import wording
from notifications.transports.base import (
    DeliveryError,
    OutgoingMessage,
    PermanentDeliveryError,
    Transport,
    TransportBusy,
    TransportDown,
)
from notifications.transports.registry import open_transport

WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)]
"""After the first, second … failed attempt; then the last one again and again, until the delivery expires."""
JITTER = 0.2
PAUSE = timedelta(minutes=1)
"""How long a delivery waits when its provider takes nothing at all."""
ACCEPTED = {Channel.EMAIL: DeliveryState.EMAIL_SUCCEEDED, Channel.SMS: DeliveryState.SMS_ACCEPTED}
EXPIRING = 500

log = structlog.get_logger()


def send_due(*, channel: Channel, job_id: int, deadline: float) -> bool:
    """Send a chunk of due deliveries until the deadline (monotonic); True when there may be more to send now."""
    ids = claim_due(channel=channel, job_id=job_id)
    if not ids:
        return False
    claimed = Delivery.objects.filter(pk__in=ids).select_related(
        "notification__order__text", "notification__order__correspondence"
    )
    with open_transport(channel) as transport:
        sender = _Sender(transport, channel, job_id, deadline)
        sender.send_all(
            list(claimed.annotate(tries=Max("attempts__number")).order_by("next_attempt_at", "pk"))
        )
    give_up_claims(ids)
    return not sender.stopped


class _Sender:
    """One job's way through a chunk."""

    def __init__(self, transport: Transport, channel: Channel, job_id: int, deadline: float) -> None:
        self.transport, self.channel, self.job_id, self.deadline = transport, channel, job_id, deadline
        self.stopped = False

    def send_all(self, deliveries: list[Delivery]) -> None:
        ended: Outcome | None = None
        for waiting in _tails(deliveries):
            if self._must_stop(waiting):
                break
            attempt = self._attempt(waiting[0])
            is_open = close_and_open(ended, attempt, job_id=self.job_id)
            ended = self._hand_over(attempt, waiting[1:]) if is_open else None
        close_and_open(ended, None, job_id=self.job_id)

    def _must_stop(self, waiting: list[Delivery]) -> bool:
        """The provider pauses, the channel's hours are over, or the job has had its time."""
        now = timezone.now()
        if (opens := first_moment(self.channel, now)) > now:
            postpone(waiting, until=opens)
            self.stopped = True
        self.stopped = self.stopped or time.monotonic() > self.deadline
        return self.stopped

    def _attempt(self, delivery: Delivery) -> Attempt:
        tries: int | None = getattr(delivery, "tries", None)
        return Attempt(
            delivery=delivery,
            number=(tries or 0) + 1,
            provider=self.transport.name,
            opened_at=timezone.now(),
        )

    def _hand_over(self, attempt: Attempt, waiting: list[Delivery]) -> Outcome:
        try:
            answer = self._send(attempt.delivery)
        except (TransportDown, TransportBusy) as error:
            self._pause(waiting)
            is_down = isinstance(error, TransportDown)
            return self._later(attempt, str(error), PAUSE if is_down else _wait(attempt.number))
        except PermanentDeliveryError as error:
            return self._outcome(attempt, AttemptOutcome.PERMANENT, str(error), error.state)
        except DeliveryError as error:
            return self._later(attempt, str(error), _wait(attempt.number))
        except Exception as error:  # a message that breaks our code must not keep the others from being sent
            log.exception("delivery_broke", delivery_id=attempt.delivery_id)
            return self._later(attempt, f"Our own error: {type(error).__name__}", _wait(attempt.number))
        return self._outcome(attempt, AttemptOutcome.ACCEPTED, answer, ACCEPTED[self.channel])

    def _send(self, delivery: Delivery) -> str:
        if self.channel == Channel.SMS and is_land_line(delivery.address):
            raise PermanentDeliveryError(
                "The number is a land line.", DeliveryState.SMS_FAILED_INVALID_RECIPIENT
            )
        return self.transport.send(_message(delivery))

    def _pause(self, waiting: list[Delivery]) -> None:
        postpone(waiting, until=timezone.now() + PAUSE)
        self.stopped = True

    def _later(self, attempt: Attempt, answer: str, wait: timedelta) -> Outcome:
        again = first_moment(self.channel, timezone.now() + wait)
        if again < attempt.delivery.expires_at:
            ended = self._outcome(attempt, AttemptOutcome.TEMPORARY, answer, NEW[self.channel])
            ended.next_attempt_at = again
            return ended
        return self._outcome(attempt, AttemptOutcome.TEMPORARY, answer, GIVEN_UP[self.channel])

    def _outcome(
        self, attempt: Attempt, outcome: AttemptOutcome, answer: str, state: DeliveryState
    ) -> Outcome:
        return Outcome(
            attempt=attempt, outcome=outcome, answer=answer, provider=self.transport.name, state=state
        )


def _tails(deliveries: list[Delivery]) -> Iterator[list[Delivery]]:
    """Each delivery with those behind it."""
    for index in range(len(deliveries)):
        yield deliveries[index:]


def _message(delivery: Delivery) -> OutgoingMessage:
    notification = delivery.notification
    is_forward = notification.order.purpose == OrderPurpose.FORWARD
    words = wording(
        notification.order,
        channel=Channel(delivery.channel),
        is_reminder=notification.is_reminder,
        letter_recipient=notification.order.correspondence.recipient_name,
    )
    message = OutgoingMessage(
        delivery_id=delivery.pk,
        message_id=delivery.message_id,
        recipient=delivery.address,
        subject=words.subject,
        body=words.body,
        content_type=EmailContentType(words.content_type),
        html=words.html,
        sender_name=notification.order.text.sender_name,
        language=notification.order.text.language,
        unsubscribe_url="" if is_forward else settings.EMAIL_UNSUBSCRIBE_URL,
    )
    return with_files(message, notification.order.text)


def _wait(number: int) -> timedelta:
    base = WAITS[min(number, len(WAITS)) - 1]
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, keeps no secret


def expire_overdue() -> None:
    """End every delivery whose time has run out, whatever it waits for."""
    now = timezone.now()
    with transaction.atomic():
        overdue = Delivery.objects.filter(
            state__in=PENDING_STATES, expires_at__lte=now, claimed_by__isnull=True
        ).select_related("notification__order")
        expired = list(overdue.select_for_update(of=("self",), skip_locked=True, no_key=True)[:EXPIRING])
        for delivery in expired:
            report_failure(delivery, "It was not accepted by anyone before it expired.")
        for channel, state in GIVEN_UP.items():
            ids = [delivery.pk for delivery in expired if delivery.channel == channel]
            Delivery.objects.filter(pk__in=ids).update(
                state=state, state_changed_at=now, next_attempt_at=None
            )
        complete_finished([delivery.notification_id for delivery in expired], at=now)
