"""The simulator's reports take the way of real ones, from the stored body on."""

import json

from notifications.enums import Channel
from notifications.models import Delivery
from notifications.report_providers import SIMULATOR
from notifications.services.reports.receive import receive_report
from notifications.simulation import simulation_of


def report_simulated(*, delivery_id: int) -> None:
    """What the simulator has to say of a message that it has accepted; it may say it twice."""
    delivery = Delivery.objects.get(pk=delivery_id)
    simulation = simulation_of(delivery.address)
    if simulation and simulation.report:
        body = {"reference": delivery.message_id, **simulation.report}
        receive_report(channel=Channel(delivery.channel), provider=SIMULATOR, body=json.dumps(body).encode())
