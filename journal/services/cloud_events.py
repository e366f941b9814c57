"""Events as they are sent (lifecycle.md 6.1)."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from journal.enums import EventSource
from journal.models import EventSubscription, OutboundEvent
from registry.enums import RecipientKind
from registry.identifiers import RESOURCE_PREFIX
from registry.ids import uuid7

MEDIA_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "no.altinn.correspondence."
VALIDATION_TYPE = "platform.events.validatesubscription"
ALTERNATIVES = {"/organisation/": RecipientKind.ORGANIZATION, "/person/": RecipientKind.PERSON}
"""How parties are named beside their URN, by what stands before the number."""


def as_cloud_event(event: OutboundEvent) -> dict[str, Any]:
    """In the contract's order, with every key, also those without a value."""
    return {
        "specversion": "1.0",
        "id": str(event.pk),
        "type": f"{TYPE_PREFIX}{event.type}",
        "time": _time(event.time),
        "resource": f"{RESOURCE_PREFIX}{event.resource_id}",
        "resourceinstance": event.resource_instance,
        "subject": event.subject or None,
        "alternativesubject": alternative_of(event.subject),
        "source": source_url(EventSource(event.source)),
        "data": None,
    }


def validation_event(subscription: EventSubscription) -> dict[str, Any]:
    """What a receiver is asked with before it gets any event; a new one each time."""
    return {
        "specversion": "1.0",
        "id": str(uuid7()),
        "type": VALIDATION_TYPE,
        "time": _time(timezone.now()),
        "source": f"{settings.PUBLIC_URL}/events/api/v1/subscriptions/{subscription.pk}",
    }


def as_body(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def source_url(source: EventSource) -> str:
    return f"{settings.PUBLIC_URL}/correspondence/api/v1/{source}"


def alternative_of(urn: str) -> str | None:
    """`/organisation/991825827`, `/person/…`; None for parties without a number."""
    kind, _, number = urn.rpartition(":")
    return next((f"{prefix}{number}" for prefix, named in ALTERNATIVES.items() if named == kind), None)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
