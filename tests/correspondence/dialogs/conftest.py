"""A dialog service that the settings name, and its queued jobs done in this process."""

from contextlib import contextmanager

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.jobs import CREATE_DIALOGS, RECORD_OUTCOMES, REMOVE_DIALOG, TELL_ACTIVITIES
from correspondence.tasks import (
    record_outcomes_of_notifications,
    show_in_dialog_service,
    take_out_of_dialog_service,
    tell_dialogs_what_happened,
)
from tests.support.dialog_service import dialog_service_stand_in
from tests.support.letters import letter

TOKEN = "not-for-any-log"
WORK = {
    CREATE_DIALOGS: show_in_dialog_service,
    REMOVE_DIALOG: take_out_of_dialog_service,
    RECORD_OUTCOMES: record_outcomes_of_notifications,
    TELL_ACTIVITIES: tell_dialogs_what_happened,
}


@contextmanager
def named_dialog_service(settings, monkeypatch):
    monkeypatch.setenv("DIALOG_SERVICE_TOKEN", TOKEN)
    with dialog_service_stand_in() as stand_in:
        settings.DIALOG_SERVICE_URL = stand_in.url
        yield stand_in


@pytest.fixture
def dialogs(settings, monkeypatch):
    with named_dialog_service(settings, monkeypatch) as stand_in:
        yield stand_in


def dialog_jobs():
    return list(ProcrastinateJob.objects.filter(task_name__in=WORK).order_by("pk"))


def run_dialog_jobs():
    """Each once, as often as it is queued, and what that queues; the next time all of them again."""
    done = 0
    while job := ProcrastinateJob.objects.filter(task_name__in=WORK, pk__gt=done).order_by("pk").first():
        WORK[job.task_name](**job.args)
        done = job.pk


def reference(value, kind="DialogportenDialogId"):
    return {"referenceType": kind, "referenceValue": str(value)}


def transmission_of(dialog_id, *more, **correspondence):
    return letter(
        correspondence={"externalReferences": [reference(dialog_id), *more], **correspondence},
    )
