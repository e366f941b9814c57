"""Names of this app's jobs, and how they are queued."""

from procrastinate.contrib.django.models import ProcrastinateJob

from registry.queue import defer

DELIVER_DUE = "notifications.deliver_due"
DELIVER_BY_THE_CLOCK = "notifications.deliver_by_the_clock"


def defer_delivery() -> None:
    """Send what is due now. In the caller's transaction."""
    defer(DELIVER_DUE)


def is_delivery_queued() -> bool:
    """Whether a job waits that will send what is due by now and committed."""
    return ProcrastinateJob.objects.filter(task_name=DELIVER_DUE, status="todo").exists()
