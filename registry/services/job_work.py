"""What operators do with a job: run it again, or cancel it. Each leaves an audit entry."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import UniqueViolation

from registry.models import User
from registry.services.audit import record_audit

STATES = {
    "todo": "is waiting",
    "doing": "is running",
    "failed": "has failed",
    "succeeded": "has succeeded",
    "cancelled": "was cancelled",
    "aborted": "was broken off",
}


class JobUntouched(Exception):
    """The job stays as it is; the message says why, to be read behind a colon."""


def run_again(*, job_id: int, operator: User, reason: str) -> None:
    """Queue a failed job again. Raises JobUntouched."""
    try:
        with transaction.atomic():
            job = _held(job_id, must_be="failed", otherwise="only a failed job runs again")
            app.job_manager.retry_job_by_id(job.pk, timezone.now(), job.priority, job.queue_name, job.lock)
            _record("job.retry", job, operator, reason, status="todo")
    except UniqueViolation as error:
        raise JobUntouched("another of its kind waits already") from error


def cancel(*, job_id: int, operator: User, reason: str) -> None:
    """A waiting job is not begun any more. Its work may be done by another all the same. Raises JobUntouched."""
    with transaction.atomic():
        job = _held(job_id, must_be="todo", otherwise="only a waiting job can be cancelled")
        app.job_manager.cancel_job_by_id(job.pk)
        _record("job.cancel", job, operator, reason, status="cancelled")


def _held(job_id: int, *, must_be: str, otherwise: str) -> ProcrastinateJob:
    job: ProcrastinateJob | None = ProcrastinateJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise JobUntouched("it has ended meanwhile")
    if job.status != must_be:
        raise JobUntouched(f"{otherwise}, and it {STATES[job.status]}")
    return job


def _record(action: str, job: ProcrastinateJob, operator: User, reason: str, *, status: str) -> None:
    record_audit(
        operator=operator,
        action=action,
        object_type="procrastinate.procrastinatejob",
        object_id=str(job.pk),
        reason=reason.strip(),
        before={"status": job.status, "task": job.task_name},
        after={"status": status},
    )
