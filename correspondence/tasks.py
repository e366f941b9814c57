import uuid

from correspondence.jobs import (
    CREATE_DIALOGS,
    FAIL_FOR_ATTACHMENT,
    MAKE_REPORTS,
    PUBLISH_MESSAGE,
    PUBLISH_OVERDUE,
    RECORD_FORWARDED,
    RECORD_OUTCOMES,
    RELEASE_WAITING,
    REMIND_OF_CONFIDENTIAL,
    REMOVE_DIALOG,
    SETTLE_REMINDER_DIALOG,
    TELL_ACTIVITIES,
    TELL_OF_DUE_DATES,
)
from correspondence.services.activities import record_outcomes
from correspondence.services.confidential_reminders import remind_of_confidential
from correspondence.services.dialog_activities import tell_activities
from correspondence.services.dialog_copies import create_dialogs, remove_dialog
from correspondence.services.due_date import tell_of_due_dates
from correspondence.services.forwarded import record_forwarded
from correspondence.services.publish import publish_message, publish_overdue
from correspondence.services.reminder_dialogs import settle_reminder_dialog
from correspondence.services.reports.make import make_todays
from correspondence.services.waiting import fail_for_attachment, release_waiting
from registry.queue import job

WITHDRAWING = (
    "To stop a letter, its sender withdraws it before then: "
    "DELETE /correspondence/api/v1/correspondence/{its id}/purge."
)
PUBLISHED_ANYWAY = f"Its letters are published all the same, within a minute of their time. {WITHDRAWING}"
FAILED_ANYWAY = (
    "Letters whose time has come and whose file cannot be used fail all the same, within a minute."
)
SWEPT_UP = f"Letters whose time has come are published all the same, within a minute. {WITHDRAWING}"


@job(PUBLISH_MESSAGE, comes_back=PUBLISHED_ANYWAY)
def publish(*, message_id: str, **_: object) -> None:
    publish_message(message_id=uuid.UUID(message_id))


@job(PUBLISH_OVERDUE, comes_back=SWEPT_UP)
def publish_what_is_overdue(**_: object) -> None:
    publish_overdue()


@job(RELEASE_WAITING, comes_back=SWEPT_UP)
def release_letters(*, attachment_id: str, **_: object) -> None:
    release_waiting(attachment_id=uuid.UUID(attachment_id))


@job(FAIL_FOR_ATTACHMENT, comes_back=FAILED_ANYWAY)
def fail_letters_for_attachment(*, attachment_id: str, **_: object) -> None:
    fail_for_attachment(attachment_id=uuid.UUID(attachment_id))


@job(CREATE_DIALOGS)
def show_in_dialog_service(*, message_id: str, **_: object) -> None:
    create_dialogs(message_id=uuid.UUID(message_id))


@job(REMOVE_DIALOG)
def take_out_of_dialog_service(*, correspondence_id: str, **_: object) -> None:
    remove_dialog(correspondence_id=uuid.UUID(correspondence_id))


@job(TELL_OF_DUE_DATES)
def tell_of_passed_due_dates(**_: object) -> None:
    tell_of_due_dates()


@job(REMIND_OF_CONFIDENTIAL)
def remind_of_unread_confidential(*, message_id: str, **_: object) -> None:
    remind_of_confidential(message_id=uuid.UUID(message_id))


@job(SETTLE_REMINDER_DIALOG)
def settle_dialog_of_reminders(*, dialog_id: str, **_: object) -> None:
    settle_reminder_dialog(dialog_id=uuid.UUID(dialog_id))


@job(RECORD_FORWARDED)
def record_forwarded_mail(*, forwarding_id: str, delivered: bool, **_: object) -> None:
    record_forwarded(forwarding_id=uuid.UUID(forwarding_id), delivered=delivered)


@job(RECORD_OUTCOMES)
def record_outcomes_of_notifications(*, notification_ids: list[str], **_: object) -> None:
    record_outcomes(notification_ids=[uuid.UUID(identity) for identity in notification_ids])


@job(TELL_ACTIVITIES)
def tell_dialogs_what_happened(*, correspondence_ids: list[str], **_: object) -> None:
    tell_activities(correspondence_ids=[uuid.UUID(identity) for identity in correspondence_ids])


@job(MAKE_REPORTS, only_one=True)
def make_todays_reports(**_: object) -> None:
    make_todays()
