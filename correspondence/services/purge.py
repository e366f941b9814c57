"""Withdrawing a letter before it is published, or deleting it afterwards (lifecycle.md 5.4)."""

import uuid

from django.db import transaction
from django.utils import timezone

from attachments.services.transitions import Actor as AttachmentActor
from attachments.services.uses import end_uses
from correspondence.enums import CorrespondenceStatus, Role
from correspondence.errors import (
    ArchiveBeforeConfirmed,
    CannotPurgeCorrespondenceLinkedToDialogportenTransmission,
    CantPurgePublishedCorrespondence,
    CorrespondenceAlreadyPurged,
    CorrespondenceNotFound,
)
from correspondence.models import Correspondence
from correspondence.services.access import LetterAccess, access_for_either, has_read_scope, letter_of
from correspondence.services.actors import Actor
from correspondence.services.transitions import locked, transition
from notifications.services.cancel import cancel_orders
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.enums import Scope
from registry.errors import DomainError
from registry.services.directory import caller_party, store_new_parties

S = CorrespondenceStatus
PURGEABLE_BY_SENDER = {S.INITIALIZED, S.READY_FOR_PUBLISH, S.FAILED}


def purge(*, caller: Caller, correspondence_id: uuid.UUID) -> None:
    """Raises 1001, 1043, 4001; as sender 1014, 1013; as recipient 1014, 1001, 1026; 4006, 4002."""
    letter = letter_of(correspondence_id)
    if letter.transmission_id:
        raise CannotPurgeCorrespondenceLinkedToDialogportenTransmission
    access = access_for_either(caller, letter)
    with transaction.atomic():
        letter = locked(correspondence_id)
        side = _side(caller, access, letter)
        party = caller_party(caller)
        store_new_parties([party])
        _purge(letter, side, party)


def _side(caller: Caller, access: LetterAccess, letter: Correspondence) -> Role:
    """The table of lifecycle.md 5.4; raises what forbids it on that side."""
    if access.may_send and (caller.has_scope(Scope.SEND) or not access.may_receive):
        sides = [Role.SENDER]
    elif access.may_receive and (has_read_scope(caller) or not access.may_send):
        sides = [Role.RECIPIENT]
    else:
        sides = [Role.SENDER, Role.RECIPIENT]
    problems = {side: _problem(letter, side) for side in sides}
    for side, problem in problems.items():
        if problem is None:
            return side
    raise problems[sides[0]] or CorrespondenceNotFound()


def _problem(letter: Correspondence, side: Role) -> DomainError | None:
    if letter.is_purged:
        return CorrespondenceAlreadyPurged()
    if side == Role.SENDER:
        return None if letter.status in PURGEABLE_BY_SENDER else CantPurgePublishedCorrespondence()
    if not letter.is_available:
        return CorrespondenceNotFound()
    if letter.message.is_confirmation_needed and not letter.confirmed_at:
        return ArchiveBeforeConfirmed()
    return None


def _purge(letter: Correspondence, side: Role, party: PartyInfo) -> None:
    now = timezone.now()
    status = S.PURGED_BY_ALTINN if side == Role.SENDER else S.PURGED_BY_RECIPIENT
    transition(letter, status, actor=Actor.party(party), at=now)
    cancel_orders(correspondence_ids=[letter.pk], reason="The letter was purged.", at=now)
    if not Correspondence.objects.filter(message=letter.message_id, purged_at__isnull=True).exists():
        end_uses(message_id=letter.message_id, actor=AttachmentActor.of(party), at=now)
