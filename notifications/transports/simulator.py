"""Stands before the real providers and takes what is addressed to the simulator. In production it refuses that."""

import time

from django.conf import settings

from notifications.enums import AttemptOutcome, DeliveryState
from notifications.models import Attempt
from notifications.report_providers import SIMULATOR
from notifications.simulation import SLOW_SECONDS, Simulation, simulation_of
from notifications.transports.base import (
    OutgoingMessage,
    PermanentDeliveryError,
    TemporaryDeliveryError,
    Transport,
)


class SimulatingTransport:
    """Whatever it simulates, no real provider is asked, and none counts as down."""

    def __init__(self, provider: Transport) -> None:
        self.provider = provider
        self.name = provider.name

    def send(self, message: OutgoingMessage) -> str:
        simulation = simulation_of(message.recipient)
        if simulation:
            self.name = SIMULATOR
            return simulate(simulation, message)
        try:
            return self.provider.send(message)
        finally:
            self.name = self.provider.name


def simulate(simulation: Simulation, message: OutgoingMessage) -> str:
    """The provider's answer. Raises PermanentDeliveryError, TemporaryDeliveryError."""
    if settings.IS_PRODUCTION:
        raise PermanentDeliveryError("Outcomes are simulated in demo and test only.", _invalid(message))
    if simulation.refused:
        raise PermanentDeliveryError("The simulator refuses this address.", simulation.refused)
    earlier = Attempt.objects.filter(delivery=message.delivery_id, outcome=AttemptOutcome.TEMPORARY)
    if earlier.count() < simulation.failures:
        raise TemporaryDeliveryError("The simulator takes nothing for this address now.")
    if simulation.is_slow:
        time.sleep(SLOW_SECONDS)
    return "accepted by the simulator"


def _invalid(message: OutgoingMessage) -> DeliveryState:
    is_email = "@" in message.recipient
    return (
        DeliveryState.EMAIL_FAILED_INVALID_FORMAT if is_email else DeliveryState.SMS_FAILED_INVALID_RECIPIENT
    )
