"""How often one address may call the statistics endpoints (access.md 1.5): counted in the database, for all web workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from correspondence.models import StatisticsCall
from registry.database import one_at_a_time

CALLS = 10
WINDOW = timedelta(minutes=60)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Whether a call is one of those allowed, and what is left of them."""

    is_allowed: bool
    remaining: int
    resets_at: datetime
    """When the oldest call that counts does no longer."""


def take_turn(address: str) -> Turn:
    """Count this call if it is allowed; one that is refused does not prolong the wait."""
    with transaction.atomic():
        one_at_a_time(f"statistics {address}")
        now = timezone.now()
        StatisticsCall.objects.filter(at__lte=now - WINDOW).delete()
        calls = list(
            StatisticsCall.objects.filter(address=address).order_by("at").values_list("at", flat=True)
        )
        is_allowed = len(calls) < CALLS
        if is_allowed:
            calls.append(StatisticsCall.objects.create(address=address, at=now).at)
        return Turn(is_allowed=is_allowed, remaining=CALLS - len(calls), resets_at=calls[0] + WINDOW)
