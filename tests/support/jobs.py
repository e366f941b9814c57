"""Queued jobs run here and now, in the test's own transaction."""

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from attachments.jobs import REMOVE_BYTES, SCAN
from attachments.tasks import remove_bytes_of_attachment, scan_attachment
from correspondence.jobs import FAIL_FOR_ATTACHMENT, PUBLISH_MESSAGE, RECORD_FORWARDED, RELEASE_WAITING
from correspondence.tasks import (
    fail_letters_for_attachment,
    publish,
    record_forwarded_mail,
    release_letters,
)
from notifications.jobs import REPORT_SIMULATED, WORK_ON_REPORT
from notifications.tasks import post_simulated_report, read_and_apply_report

TASKS = {
    SCAN: scan_attachment,
    REMOVE_BYTES: remove_bytes_of_attachment,
    PUBLISH_MESSAGE: publish,
    RELEASE_WAITING: release_letters,
    FAIL_FOR_ATTACHMENT: fail_letters_for_attachment,
    RECORD_FORWARDED: record_forwarded_mail,
    REPORT_SIMULATED: post_simulated_report,
    WORK_ON_REPORT: read_and_apply_report,
}


def run_due_jobs() -> list[str]:
    """Run what is due of the tasks above, and what that queues; the names in the order in which they ran."""
    ran = []
    while job := _next():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        TASKS[job.task_name](job_id=job.pk, **job.args)
        ran.append(job.task_name)
    return ran


def _next() -> ProcrastinateJob | None:
    due = Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=timezone.now())
    return ProcrastinateJob.objects.filter(due, task_name__in=TASKS, status="todo").order_by("pk").first()
