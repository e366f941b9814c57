"""Queueing by name, in the caller's transaction, and the tasks behind the names (design.md point 2)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connections
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from registry.schedule import TIMES

OUTAGE = RetryStrategy(max_attempts=20, exponential_wait=2)
"""For jobs that fail when a neighbour is down: again after 2, 4, 8 … seconds."""

LONGEST_WAIT = 30


class WhileDown(BaseRetryStrategy):
    """For jobs that wait for a neighbour however long it is away: again after 2, 4, 8, 16, then every 30 seconds."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        del exception  # whatever it was, it may pass
        seconds = min(2 ** min(job.attempts + 1, LONGEST_WAIT.bit_length()), LONGEST_WAIT)
        return RetryDecision(retry_in={"seconds": seconds})


Work = Callable[..., None]
BY_THE_CLOCK = "It runs by the clock: the next one comes by itself."
_COMES_BACK: dict[str, str] = {}


def defer(
    name: str, *, at: datetime | None = None, priority: int = 0, lock: str | None = None, **arguments: Any
) -> None:
    """Queue one job; `at` is the earliest moment it runs. Rolled back with the caller's transaction."""
    app.configure_task(name, allow_unknown=False, schedule_at=at, priority=priority, lock=lock).defer(
        **arguments
    )


def defer_many(
    name: str, jobs: list[dict[str, Any]], *, at: datetime | None = None, priority: int = 0
) -> None:
    """Queue any number of jobs in one statement."""
    if jobs:
        queued = app.configure_task(name, allow_unknown=False, schedule_at=at, priority=priority)
        queued.batch_defer(*jobs)


def job(
    name: str, *, retry: BaseRetryStrategy | None = None, comes_back: str = "", only_one: bool = False
) -> Callable[[Work], Work]:
    """Registers a task that may run twice. It is called with `job_id` and the job's arguments.

    It runs by the clock when `registry.schedule` says so. `comes_back`: for operators who would cancel such a job, why
    its work is done all the same, and what stops it. `only_one`: none is queued while another waits, also for its next
    try. Jobs run in threads, so each gives its database connection back to the pool when it ends.
    """

    def register(work: Work) -> Work:
        def run(context: JobContext, /, **arguments: Any) -> None:
            arguments.pop("timestamp", None)
            try:
                work(job_id=context.job.id, **arguments)
            finally:
                connections.close_all()

        _COMES_BACK[name] = comes_back
        lock = name if only_one else None
        task: Any = app.task(name=name, pass_context=True, retry=retry or OUTAGE, queueing_lock=lock)(run)
        if name in TIMES:
            run_by_the_clock(task)
        return work

    return register


def run_by_the_clock(task: Any) -> None:
    """At the times that `registry.schedule` has for the task's name."""
    app.periodic(cron=TIMES[task.name].cron, periodic_id=task.name)(task)


def what_brings_back(name: str) -> str:
    """Why the work of a cancelled job of this kind is done all the same; empty when it is not."""
    return _COMES_BACK.get(name) or (BY_THE_CLOCK if name in TIMES else "")
