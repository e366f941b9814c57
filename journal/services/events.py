"""CloudEvents, written in the transaction of what they tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from journal.enums import EventSource, EventType
from journal.models import OutboundEvent


@dataclass(frozen=True, kw_only=True)
class EventData:
    """`instance`: id of the letter, attachment or order; `subject`: the party's URN (lifecycle.md 6.1)."""

    type: EventType
    resource_id: str
    instance: str
    subject: str
    source: EventSource


def record_events(events: Iterable[EventData], *, at: datetime) -> None:
    """Store any number of events in one statement. Call inside the transaction of their cause."""
    OutboundEvent.objects.bulk_create(
        OutboundEvent(
            type=event.type,
            resource_id=event.resource_id,
            resource_instance=event.instance,
            subject=event.subject,
            source=event.source,
            time=at,
        )
        for event in events
    )


def is_recorded(event_type: EventType, *, instance: str) -> bool:
    """Whether an event of this type has told of the instance before."""
    return OutboundEvent.objects.filter(type=event_type, resource_instance=instance).exists()
