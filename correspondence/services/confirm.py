"""The recipient confirms (lifecycle.md 5.2): written at once, whatever the dialog service does."""

import uuid

from django.db import transaction
from django.utils import timezone

from correspondence.enums import CorrespondenceStatus
from correspondence.errors import (
    ConfirmBeforeFetched,
    CorrespondenceAlreadyConfirmed,
    CorrespondenceNotFound,
)
from correspondence.services.access import access_for_recipient, letter_of
from correspondence.services.actors import Actor
from correspondence.services.transitions import locked, transition
from notifications.services.cancel import cancel_reminders
from registry.callers import Caller
from registry.errors import NoAccessToResource
from registry.services.directory import caller_party, store_new_parties


def confirm(*, caller: Caller, correspondence_id: uuid.UUID) -> None:
    """Raises 1001, 4001, 1025, 1041, 4006, 4002."""
    access = access_for_recipient(caller, letter_of(correspondence_id))
    if access.by_owner:
        raise NoAccessToResource
    if not access.letter.is_available:
        raise CorrespondenceNotFound
    if not access.letter.fetches.exists():
        raise ConfirmBeforeFetched
    if access.letter.confirmed_at:
        raise CorrespondenceAlreadyConfirmed
    party = caller_party(caller)
    now = timezone.now()
    with transaction.atomic():
        store_new_parties([party])
        letter = locked(correspondence_id)
        if not transition(letter, CorrespondenceStatus.CONFIRMED, actor=Actor.party(party), at=now):
            raise CorrespondenceAlreadyConfirmed
        cancel_reminders(correspondence_ids=[letter.pk], reason="The letter was confirmed.", at=now)
