"""Names of this app's jobs, and how they are queued."""

from collections.abc import Iterable

from procrastinate.contrib.django.models import ProcrastinateJob

from registry.queue import defer_many

RETRY_STALLED_JOBS = "journal.retry_stalled_jobs"
DISPATCH_EVENTS = "journal.dispatch_events"
DELIVER_EVENTS = "journal.deliver_events"
AFTER_LETTERS = -10
"""Publishing and notifying go first when there are fewer workers than work."""


def defer_delivery_of_events(subscription_ids: Iterable[int]) -> None:
    """Send each subscriber what is due. In the caller's transaction."""
    jobs = [{"subscription_id": pk} for pk in subscription_ids]
    defer_many(DELIVER_EVENTS, jobs, priority=AFTER_LETTERS)


def subscriptions_in_work() -> set[int]:
    """Those for which a job waits or runs."""
    jobs = ProcrastinateJob.objects.filter(task_name=DELIVER_EVENTS, status__in=["todo", "doing"])
    return set(jobs.values_list("args__subscription_id", flat=True))
