"""Whose a delivery is while it is worked on: the job's whose id stands on it (design.md point 7).

A claim lasts until everything that follows from a delivery's end is recorded too, so that whoever takes over from
a dead job finds what is left to do.
"""

from collections.abc import Sequence

import structlog
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from notifications.enums import PENDING_STATES, AttemptOutcome, Channel, DeliveryState
from notifications.models import Attempt, Delivery
from notifications.services.delivery.completion import settle
from notifications.services.delivery.window import first_moment

CHUNK = 100
NEW = {Channel.EMAIL: DeliveryState.EMAIL_NEW, Channel.SMS: DeliveryState.SMS_NEW}
CLAIM = """
    UPDATE notifications_delivery SET claimed_by = %(job_id)s
    WHERE id IN (
        SELECT id FROM notifications_delivery
        WHERE channel = %(channel)s AND next_attempt_at <= %(at)s AND claimed_by IS NULL AND state = ANY(%(pending)s)
        ORDER BY next_attempt_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""

log = structlog.get_logger()


def claim_due(*, channel: Channel, job_id: int) -> list[int]:
    """Ids of a chunk of due deliveries that are now this job's; none outside the channel's hours."""
    now = timezone.now()
    if first_moment(channel, now) > now:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "job_id": job_id,
                "channel": channel,
                "at": now,
                "pending": [str(state) for state in PENDING_STATES],
                "limit": CHUNK,
            },
        )
        return sorted(row[0] for row in cursor.fetchall())


def give_up_claims(delivery_ids: Sequence[int]) -> None:
    """The job is done with these: record what follows from those that ended, and let go of all."""
    with transaction.atomic():
        settle(delivery_ids, at=timezone.now())
        Delivery.objects.filter(pk__in=delivery_ids).update(claimed_by=None)


def take_back_dead_claims(*, job_id: int) -> None:
    """Free what a job claimed that is not running any more, or this job in an earlier run.

    What was in flight has an open attempt: it is closed as interrupted, and the message is tried again under the
    same id.
    """
    with transaction.atomic():
        running = ProcrastinateJob.objects.filter(status="doing").exclude(pk=job_id).values("pk")
        dead = Delivery.objects.filter(claimed_by__isnull=False).exclude(claimed_by__in=running)
        ids = list(dead.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
        if not ids:
            return
        interrupted = Attempt.objects.filter(delivery__in=ids, closed_at__isnull=True).update(
            closed_at=timezone.now(),
            outcome=AttemptOutcome.INTERRUPTED,
            answer="The worker ended while sending.",
        )
        for channel, state in NEW.items():
            unsent = Delivery.objects.filter(pk__in=ids, channel=channel, state__in=PENDING_STATES)
            unsent.update(state=state)
        give_up_claims(ids)
    log.info("dead_claims_taken_back", deliveries=len(ids), interrupted=interrupted)
