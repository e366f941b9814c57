"""Everything that runs by the clock, and when: each job's name, its times (UTC) and what it does, for operators.

A job that stands here is run by the clock wherever it is registered (`registry.queue.job`); no other is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Times:
    """When a job runs: for the queue, and in words."""

    cron: str
    words: str
    apart: timedelta

    def next_after(self, at: datetime) -> datetime:
        """All times are whole multiples of their distance, counted from the beginning of 1970."""
        return EPOCH + ((at - EPOCH) // self.apart + 1) * self.apart


@dataclass(frozen=True)
class Periodic:
    name: str
    times: Times
    what: str


def every_seconds(seconds: int) -> Times:
    return Times(f"* * * * * */{seconds}", f"every {seconds} seconds", timedelta(seconds=seconds))


def every_minute() -> Times:
    return Times("* * * * *", "every minute", timedelta(minutes=1))


def every_hour() -> Times:
    return Times("0 * * * *", "every hour, on the hour", timedelta(hours=1))


PERIODIC = [
    Periodic(
        "journal.dispatch_events",
        every_seconds(2),
        "Sends events that are due to their subscribers.",
    ),
    Periodic(
        "journal.retry_stalled_jobs",
        every_seconds(10),
        "Takes up the jobs of workers that have died.",
    ),
    Periodic(
        "correspondence.publish_overdue",
        every_seconds(30),
        "Publishes letters whose time has come and whose own job did not.",
    ),
    Periodic(
        "correspondence.tell_of_due_dates",
        every_seconds(30),
        "Tells the subscribers of letters that were not read or not confirmed by their due date.",
    ),
    Periodic(
        "notifications.deliver_by_the_clock",
        every_seconds(15),
        "Sends e-mails and SMS that are due: reminders, new tries, and what waited for its time of day.",
    ),
    Periodic(
        "notifications.work_with_platform",
        every_seconds(15),
        "Places orders with the national notification platform and asks what became of them, where one is set.",
    ),
    Periodic(
        "correspondence.make_reports",
        every_hour(),
        "Makes the day's report in the first hour after midnight (UTC), or in the first in which it can.",
    ),
    Periodic("attachments.expire", every_minute(), "Deletes files whose time has run out."),
    Periodic(
        "attachments.sweep",
        every_minute(),
        "Clears up after uploads and requests whose process has died.",
    ),
]
TIMES = {job.name: job.times for job in PERIODIC}
