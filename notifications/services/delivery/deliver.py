"""Delivery: due notifications become deliveries, due deliveries are sent, finished ones are reported."""

from notifications.enums import Channel
from notifications.services.delivery.claims import take_back_dead_claims
from notifications.services.delivery.prepare import prepare_due
from notifications.services.delivery.send import expire_overdue, send_due


def deliver_due(*, job_id: int) -> None:
    """Everything that is due now. Any number of jobs may run side by side; each message is one job's at a time."""
    take_back_dead_claims(job_id=job_id)
    expire_overdue()
    while prepare_due():
        pass
    for channel in Channel:
        while send_due(channel=channel, job_id=job_id):
            pass
