"""A dialog service that the settings name."""

import pytest

from tests.support.dialog_service import dialog_service_stand_in
from tests.support.letters import letter

TOKEN = "not-for-any-log"


@pytest.fixture
def dialogs(settings, monkeypatch):
    monkeypatch.setenv("DIALOG_SERVICE_TOKEN", TOKEN)
    with dialog_service_stand_in() as stand_in:
        settings.DIALOG_SERVICE_URL = stand_in.url
        yield stand_in


def reference(value, kind="DialogportenDialogId"):
    return {"referenceType": kind, "referenceValue": str(value)}


def transmission_of(dialog_id, *more, **correspondence):
    return letter(
        correspondence={"externalReferences": [reference(dialog_id), *more], **correspondence},
    )
