"""CloudEvents, written in the transaction of what they tell, together with what is owed to their subscribers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from journal.enums import EventDeliveryState, EventType
from journal.models import OutboundEvent
from registry.ids import uuid7

RECORD = """
    WITH event AS (
        INSERT INTO journal_outboundevent (id, type, resource_id, resource_instance, subject, source, time)
        SELECT told.*, %(at)s
        FROM unnest(%(ids)s::uuid[], %(types)s::text[], %(resources)s::text[], %(instances)s::text[],
                    %(subjects)s::text[], %(sources)s::text[]) AS told
        RETURNING id, type, resource_id, subject, source
    )
    INSERT INTO journal_eventdelivery
        (event_id, subscription_id, state, attempts, next_attempt_at, expires_at, last_answer)
    SELECT event.id, listener.id, %(state)s, 0, %(at)s, %(expires)s, ''
    FROM event JOIN journal_eventsubscription AS listener
      ON listener.resource_id = event.resource_id
     AND listener.validated_at IS NOT NULL AND listener.ended_at IS NULL
     AND listener.subject IN ('', event.subject)
     AND listener.type IN ('', event.type)
     AND listener.source IN ('', event.source)
"""
"""One statement, however many events and subscribers: senders wait for it."""


@dataclass(frozen=True, kw_only=True)
class EventData:
    """`instance`: id of the letter, attachment or order; `subject`: the party's URN (lifecycle.md 6.1)."""

    type: EventType
    resource_id: str
    instance: str
    subject: str


def record_events(events: Iterable[EventData], *, at: datetime) -> None:
    """Store any number of events, and one delivery for each subscriber of each, in one statement.

    Call inside the transaction of their cause. No job is queued here: the clock finds what is due
    (`services.event_dispatch`), so that a busy sender does not pay for its subscribers.
    """
    told = list(events)
    if not told:
        return
    values: dict[str, Any] = {
        "state": EventDeliveryState.WAITING.value,
        "at": at,
        "expires": at + retry_time(),
        "ids": [uuid7() for _ in told],
        "types": [str(event.type) for event in told],
        "resources": [event.resource_id for event in told],
        "instances": [event.instance for event in told],
        "subjects": [event.subject for event in told],
        "sources": [str(event.type.source) for event in told],
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)


def retry_time() -> timedelta:
    """For how long a delivery is tried before it is given up."""
    return timedelta(days=settings.EVENT_RETRY_DAYS)


def is_recorded(event_type: EventType, *, instance: str) -> bool:
    """Whether an event of this type has told of the instance before."""
    return OutboundEvent.objects.filter(type=event_type, resource_instance=instance).exists()
