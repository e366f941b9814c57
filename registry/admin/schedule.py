"""What runs by the clock: when it last did, what became of it, when it does again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinatePeriodicDefer

from registry.schedule import PERIODIC, Periodic

GRACE = timedelta(minutes=1)
WORDS = {"doing": ("running", "info"), "succeeded": ("done", "good"), "failed": ("failed", "bad")}


@dataclass(frozen=True, kw_only=True)
class Row:
    job: Periodic
    last: datetime | None
    result: str
    tone: str
    url: str
    """Of the job's page, while there is one: what succeeded is deleted."""
    next: datetime
    is_late: bool


def schedule_page(request: HttpRequest, site: dict[str, Any]) -> HttpResponse:
    context = {**site, "title": "What runs by the clock", "rows": schedule_rows(timezone.now())}
    return TemplateResponse(request, "admin/procrastinate/procrastinatejob/schedule.html", context)


def schedule_rows(now: datetime) -> list[Row]:
    latest = ProcrastinatePeriodicDefer.objects.select_related("job").order_by("defer_timestamp")
    runs = {run.task_name: run for run in latest}
    return [_row(job, runs.get(job.name), now) for job in PERIODIC]


def _row(job: Periodic, run: ProcrastinatePeriodicDefer | None, now: datetime) -> Row:
    last = datetime.fromtimestamp(run.defer_timestamp, tz=UTC) if run and run.defer_timestamp else None
    result, tone = _result(run.job) if run else ("never run", "neutral")
    return Row(
        job=job,
        last=last,
        result=result,
        tone=tone,
        url=reverse("admin:procrastinate_procrastinatejob_change", args=[run.job.pk])
        if run and run.job
        else "",
        next=job.times.next_after(now),
        is_late=last is not None and job.times.next_after(last) + GRACE < now,
    )


def _result(job: ProcrastinateJob | None) -> tuple[str, str]:
    """In words, with its tone. A job that has succeeded is deleted by the worker that ran it."""
    if job is None:
        return WORDS["succeeded"]
    if job.status == "todo":
        return ("failed, is tried again", "warn") if job.attempts else ("waits for a worker", "info")
    return WORDS.get(job.status, (job.status, "neutral"))
