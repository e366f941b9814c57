"""What became of a forwarded mail (notifications.md 8.4): reported by its delivery, by job."""

import uuid

from django.db import transaction
from django.utils import timezone

from correspondence.models import Correspondence, Forwarding
from correspondence.services.activities import record_forwarding
from correspondence.services.actors import Actor
from correspondence.services.transitions import FORWARDED, locked, transition
from journal.enums import FollowUpKind
from journal.services.follow_ups import resolve_follow_ups
from registry.enums import ActorKind


def record_forwarded(*, forwarding_id: uuid.UUID, delivered: bool) -> None:
    """One `Forwarded` for each delivered mail, at the time of its forwarding; may run twice.

    What was not delivered may be tried again, and leaves nothing in the history.
    """
    with transaction.atomic():
        letter = locked(Forwarding.objects.get(pk=forwarding_id).correspondence_id)
        forwarding = letter.forwardings.get(pk=forwarding_id)
        if delivered and forwarding.delivered_at is None:
            _record(letter, forwarding)
        elif not delivered and forwarding.failed_at is None:
            forwarding.failed_at = timezone.now()
            forwarding.save(update_fields=["failed_at"])


def _record(letter: Correspondence, forwarding: Forwarding) -> None:
    forwarding.delivered_at = timezone.now()
    forwarding.save(update_fields=["delivered_at"])
    actor = Actor(kind=ActorKind.PARTY, party_uuid=forwarding.party_uuid, urn=forwarding.party_urn)
    transition([forwarding.correspondence_id], FORWARDED, actor=actor, at=forwarding.created_at)
    record_forwarding(letter, forwarding)
    tries = Forwarding.objects.filter(
        correspondence=forwarding.correspondence_id, address=forwarding.address
    ).values_list("pk", flat=True)
    resolve_follow_ups(
        FollowUpKind.FAILED_DELIVERY,
        [str(pk) for pk in tries],
        resolution="It was forwarded to that address later.",
        at=forwarding.delivered_at,
    )
