"""Takes what is addressed to the simulator, and no real provider is asked. In production it refuses."""

import time

from django.conf import settings

from notifications.enums import AttemptOutcome, DeliveryState
from notifications.models import Attempt
from notifications.report_providers import SIMULATOR
from notifications.simulation import SLOW_SECONDS, simulation_of
from notifications.transports.base import (
    OutgoingMessage,
    PermanentDeliveryError,
    Receipt,
    TemporaryDeliveryError,
)


class SimulatorTransport:
    """It is never down, whatever it simulates."""

    name = SIMULATOR

    def send(self, message: OutgoingMessage) -> Receipt:
        simulation = simulation_of(message.recipient)
        if settings.IS_PRODUCTION or simulation is None:
            raise PermanentDeliveryError("Outcomes are simulated in demo and test only.", _invalid(message))
        if simulation.refused:
            raise PermanentDeliveryError("The simulator refuses this address.", simulation.refused)
        earlier = Attempt.objects.filter(delivery=message.delivery_id, outcome=AttemptOutcome.TEMPORARY)
        if earlier.count() < simulation.failures:
            raise TemporaryDeliveryError("The simulator takes nothing for this address now.")
        if simulation.is_slow:
            time.sleep(SLOW_SECONDS)
        return Receipt(answer="accepted by the simulator")

    def close(self) -> None:
        """Nothing is held open."""


def _invalid(message: OutgoingMessage) -> DeliveryState:
    is_email = "@" in message.recipient
    return (
        DeliveryState.EMAIL_FAILED_INVALID_FORMAT if is_email else DeliveryState.SMS_FAILED_INVALID_RECIPIENT
    )
