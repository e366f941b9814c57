"""A dialog service that the settings name, and its queued jobs done in this process."""

import uuid

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.jobs import CREATE_DIALOGS, REMOVE_DIALOG
from correspondence.services.dialog_copies import create_dialogs, remove_dialog
from tests.support.dialog_service import dialog_service_stand_in
from tests.support.letters import letter

TOKEN = "not-for-any-log"
WORK = {CREATE_DIALOGS: create_dialogs, REMOVE_DIALOG: remove_dialog}


@pytest.fixture
def dialogs(settings, monkeypatch):
    monkeypatch.setenv("DIALOG_SERVICE_TOKEN", TOKEN)
    with dialog_service_stand_in() as stand_in:
        settings.DIALOG_SERVICE_URL = stand_in.url
        yield stand_in


def dialog_jobs():
    return list(ProcrastinateJob.objects.filter(task_name__in=WORK).order_by("pk"))


def run_dialog_jobs():
    """Each once, as often as it is queued."""
    for job in dialog_jobs():
        WORK[job.task_name](**{name: uuid.UUID(value) for name, value in job.args.items()})


def reference(value, kind="DialogportenDialogId"):
    return {"referenceType": kind, "referenceValue": str(value)}


def transmission_of(dialog_id, *more, **correspondence):
    return letter(
        correspondence={"externalReferences": [reference(dialog_id), *more], **correspondence},
    )
