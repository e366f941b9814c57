import uuid

from correspondence.jobs import (
    CREATE_DIALOGS,
    FAIL_FOR_ATTACHMENT,
    PUBLISH_MESSAGE,
    PUBLISH_OVERDUE,
    RECORD_FORWARDED,
    RELEASE_WAITING,
    REMOVE_DIALOG,
)
from correspondence.services.dialog_copies import create_dialogs, remove_dialog
from correspondence.services.forwarded import record_forwarded
from correspondence.services.publish import publish_message, publish_overdue
from correspondence.services.waiting import fail_for_attachment, release_waiting
from registry.queue import job


@job(PUBLISH_MESSAGE)
def publish(*, message_id: str, **_: object) -> None:
    publish_message(message_id=uuid.UUID(message_id))


@job(PUBLISH_OVERDUE, every="* * * * * */30")
def publish_what_is_overdue(**_: object) -> None:
    publish_overdue()


@job(RELEASE_WAITING)
def release_letters(*, attachment_id: str, **_: object) -> None:
    release_waiting(attachment_id=uuid.UUID(attachment_id))


@job(FAIL_FOR_ATTACHMENT)
def fail_letters_for_attachment(*, attachment_id: str, **_: object) -> None:
    fail_for_attachment(attachment_id=uuid.UUID(attachment_id))


@job(CREATE_DIALOGS)
def show_in_dialog_service(*, message_id: str, **_: object) -> None:
    create_dialogs(message_id=uuid.UUID(message_id))


@job(REMOVE_DIALOG)
def take_out_of_dialog_service(*, correspondence_id: str, **_: object) -> None:
    remove_dialog(correspondence_id=uuid.UUID(correspondence_id))


@job(RECORD_FORWARDED)
def record_forwarded_mail(*, forwarding_id: str, delivered: bool, **_: object) -> None:
    record_forwarded(forwarding_id=uuid.UUID(forwarding_id), delivered=delivered)
