"""Names of this app's jobs, and how they are queued."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings

from registry.queue import defer, defer_many

PUBLISH_MESSAGE = "correspondence.publish_message"
PUBLISH_OVERDUE = "correspondence.publish_overdue"
CREATE_DIALOGS = "correspondence.create_dialogs"
REMOVE_DIALOG = "correspondence.remove_dialog"
TELL_ACTIVITIES = "correspondence.tell_activities"
MAKE_REPORTS = "correspondence.make_reports"
TELL_OF_DUE_DATES = "correspondence.tell_of_due_dates"
REMIND_OF_CONFIDENTIAL = "correspondence.remind_of_confidential"
SETTLE_REMINDER_DIALOG = "correspondence.settle_reminder_dialog"
RECORD_FORWARDED = "correspondence.record_forwarded"
RECORD_OUTCOMES = "correspondence.record_outcomes"
"""Queued by `notifications`, by these names."""
RELEASE_WAITING = "correspondence.release_waiting"
FAIL_FOR_ATTACHMENT = "correspondence.fail_for_attachment"
"""Queued by `attachments`, by these names."""


def defer_publishing(*, message_id: uuid.UUID, at: datetime) -> None:
    """Publish the message's letters at that time, or at once when it is past. In the caller's transaction."""
    defer(PUBLISH_MESSAGE, at=at, message_id=str(message_id))


def defer_dialogs(*, message_id: uuid.UUID) -> None:
    """Show the message's published letters in the dialog service, when there is one."""
    if settings.DIALOG_SERVICE_URL:
        defer(CREATE_DIALOGS, message_id=str(message_id))


def defer_dialog_removal(*, correspondence_id: uuid.UUID) -> None:
    """Take the letter's own dialog out of the dialog service, when there is one."""
    if settings.DIALOG_SERVICE_URL:
        defer(REMOVE_DIALOG, correspondence_id=str(correspondence_id))


def defer_activities(correspondence_ids: Iterable[uuid.UUID]) -> None:
    """Tell the dialogs of these letters what has happened."""
    defer(TELL_ACTIVITIES, correspondence_ids=sorted({str(letter_id) for letter_id in correspondence_ids}))


def defer_confidential_reminders(*, message_id: uuid.UUID, at: datetime) -> None:
    """Then look which of the message's confidential letters nobody has read."""
    defer(REMIND_OF_CONFIDENTIAL, at=at, message_id=str(message_id))


def defer_reminder_dialogs(dialog_ids: Sequence[uuid.UUID]) -> None:
    """Make these dialogs, or take them away, as the reminders have it by then."""
    defer_many(SETTLE_REMINDER_DIALOG, [{"dialog_id": str(dialog_id)} for dialog_id in dialog_ids])
