"""Our letters in the national dialog service: shown there after publishing, taken out when purged (design.md 18).

Jobs do it, each safe to repeat: the ids are ours, so what exists counts as made and what is gone as removed. No
transaction is open while the service is called. A dialog that a letter does not own is only added to.
"""

import uuid

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from attachments.models import MessageAttachment
from attachments.services.uses import attachments_of
from correspondence.models import Correspondence, DialogActivity, Message
from correspondence.services.dialog_activities import DialogsLeft, forget_activities, tell
from correspondence.services.dialog_bodies import dialog_body, transmission_body
from correspondence.transports.dialog_service import (
    DialogRefused,
    DialogService,
    dialog_service,
)
from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups
from registry.neighbours import NeighbourDown, NeighbourFailed

log = structlog.get_logger()


def create_dialogs(*, message_id: uuid.UUID) -> None:
    """Show each published letter of the message as a dialog, or as a transmission of its host's.

    What has happened to them meanwhile is told at once. Letters are tried one by one: one that fails or is refused
    keeps none of the others waiting. Raises DialogsLeft then, and NeighbourDown at once when no call can succeed.
    """
    if not settings.DIALOG_SERVICE_URL:
        return
    message = Message.objects.get(pk=message_id)
    letters = list(Correspondence.objects.lacking_dialog().filter(message=message).order_by("pk"))
    files = list(attachments_of(message_id=message_id))
    with dialog_service() as service:
        settled = [_create(service, letter, message, files) for letter in letters]
        # Looked for now: whoever recorded one before has found no dialog to tell. Also after a run that was killed.
        telling = tell(service, DialogActivity.objects.to_tell().filter(correspondence__message=message))
    log.info("dialogs_created", message_id=str(message_id), created=sum(settled), of=len(settled))
    if not all(settled):
        raise DialogsLeft(f"{settled.count(False)} of {len(settled)} dialogs could not be made yet.")
    telling.raise_unless_complete()


def remove_dialog(*, correspondence_id: uuid.UUID) -> None:
    """Take out the own dialog of a letter that its recipient can no longer open. Raises as `create_dialogs`."""
    letter = Correspondence.objects.get(pk=correspondence_id)
    if not settings.DIALOG_SERVICE_URL or letter.is_available:
        return
    with dialog_service() as service:
        is_settled = _remove(service, letter)
    if not is_settled:
        raise DialogsLeft("The dialog could not be removed yet.")


def _create(
    service: DialogService, letter: Correspondence, message: Message, files: list[MessageAttachment]
) -> bool:
    letter.message = message
    try:
        _send(service, letter, files)
    except (DialogRefused, NeighbourFailed) as error:
        return _not_settled(letter, error)
    _record(letter, "dialog_created_at", "The dialog service has taken it.")
    letter.refresh_from_db()
    # It was purged meanwhile, and the job of that purge saw nothing to remove.
    return letter.is_available or _remove(service, letter)


def _send(service: DialogService, letter: Correspondence, files: list[MessageAttachment]) -> None:
    if letter.dialog_id:
        service.create_dialog(letter.dialog_id, dialog_body(letter, files))
    elif letter.host_dialog_id and letter.transmission_id:
        body = transmission_body(letter, files)
        service.create_transmission(letter.host_dialog_id, letter.transmission_id, body)


def _remove(service: DialogService, letter: Correspondence) -> bool:
    """Nothing is asked of the service for a dialog that is another's, or was never created.

    It is told of its end first, since a removed dialog takes nothing. What it refuses then is not waited for.
    """
    if letter.dialog_id and letter.dialog_created_at and not letter.dialog_removed_at:
        if tell(service, DialogActivity.objects.to_tell().filter(correspondence=letter)).failed:
            return False
        try:
            service.delete_dialog(letter.dialog_id)
        except (DialogRefused, NeighbourFailed) as error:
            return _not_settled(letter, error)
        _record(letter, "dialog_removed_at", "The dialog was removed.")
    else:
        _resolve(letter, "The letter can no longer be opened.")
    forget_activities(letter)
    return True


def _record(letter: Correspondence, column: str, resolution: str) -> None:
    with transaction.atomic():
        first = Correspondence.objects.filter(pk=letter.pk, **{f"{column}__isnull": True})
        first.update(**{column: timezone.now()})
        _resolve(letter, resolution)


def _resolve(letter: Correspondence, resolution: str) -> None:
    resolve_follow_ups(FollowUpKind.FAILED_DIALOG, [str(letter.pk)], resolution=resolution, at=timezone.now())


def _not_settled(letter: Correspondence, error: DialogRefused | NeighbourFailed) -> bool:
    """False; a refusal needs a person, an outage only time."""
    if isinstance(error, NeighbourDown):
        raise error
    log.warning("dialog_not_settled", correspondence_id=str(letter.pk), error=type(error).__name__)
    if isinstance(error, DialogRefused):
        open_follow_ups(
            [
                FollowUpData(
                    kind=FollowUpKind.FAILED_DIALOG,
                    cause=str(letter.pk),
                    summary=f"The dialog service answered {error}",
                    correspondence_id=letter.pk,
                )
            ]
        )
    return False
