"""Which provider takes the next message, and when it may have it."""

import math
import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.enums import Channel
from notifications.models import Provider
from notifications.models.provider import FULL_WEIGHT
from notifications.report_providers import SIMULATOR
from notifications.services.delivery.health import known_providers, reserve
from notifications.simulation import simulation_of
from notifications.transports.base import Transport
from notifications.transports.registry import Outlet, outlets
from notifications.transports.simulator import SimulatorTransport

RETRY_WITHOUT_PROVIDER = timedelta(minutes=1)
KEPT = timedelta(seconds=1)
"""A reserved moment that passed longer ago, while a provider was slow, is not made up for."""


class OpenOutlet:
    """A provider with its connection, its health as last read, and the moments that were reserved for us."""

    def __init__(self, outlet: Outlet, health: Provider) -> None:
        self.transport: Transport = outlet.transport
        self.rate, self.health = outlet.rate, health
        self.slots: list[datetime] = []

    @property
    def name(self) -> str:
        return self.transport.name

    def is_ready(self, at: datetime) -> bool:
        return self.health.paused_until is None or self.health.paused_until <= at

    def takes_its_share(self) -> bool:
        """By its weight. Without any, after its pause, it is tried with the message that comes first."""
        weight = self.health.weight
        return weight in {0, FULL_WEIGHT} or random.random() * FULL_WEIGHT < weight  # noqa: S311 - no secret

    def seconds_to_wait(self, *, waiting: int, patience: float) -> float | None:
        """Until its rate allows the next message; None when that takes longer than our patience.

        Moments are reserved for about a second at a time, so that the limit holds over all workers without a query
        for each message.
        """
        if self.rate is None:
            return 0
        now = timezone.now()
        self.slots = [slot for slot in self.slots if slot > now - KEPT]
        if not self.slots:
            count = min(waiting, max(1, math.ceil(self.rate)))
            latest = now + timedelta(seconds=max(patience, 0))
            start = reserve(self.health, count=count, rate=self.rate, latest=latest)
            if start is None:
                return None
            self.slots = [start + timedelta(seconds=float(place / self.rate)) for place in range(count)]
        return max((self.slots.pop(0) - now).total_seconds(), 0)


class Outlets:
    """The providers of a channel, in order of preference. Close it when the messages are through."""

    def __init__(self, channel: Channel) -> None:
        configured = outlets(channel)
        rows = known_providers(channel, [outlet.name for outlet in configured])
        self.all = [OpenOutlet(outlet, rows[outlet.name]) for outlet in configured]
        self.simulator = OpenOutlet(Outlet(SimulatorTransport()), Provider(channel=channel, name=SIMULATOR))

    @property
    def names(self) -> list[str]:
        return [outlet.name for outlet in self.all]

    def choose(
        self, address: str, *, other_than: str = "", unable: Collection[str] = ()
    ) -> OpenOutlet | None:
        """The first that is ready and whose share it is; one that is able and of another name if there is any."""
        if simulation_of(address):
            return self.simulator
        now = timezone.now()
        ready = [outlet for outlet in self.all if outlet.is_ready(now)]
        for passed_over in (unable, {other_than}):
            ready = [outlet for outlet in ready if outlet.name not in passed_over] or ready
        for outlet in ready:
            if outlet.takes_its_share():
                return outlet
        return max(ready, key=lambda outlet: outlet.health.weight, default=None)

    def ready_again_at(self) -> datetime:
        """When the first of them ends its pause; soon when there is none at all, so that a new setting is seen."""
        now = timezone.now()
        pauses = [outlet.health.paused_until or now for outlet in self.all]
        return min(pauses, default=now + RETRY_WITHOUT_PROVIDER)

    def close(self) -> None:
        for outlet in self.all:
            outlet.transport.close()
