"""Reading a letter in its three ways, and marking it as read (lifecycle.md 3, 5.1)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from correspondence.enums import CorrespondenceStatus
from correspondence.errors import AlreadyMarkedAsRead, CorrespondenceNotFound, ReadBeforeFetched
from correspondence.models import Correspondence, Fetch
from correspondence.services.access import (
    LetterAccess,
    access_for_either,
    access_for_recipient,
    letter_of,
)
from correspondence.services.actors import Actor
from correspondence.services.publish import publish_message
from correspondence.services.transitions import locked, transition
from notifications.services.cancel import cancel_reminders
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.errors import NoAccessToResource
from registry.services.directory import caller_party, store_new_parties

ONE_FETCH_PER = timedelta(seconds=15)
S = CorrespondenceStatus


@dataclass(frozen=True)
class OpenedLetter:
    letter: Correspondence
    shows_content: bool
    """The sender sees the content until the letter is published (lifecycle.md 3.4)."""
    shows_full_history: bool


def open_overview(*, caller: Caller, correspondence_id: uuid.UUID) -> OpenedLetter:
    """Raises 1001, 4001, 4002."""
    letter = letter_of(correspondence_id)
    access = access_for_either(caller, letter)
    access = _published_on_the_spot(access)
    if access.letter.is_purged:
        raise CorrespondenceNotFound
    party = caller_party(caller)
    _require_available(access)
    if access.leaves_trace:
        with transaction.atomic():
            store_new_parties([party])
            _record_fetch(access.letter, party, at=timezone.now(), sparingly=True)
    return _opened(access)


def open_details(*, caller: Caller, correspondence_id: uuid.UUID) -> OpenedLetter:
    """A purged letter is still shown to its sender. Raises 1001, 4001, 4002."""
    access = access_for_either(caller, letter_of(correspondence_id))
    party = caller_party(caller)
    _require_available(access)
    if access.leaves_trace:
        with transaction.atomic():
            store_new_parties([party])
            _record_fetch(access.letter, party, at=timezone.now(), sparingly=False)
    return _opened(access)


def open_content(*, caller: Caller, correspondence_id: uuid.UUID) -> OpenedLetter:
    """The first time makes it read. Raises 1001, 4001, 4002."""
    access = access_for_recipient(caller, letter_of(correspondence_id))
    access = _published_on_the_spot(access)
    party = caller_party(caller)
    _require_available(access)
    if access.leaves_trace:
        now = timezone.now()
        with transaction.atomic():
            store_new_parties([party])
            letter = locked(access.letter.pk)
            _record_fetch(letter, party, at=now, sparingly=True)
            _read(letter, party, now)
    return _opened(access)


def mark_as_read(*, caller: Caller, correspondence_id: uuid.UUID) -> None:
    """Raises 1001, 4001, 1024, 1040, 4002."""
    access = access_for_recipient(caller, letter_of(correspondence_id))
    if access.by_owner:
        raise NoAccessToResource
    _require_available(access)
    if not access.letter.fetches.exists():
        raise ReadBeforeFetched
    if access.letter.read_at:
        raise AlreadyMarkedAsRead
    party = caller_party(caller)
    with transaction.atomic():
        store_new_parties([party])
        if not _read(locked(access.letter.pk), party, timezone.now()):
            raise AlreadyMarkedAsRead


def _published_on_the_spot(access: LetterAccess) -> LetterAccess:
    """A recipient who asks for a letter that is due gets it now (lifecycle.md 2.4)."""
    letter = access.letter
    due = access.is_recipient and letter.requested_publish_time <= timezone.now()
    if not due or letter.published_at or letter.status not in {S.INITIALIZED, S.READY_FOR_PUBLISH}:
        return access
    publish_message(message_id=letter.message_id)
    again = letter_of(letter.pk)
    return LetterAccess(again, access.role, access.by_owner, access.may_send, access.may_receive)


def _require_available(access: LetterAccess) -> None:
    if access.is_recipient and not access.letter.is_available:
        raise CorrespondenceNotFound


def _record_fetch(letter: Correspondence, party: PartyInfo, *, at: datetime, sparingly: bool) -> None:
    recent = letter.fetches.filter(party_urn=party.urn, at__gt=at - ONE_FETCH_PER)
    if not (sparingly and recent.exists()):
        Fetch.objects.create(correspondence=letter, party_uuid=party.uuid, party_urn=party.urn, at=at)


def _read(letter: Correspondence, party: PartyInfo, at: datetime) -> bool:
    happened = transition(letter, S.READ, actor=Actor.party(party), at=at)
    if happened:
        cancel_reminders(correspondence_ids=[letter.pk], reason="The letter was read.", at=at)
    return happened


def _opened(access: LetterAccess) -> OpenedLetter:
    return OpenedLetter(
        letter=access.letter,
        shows_content=access.is_recipient or access.letter.published_at is None,
        shows_full_history=access.is_recipient,
    )
