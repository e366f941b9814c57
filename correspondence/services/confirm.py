"""The recipient confirms (lifecycle.md 5.2): written at once, whatever the dialog service does."""

import uuid

from django.db import transaction
from django.utils import timezone

from correspondence.errors import (
    ConfirmBeforeFetched,
    CorrespondenceAlreadyConfirmed,
    CorrespondenceNotFound,
)
from correspondence.models import Correspondence
from correspondence.services.access import letter_of, require_recipient
from correspondence.services.actors import Actor
from correspondence.services.transitions import CONFIRMED, locked, transition
from registry.callers import Caller
from registry.services.directory import caller_party, store_new_parties


def confirm(*, caller: Caller, correspondence_id: uuid.UUID) -> None:
    """Raises 1001, 4001, 1001, 1025, 1041, 4006, 4002."""
    letter = letter_of(correspondence_id)
    require_recipient(caller, letter)
    _check(letter)
    party = caller_party(caller)
    with transaction.atomic():
        letter = locked(correspondence_id)
        _check(letter)
        store_new_parties([party])
        transition([letter.pk], CONFIRMED, actor=Actor.party(party), at=timezone.now())


def _check(letter: Correspondence) -> None:
    """Asked twice: for the answer's order of checks, and again of the row that is locked."""
    if not letter.is_available:
        raise CorrespondenceNotFound
    if not letter.fetches.exists():
        raise ConfirmBeforeFetched
    if letter.confirmed_at:
        raise CorrespondenceAlreadyConfirmed
