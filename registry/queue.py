"""Queueing by name, in the caller's transaction (design.md point 2)."""

from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app


def defer(
    name: str, *, at: datetime | None = None, priority: int = 0, lock: str | None = None, **arguments: Any
) -> None:
    """Queue one job; `at` is the earliest moment it runs. Rolled back with the caller's transaction."""
    app.configure_task(name, allow_unknown=False, schedule_at=at, priority=priority, lock=lock).defer(
        **arguments
    )


def defer_many(name: str, jobs: list[dict[str, Any]], *, at: datetime | None = None) -> None:
    """Queue any number of jobs in one statement."""
    if jobs:
        app.configure_task(name, allow_unknown=False, schedule_at=at).batch_defer(*jobs)
