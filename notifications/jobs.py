"""Names of this app's jobs, and how they are queued."""

import uuid

from procrastinate.contrib.django.models import ProcrastinateJob

from registry.queue import defer

DELIVER_DUE = "notifications.deliver_due"
DELIVER_BY_THE_CLOCK = "notifications.deliver_by_the_clock"
RECORD_FORWARDED = "correspondence.record_forwarded"
"""Of the app above, by name: how a forwarded mail ended (design.md point 17)."""


def defer_delivery() -> None:
    """Send what is due now. In the caller's transaction."""
    defer(DELIVER_DUE)


def is_delivery_queued() -> bool:
    """Whether a job waits that will send what is due by now and committed."""
    return ProcrastinateJob.objects.filter(task_name=DELIVER_DUE, status="todo").exists()


def defer_record_forwarded(*, forwarding_id: uuid.UUID, delivered: bool) -> None:
    defer(RECORD_FORWARDED, forwarding_id=str(forwarding_id), delivered=delivered)
