"""The record of each try: opened just before a message is handed over, closed right after (design.md point 7).

Closing one attempt and opening the next is one transaction, and each is one conditional statement: what has been
cancelled, read or taken over by another run in the meantime is not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_follow_ups
from notifications.enums import AttemptOutcome, Channel, DeliveryState, NotificationState
from notifications.models import Attempt, Delivery, Notification
from notifications.services.causes import cause_of
from notifications.services.delivery.claims import NEW
from notifications.services.reports.awaited import await_report

SENDING = {Channel.EMAIL: DeliveryState.EMAIL_SENDING, Channel.SMS: DeliveryState.SMS_SENDING}
GIVEN_UP = {Channel.EMAIL: DeliveryState.EMAIL_FAILED, Channel.SMS: DeliveryState.SMS_FAILED}

log = structlog.get_logger()


@dataclass(kw_only=True)
class Outcome:
    """How an attempt ended, and what becomes of its delivery."""

    attempt: Attempt
    outcome: AttemptOutcome
    answer: str
    provider: str
    state: DeliveryState
    next_attempt_at: datetime | None = None


def close_and_open(ended: Outcome | None, attempt: Attempt | None, *, job_id: int) -> bool:
    """Close the attempt that ended and open the next one; False when that one must not be sent (any more)."""
    with transaction.atomic():
        if ended:
            _close(ended)
        return attempt is not None and _open(attempt, job_id)


def _open(attempt: Attempt, job_id: int) -> bool:
    delivery = attempt.delivery
    channel = Channel(delivery.channel)
    mine = Delivery.objects.filter(pk=delivery.pk, claimed_by=job_id, state=NEW[channel])
    if mine.still_wanted().update(state=SENDING[channel], state_changed_at=attempt.opened_at):
        attempt.save(force_insert=True)
        return True
    if mine.update(state=GIVEN_UP[channel], state_changed_at=attempt.opened_at, next_attempt_at=None):
        _withdraw(delivery, attempt.opened_at)
    return False


def _withdraw(delivery: Delivery, at: datetime) -> None:
    """What a cancel missed is still not sent (design.md point 17)."""
    Notification.objects.filter(pk=delivery.notification_id, state=NotificationState.PROCESSED).update(
        state=NotificationState.CONDITION_NOT_MET, state_changed_at=at
    )
    log.info("delivery_withdrawn", delivery_id=delivery.pk)


def _close(ended: Outcome) -> None:
    """An attempt that another run has closed as interrupted stays as it is, and so does its delivery."""
    now = timezone.now()
    attempt = ended.attempt
    if not Attempt.objects.filter(pk=attempt.pk, closed_at__isnull=True).update(
        closed_at=now,
        outcome=ended.outcome,
        answer=ended.answer,
        provider=ended.provider,
        reference=attempt.reference,
        encoding=attempt.encoding,
        segments=attempt.segments,
    ):
        return
    accepted = ended.outcome == AttemptOutcome.ACCEPTED
    Delivery.objects.filter(pk=attempt.delivery_id).update(
        state=ended.state,
        state_changed_at=now,
        next_attempt_at=ended.next_attempt_at,
        report_by=await_report(attempt.delivery, ended.provider) if accepted else None,
    )
    if not accepted and ended.next_attempt_at is None:
        report_failure(attempt.delivery, ended.answer)
    log.info("delivery_attempted", delivery_id=attempt.delivery_id, outcome=ended.outcome.value)


def postpone(deliveries: Sequence[Delivery], *, until: datetime) -> None:
    """Nobody's message has failed; all of these wait."""
    ids = [delivery.pk for delivery in deliveries]
    Delivery.objects.filter(pk__in=ids, state__in=NEW.values()).update(next_attempt_at=until)


def report_failure(delivery: Delivery, answer: str) -> None:
    """Let an operator look at it: once per order, resends included."""
    order = delivery.notification.order
    open_follow_ups(
        [
            FollowUpData(
                kind=FollowUpKind.FAILED_DELIVERY,
                cause=cause_of(order),
                summary=answer,
                correspondence_id=order.correspondence_id,
                order_id=order.pk,
                delivery_id=delivery.pk,
            )
        ]
    )
