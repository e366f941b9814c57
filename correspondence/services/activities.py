"""What happened to letters, kept for their dialogs (notifications.md 6.3). Nothing is kept without a dialog service.

In the transaction of the cause, in two statements however many letters: the rows, and the job that tells them. The
same thing is kept once, whoever reports it how often.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from attachments.models import MessageAttachment
from correspondence.enums import ActivityKind
from correspondence.jobs import defer_activities
from correspondence.models import Correspondence, DialogActivity, Forwarding
from correspondence.services.actors import Actor
from correspondence.services.texts import fill_in_name
from notifications.enums import Outcome
from notifications.services.cancel import Cancelled
from notifications.services.outcomes import outcomes_of
from registry.directory import PartyInfo

K = ActivityKind
MAIN = {Outcome.SENT: K.SENT, Outcome.FAILED: K.FAILED, Outcome.UNCONFIRMED: K.UNCONFIRMED}
REMINDER = {
    Outcome.SENT: K.REMINDER_SENT,
    Outcome.FAILED: K.REMINDER_FAILED,
    Outcome.UNCONFIRMED: K.REMINDER_UNCONFIRMED,
}


def record_transition(
    letter_ids: Sequence[uuid.UUID],
    kind: ActivityKind,
    *,
    actor: Actor,
    cancelled: Sequence[Cancelled],
    at: datetime,
) -> None:
    """Letters that have been opened, confirmed or purged.

    Of what a purge cancels, what was still to come is told; by the job that removes the dialog, since it is the last
    that can.
    """
    rows = [
        DialogActivity(correspondence_id=letter_id, kind=kind, at=at, performer_urn=actor.urn)
        for letter_id in letter_ids
    ]
    if kind == K.PURGED:
        rows += [
            DialogActivity(
                correspondence_id=one.correspondence_id,
                kind=K.ORDER_CANCELLED,
                cause=str(one.notification_id),
                at=at,
            )
            for one in cancelled
            if one.send_at > at
        ]
    _record(rows, told_by_removal=kind == K.PURGED)


def record_downloads(
    letter_id: uuid.UUID, files: Sequence[MessageAttachment], *, party: PartyInfo, at: datetime
) -> None:
    """Once per letter, file and party. Under the letter's lock."""
    if not settings.DIALOG_SERVICE_URL:
        return
    rows = {
        f"{file.attachment_id} {party.urn}": file.attachment.display_name or file.attachment.file_name
        for file in files
    }
    known = DialogActivity.objects.filter(correspondence=letter_id, kind=K.DOWNLOADED, cause__in=list(rows))
    for cause in known.values_list("cause", flat=True):
        del rows[cause]
    _record(
        [
            DialogActivity(
                correspondence_id=letter_id,
                kind=K.DOWNLOADED,
                cause=cause,
                at=at,
                performer_urn=party.urn,
                title=name,
            )
            for cause, name in rows.items()
        ]
    )


def record_forwarding(letter: Correspondence, forwarding: Forwarding) -> None:
    """A mail that has arrived; a purged letter has no dialog to tell."""
    if not letter.is_purged:
        _record(
            [
                DialogActivity(
                    correspondence=letter,
                    kind=K.FORWARDED,
                    cause=str(forwarding.pk),
                    at=forwarding.created_at,
                    performer_urn=forwarding.party_urn,
                    destination=forwarding.address,
                    title=fill_in_name(letter.message.title, letter.name_in_texts) or letter.message.title,
                    text=forwarding.text,
                )
            ]
        )


def record_outcomes(*, notification_ids: Sequence[uuid.UUID]) -> None:
    """How notifications have ended; may run twice."""
    with transaction.atomic():
        _record(
            [
                DialogActivity(
                    correspondence_id=one.correspondence_id,
                    kind=(REMINDER if one.is_reminder else MAIN)[one.outcome],
                    cause=one.cause,
                    at=one.at,
                    channel=one.channel,
                    destination=one.address,
                )
                for one in outcomes_of(notification_ids=notification_ids)
            ]
        )


def _record(rows: Sequence[DialogActivity], *, told_by_removal: bool = False) -> None:
    if not (rows and settings.DIALOG_SERVICE_URL):
        return
    DialogActivity.objects.bulk_create(rows, ignore_conflicts=True)
    if not told_by_removal:
        defer_activities(row.correspondence_id for row in rows)
