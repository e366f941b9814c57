"""What an operator may do with the jobs marked in the list: each action asks why, then says what became of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from procrastinate.contrib.django.models import ProcrastinateJob

from registry.admin.base import list_of
from registry.admin.forms import ReasonForm
from registry.models import User
from registry.queue import what_brings_back
from registry.services.job_work import JobUntouched, cancel, run_again

MOST_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class JobAction:
    name: str
    title: str
    submit: str
    lead: str
    done: str
    work: Callable[..., None]
    warns: bool = False
    """Whether to say what brings the work of these jobs back."""


RUN_AGAIN = JobAction(
    name="retry",
    title="Run jobs again",
    submit="Run again",
    lead="Those among these jobs that have failed are queued again, at once.",
    done="Queued again",
    work=run_again,
)
CANCEL = JobAction(
    name="cancel",
    title="Cancel jobs",
    submit="Cancel these jobs",
    lead="Those among these jobs that still wait are not begun any more.",
    done="Cancelled",
    work=cancel,
    warns=True,
)


def ask_and_do(
    request: HttpRequest, chosen: QuerySet[ProcrastinateJob], action: JobAction, site: dict[str, Any]
) -> HttpResponse | None:
    """The page that asks why; None, which leads back to the list, when it is answered and done."""
    jobs = list(chosen.order_by("pk")[:MOST_AT_ONCE])
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if form.is_valid():
        _do(request, jobs, action, form.cleaned_data["reason"])
        return None
    context = {
        **site,
        "title": action.title,
        "action": action,
        "jobs": [(job, _letters_of(job)) for job in jobs],
        "notes": _notes(jobs) if action.warns else [],
        "form": form,
    }
    return TemplateResponse(request, "admin/procrastinate/procrastinatejob/action.html", context)


def _do(request: HttpRequest, jobs: Iterable[ProcrastinateJob], action: JobAction, reason: str) -> None:
    done, left = [], []
    for job in jobs:
        try:
            action.work(job_id=job.pk, operator=cast(User, request.user), reason=reason)
        except JobUntouched as untouched:
            left.append(f"Job {job.pk} was left as it is: {untouched}.")
        else:
            done.append(job)
    if done:
        numbers = ", ".join(str(job.pk) for job in done)
        messages.success(request, f"{action.done}: {'job' if len(done) == 1 else 'jobs'} {numbers}.")
    for note in left + (_notes(done) if action.warns else []):
        messages.warning(request, note)


def _notes(jobs: Iterable[ProcrastinateJob]) -> list[str]:
    """By kind of job, why its work is done all the same."""
    names = dict.fromkeys(job.task_name for job in jobs)
    return [f"{name}: {why}" for name in names if (why := what_brings_back(name))]


def _letters_of(job: ProcrastinateJob) -> str:
    """Where the letters are that a job is about, when it names them."""
    if message := job.args.get("message_id"):
        return list_of("correspondence.Correspondence", message__id__exact=message)
    if letter := job.args.get("correspondence_id"):
        return list_of("correspondence.Correspondence", q=letter)
    return ""
