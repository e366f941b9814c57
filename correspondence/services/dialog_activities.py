"""Telling letters' dialogs what has happened (lifecycle.md 5.2, 5.4; notifications.md 6.3).

Safe to repeat: an activity's id is ours, so what is there counts as told, and so does what has no dialog any more.
What was told is recorded in one statement when a run ends, also when it ends badly.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from correspondence.enums import ActivityKind
from correspondence.models import Correspondence, DialogActivity
from correspondence.services.activity_bodies import TextLacksValue, activity_body
from correspondence.services.dialog_bodies import confirmed_changes
from correspondence.transports.dialog_service import DialogRefused, DialogService, dialog_service
from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups
from registry.neighbours import NeighbourDown, NeighbourFailed

log = structlog.get_logger()


class DialogsLeft(Exception):
    """Some of the dialogs are still to be settled: the job is to be repeated."""


@dataclass
class Telling:
    """How a run went."""

    told: list[DialogActivity] = field(default_factory=list)
    refused: list[tuple[DialogActivity, DialogRefused | TextLacksValue]] = field(default_factory=list)
    failed: list[DialogActivity] = field(default_factory=list)

    def raise_unless_complete(self) -> None:
        """Raises DialogsLeft."""
        if left := len(self.refused) + len(self.failed):
            raise DialogsLeft(f"{left} of {left + len(self.told)} activities could not be told yet.")


def tell_activities(*, correspondence_ids: Collection[uuid.UUID]) -> None:
    """All that these letters' dialogs have not been told; where there is no dialog yet, its creation sees to it.

    One that fails or is refused keeps no other waiting. Raises DialogsLeft then, and NeighbourDown at once when no
    call can succeed.
    """
    if not settings.DIALOG_SERVICE_URL:
        return
    untold = list(DialogActivity.objects.to_tell().filter(correspondence__in=correspondence_ids))
    if not untold:
        return
    with dialog_service() as service:
        tell(service, untold).raise_unless_complete()


def tell(service: DialogService, activities: Iterable[DialogActivity]) -> Telling:
    """Tell each, in this order. Raises NeighbourDown."""
    telling = Telling()
    try:
        for activity in activities:
            _tell(service, activity, telling)
    finally:
        _record(telling)
    return telling


def forget_activities(letter: Correspondence) -> None:
    """What is left when there is no dialog to tell any more, and whoever looks after it."""
    DialogActivity.objects.untold().filter(correspondence=letter).delete()
    _resolve([letter.pk], "The letter has no dialog any more.")


def _tell(service: DialogService, activity: DialogActivity, telling: Telling) -> None:
    try:
        _send(service, activity)
    except (DialogRefused, TextLacksValue) as error:
        telling.refused.append((activity, error))
    except NeighbourDown:
        raise
    except NeighbourFailed:
        telling.failed.append(activity)
    else:
        telling.told.append(activity)


def _send(service: DialogService, activity: DialogActivity) -> None:
    """A confirmation changes the dialog itself, too: nobody is asked for it any more."""
    letter = activity.correspondence
    changes = confirmed_changes(letter) if activity.kind == ActivityKind.CONFIRMED else {}
    if letter.dialog_id and changes:
        service.patch_dialog(letter.dialog_id, changes)
    dialog_id = letter.dialog_id or letter.host_dialog_id
    if dialog_id:
        service.add_activity(dialog_id, activity.pk, activity_body(activity))


def _record(telling: Telling) -> None:
    told, left = len(telling.told), len(telling.refused) + len(telling.failed)
    if not told + left:
        return
    log.info("activities_told", told=told, left=left)
    unsettled = [*telling.failed, *(activity for activity, _ in telling.refused)]
    settled = _letters(telling.told) - _letters(unsettled)
    with transaction.atomic():
        ids = [activity.pk for activity in telling.told]
        DialogActivity.objects.untold().filter(pk__in=ids).update(told_at=timezone.now())
        _resolve(settled, "The dialog service has taken it.")
        open_follow_ups(
            FollowUpData(
                kind=FollowUpKind.FAILED_DIALOG,
                cause=_cause(activity.correspondence_id),
                summary=f"The dialog was not told of an activity ({activity.get_kind_display()}): {error}",
                correspondence_id=activity.correspondence_id,
            )
            for activity, error in telling.refused
        )


def _letters(activities: Iterable[DialogActivity]) -> set[uuid.UUID]:
    return {activity.correspondence_id for activity in activities}


def _resolve(letter_ids: Collection[uuid.UUID], resolution: str) -> None:
    causes = [_cause(letter_id) for letter_id in letter_ids]
    resolve_follow_ups(FollowUpKind.FAILED_DIALOG, causes, resolution=resolution, at=timezone.now())


def _cause(letter_id: uuid.UUID) -> str:
    """Other than that of the dialog itself; one for all that a letter's dialog refuses to be told."""
    return f"activities of {letter_id}"
