"""The health of providers, shared by all workers (notifications.md 9.4).

A chunk of messages reads it once. It is written when something is wrong, or gets better: never for a message that
a healthy provider takes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone

from notifications.enums import Channel
from notifications.models import Provider
from notifications.models.provider import FULL_WEIGHT
from notifications.transports.base import (
    DeliveryError,
    PermanentDeliveryError,
    RecipientUnavailable,
    TransportBusy,
    TransportDown,
)

FAILURES = 50
WINDOW = timedelta(seconds=60)
"""Counted from the first failure: so many in so long cost a provider its weight; in proportion when it has less."""
PAUSE = timedelta(seconds=60)
STEPS = (25, 50, FULL_WEIGHT)
STEP_TIME = timedelta(seconds=30)
"""After a message that it took, a provider gets the next weight, if it has had the last one so long."""
SLOW_SECONDS = 10
"""A call that takes longer counts as a failure for each of its seconds, whatever the answer."""

log = structlog.get_logger()


def known_providers(channel: Channel, names: Sequence[str]) -> dict[str, Provider]:
    """Their rows by name; made when a provider is met for the first time."""
    rows = _rows(channel, names)
    if missing := [name for name in names if name not in rows]:
        Provider.objects.bulk_create(
            [Provider(channel=channel, name=name) for name in missing], ignore_conflicts=True
        )
        rows = _rows(channel, names)
    return rows


def note_failure(provider: Provider, error: DeliveryError, *, seconds: float) -> None:
    """It took so many seconds to say no; the error says whose fault that is."""
    if _is_simulator(provider):
        return
    if isinstance(error, TransportDown):
        _change(provider, partial(_lose, answer=str(error)))
    elif isinstance(error, TransportBusy):
        _change(provider, partial(_rest, error=error))
    else:
        not_its_fault = isinstance(error, RecipientUnavailable | PermanentDeliveryError)
        _count(provider, cost=max(int(not not_its_fault), _slowness(seconds)), answer=str(error))


def note_answer(provider: Provider, *, seconds: float) -> None:
    """It took a message, in so many seconds."""
    if _is_simulator(provider):
        return
    slowness = _slowness(seconds)
    _count(provider, cost=slowness, answer=f"It took {seconds:.0f} seconds to take a message.")
    if not slowness and _may_gain(provider, timezone.now()):
        _change(provider, _gain)


def reserve(provider: Provider, *, count: int, rate: Decimal, latest: datetime) -> datetime | None:
    """From when on so many messages may follow each other at the provider's rate; None when that is too late."""
    start: datetime | None = None

    def take(row: Provider, at: datetime) -> None:
        nonlocal start
        free = max(row.free_at or at, at)
        if free <= latest:
            start, row.free_at = free, free + timedelta(seconds=float(count / rate))

    _change(provider, take)
    return start


def _is_simulator(provider: Provider) -> bool:
    """It has no health, and no row: whatever happens to one of its messages says nothing of the next."""
    return provider.pk is None


def _rows(channel: Channel, names: Sequence[str]) -> dict[str, Provider]:
    return {row.name: row for row in Provider.objects.filter(channel=channel, name__in=names)}


def _change(provider: Provider, change: Callable[[Provider, datetime], None]) -> None:
    """On the row as it is now, which another worker may have changed; ours is brought up to date."""
    with transaction.atomic():
        row = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        before = row.weight
        change(row, timezone.now())
        row.save()
    if row.weight != before:
        log.info("provider_weight_changed", provider=row.name, before=before, after=row.weight)
    provider.__dict__.update(row.__dict__)


def _slowness(seconds: float) -> int:
    return int(seconds) if seconds > SLOW_SECONDS else 0


def _count(provider: Provider, *, cost: int, answer: str) -> None:
    if cost:
        _change(provider, partial(_fail, cost=cost, answer=answer))


def _fail(row: Provider, at: datetime, *, cost: int, answer: str) -> None:
    if row.failures_since is None or row.failures_since < at - WINDOW:
        row.failures, row.failures_since = 0, at
    row.failures += cost
    if row.failures >= max(1, FAILURES * row.weight // FULL_WEIGHT):
        _lose(row, at, answer=answer)


def _rest(row: Provider, at: datetime, *, error: TransportBusy) -> None:
    """It asks for a pause, which costs it no weight."""
    until = at + (PAUSE if error.seconds is None else timedelta(seconds=error.seconds))
    row.paused_until = max(until, row.paused_until or until)
    row.trouble, row.trouble_at = str(error), at


def _lose(row: Provider, at: datetime, *, answer: str) -> None:
    """No weight is left, and after a pause one message tries again."""
    row.weight, row.weight_changed_at = 0, at
    row.failures, row.failures_since = 0, None
    row.paused_until = max(at + PAUSE, row.paused_until or at)
    row.trouble, row.trouble_at = answer, at


def _may_gain(row: Provider, at: datetime) -> bool:
    """Not while it pauses: what it takes then was under way before."""
    if row.weight >= FULL_WEIGHT or (row.paused_until and row.paused_until > at):
        return False
    return row.weight == 0 or row.weight_changed_at is None or row.weight_changed_at <= at - STEP_TIME


def _gain(row: Provider, at: datetime) -> None:
    if _may_gain(row, at):
        row.weight = next(step for step in STEPS if step > row.weight)
        row.weight_changed_at = at
