"""Reading a letter in its three ways, and marking it as read (lifecycle.md 3, 5.1)."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from correspondence.errors import AlreadyMarkedAsRead, CorrespondenceNotFound, ReadBeforeFetched
from correspondence.models import Correspondence, Fetch
from correspondence.services.access import LetterAccess, access_for_either, letter_of, require_recipient
from correspondence.services.actors import Actor
from correspondence.services.confidential_reminders import settle_reminder
from correspondence.services.publish import publish_message
from correspondence.services.transitions import READ, WAITING, locked, transition
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.services.directory import caller_party, store_new_parties

OPENED = "The recipient has opened the letter."
ONE_FETCH_PER = timedelta(seconds=15)


@dataclass(frozen=True)
class OpenedLetter:
    letter: Correspondence
    shows_content: bool
    """The sender sees the content until the letter is published (lifecycle.md 3.4)."""
    shows_full_history: bool
    shows_addresses: bool
    """Where notifications went, in full: to the owner of the letter's resource only."""


def open_overview(*, caller: Caller, correspondence_id: uuid.UUID) -> OpenedLetter:
    """Raises 1001, 4001, 1001, 4006, 4002, 1001."""
    access, party = _open(caller, correspondence_id)
    if access.leaves_trace:
        if not _was_fetched_lately(access.letter, party):
            with transaction.atomic():
                _record_fetch(_held(access.letter), party, sparingly=True)
        settle_reminder(access.letter, because=OPENED)
    return _opened(access)


def open_content(*, caller: Caller, correspondence_id: uuid.UUID) -> OpenedLetter:
    """The first time makes it read. Raises as `open_overview`."""
    access, party = _open(caller, correspondence_id)
    if access.leaves_trace:
        with transaction.atomic():
            letter = _held(access.letter)
            _record_fetch(letter, party, sparingly=True)
            _read(letter, party)
    return _opened(access)


def open_details(*, caller: Caller, correspondence_id: uuid.UUID) -> OpenedLetter:
    """A purged letter is still shown to its sender. Raises 1001, 4001, 4006, 4002, 1001."""
    access = access_for_either(caller, letter_of(correspondence_id))
    party = caller_party(caller)
    _require_available(access)
    if access.leaves_trace:
        with transaction.atomic():
            _record_fetch(access.letter, party, sparingly=False)
    return _opened(access)


def mark_as_read(*, caller: Caller, correspondence_id: uuid.UUID) -> None:
    """Raises 1001, 4001, 1001, 1024, 1040, 4006, 4002."""
    letter = letter_of(correspondence_id)
    require_recipient(caller, letter)
    _check_markable(letter)
    party = caller_party(caller)
    with transaction.atomic():
        letter = locked(correspondence_id)
        _check_markable(letter)
        store_new_parties([party])
        _read(letter, party)


def _open(caller: Caller, correspondence_id: uuid.UUID) -> tuple[LetterAccess, PartyInfo]:
    """What overview and content ask in common, in the contract's order."""
    access = access_for_either(caller, letter_of(correspondence_id))
    access = _published_on_the_spot(access)
    if access.letter.is_purged:
        raise CorrespondenceNotFound
    party = caller_party(caller)
    _require_available(access)
    return access, party


def _published_on_the_spot(access: LetterAccess) -> LetterAccess:
    """A recipient who asks for a letter that is due gets it now (lifecycle.md 2.4)."""
    letter = access.letter
    due = access.is_recipient and letter.requested_publish_time <= timezone.now()
    if not due or letter.status not in WAITING:
        return access
    publish_message(message_id=letter.message_id)
    return replace(access, letter=letter_of(letter.pk))


def _require_available(access: LetterAccess) -> None:
    if access.is_recipient and not access.letter.is_available:
        raise CorrespondenceNotFound


def _held(letter: Correspondence) -> Correspondence:
    """Locked, and still there to be read."""
    held = locked(letter.pk)
    if not held.is_available:
        raise CorrespondenceNotFound
    return held


def _check_markable(letter: Correspondence) -> None:
    """Asked twice: for the answer's order of checks, and again of the row that is locked."""
    if not letter.is_available:
        raise CorrespondenceNotFound
    if not letter.fetches.exists():
        raise ReadBeforeFetched
    if letter.read_at:
        raise AlreadyMarkedAsRead


def _was_fetched_lately(letter: Correspondence, party: PartyInfo) -> bool:
    since: datetime = timezone.now() - ONE_FETCH_PER
    return letter.fetches.filter(party_urn=party.urn, at__gt=since).exists()


def _record_fetch(letter: Correspondence, party: PartyInfo, *, sparingly: bool) -> None:
    """`sparingly`: not again within 15 seconds, which holds for parallel calls when the letter is locked."""
    if sparingly and _was_fetched_lately(letter, party):
        return
    store_new_parties([party])
    Fetch.objects.create(correspondence=letter, party_uuid=party.uuid, party_urn=party.urn, at=timezone.now())


def _read(letter: Correspondence, party: PartyInfo) -> None:
    settle_reminder(letter, because=OPENED)
    transition([letter.pk], READ, actor=Actor.party(party), at=timezone.now())


def _opened(access: LetterAccess) -> OpenedLetter:
    return OpenedLetter(
        letter=access.letter,
        shows_content=access.is_recipient or access.letter.published_at is None,
        shows_full_history=access.is_recipient,
        shows_addresses=access.is_owners,
    )
