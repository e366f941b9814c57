"""Delivery: due notifications become deliveries, due deliveries are sent, finished ones are reported."""

import time

from notifications.enums import Channel
from notifications.jobs import defer_delivery, is_delivery_queued
from notifications.services.delivery.claims import take_back_dead_claims
from notifications.services.delivery.prepare import prepare_due
from notifications.services.delivery.send import expire_overdue, send_due
from notifications.services.reports.expire import expire_unreported

RUN_SECONDS = 20
"""A job's turn: then it lets others have the worker's thread, and a worker that is told to stop need not wait."""


def deliver_due(*, job_id: int) -> None:
    """Everything that is due now. Any number of jobs may run side by side; each message is one job's at a time."""
    deadline = time.monotonic() + RUN_SECONDS
    take_back_dead_claims(job_id=job_id)
    expire_overdue()
    expire_unreported()
    while prepare_due() and time.monotonic() < deadline:
        pass
    channels = list(Channel)
    while channels:
        channels = [
            channel for channel in channels if send_due(channel=channel, job_id=job_id, deadline=deadline)
        ]
    if time.monotonic() > deadline and not is_delivery_queued():
        defer_delivery()
