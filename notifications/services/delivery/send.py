"""Handing deliveries over, one by one. No transaction is open while a provider is called (design.md point 7).

A crash leaves at most one attempt open: that message, and no other, is sent again.
"""

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from notifications.enums import PENDING_STATES, AttemptOutcome, Channel
from notifications.models import Delivery
from notifications.services.delivery.attempts import GIVEN_UP, report_failure
from notifications.services.delivery.claims import claim_due, give_up_claims
from notifications.services.delivery.completion import complete_finished
from notifications.services.delivery.hand_over import Waiting
from notifications.services.delivery.outlets import Outlets
from notifications.services.delivery.sender import Sender

EXPIRING = 500


def send_due(*, channel: Channel, job_id: int, deadline: float) -> bool:
    """Send a chunk of due deliveries until the deadline (monotonic); True when there may be more to send now."""
    ids = claim_due(channel=channel, job_id=job_id)
    if not ids:
        return False
    outlets = Outlets(channel)
    sender = Sender(outlets, channel=channel, job_id=job_id, deadline=deadline)
    try:
        sender.send_all(_in_line(ids))
    finally:
        outlets.close()
    give_up_claims(ids)
    return not sender.stopped


def _in_line(ids: list[int]) -> list[Waiting]:
    temporary = Q(attempts__outcome=AttemptOutcome.TEMPORARY)
    claimed = (
        Delivery.objects.filter(pk__in=ids)
        .select_related("notification__order__text", "notification__order__correspondence")
        .annotate(tries=Max("attempts__number"), failed=Count("attempts", filter=temporary))
        .order_by("next_attempt_at", "pk")
    )
    return [
        Waiting(delivery, tries=getattr(delivery, "tries", None) or 0, failed=getattr(delivery, "failed", 0))
        for delivery in claimed
    ]


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
