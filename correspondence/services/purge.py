"""Withdrawing a letter before it is published, or deleting it afterwards (lifecycle.md 5.4)."""

import uuid

from django.db import transaction
from django.utils import timezone

from attachments.services.transitions import Actor as AttachmentActor
from attachments.services.uses import end_uses
from correspondence.enums import Role
from correspondence.errors import (
    ArchiveBeforeConfirmed,
    CannotPurgeCorrespondenceLinkedToDialogportenTransmission,
    CantPurgePublishedCorrespondence,
    CorrespondenceAlreadyPurged,
    CorrespondenceNotFound,
)
from correspondence.jobs import defer_dialog_removal
from correspondence.models import Correspondence, Message
from correspondence.services.access import Sides, has_read_scope, letter_of, sides_of
from correspondence.services.actors import Actor
from correspondence.services.confidential_reminders import settle_reminder
from correspondence.services.transitions import (
    NEVER_PUBLISHED,
    PURGED_BY_RECIPIENT,
    PURGED_BY_SENDER,
    locked,
    transition,
)
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.enums import Scope
from registry.errors import DomainError
from registry.services.directory import caller_party, store_new_parties

RULES = {Role.SENDER: PURGED_BY_SENDER, Role.RECIPIENT: PURGED_BY_RECIPIENT}


def purge(*, caller: Caller, correspondence_id: uuid.UUID) -> None:
    """Raises 1001, 1043, 4001; as sender 1014, 1013; as recipient 1014, 1001, 1026; 4006, 4002."""
    letter = letter_of(correspondence_id)
    if letter.transmission_id:
        raise CannotPurgeCorrespondenceLinkedToDialogportenTransmission
    roles = _roles(caller, sides_of(caller, letter))
    _allowed_role(letter, roles)
    party = caller_party(caller)
    with transaction.atomic():
        letter = locked(correspondence_id)
        if letter.transmission_id:
            raise CannotPurgeCorrespondenceLinkedToDialogportenTransmission
        _purge(letter, _allowed_role(letter, roles), party)


def _roles(caller: Caller, sides: Sides) -> list[Role]:
    """The table of lifecycle.md 5.4: the side that the caller acts on, or both in order of preference."""
    may_send, may_receive = sides.write.granted, sides.read.granted
    if may_send and (caller.has_scope(Scope.SEND) or not may_receive):
        return [Role.SENDER]
    if may_receive and (has_read_scope(caller) or not may_send):
        return [Role.RECIPIENT]
    return [Role.SENDER, Role.RECIPIENT]


def _allowed_role(letter: Correspondence, roles: list[Role]) -> Role:
    """The first of the roles that may purge the letter; else raises what forbids it to the first."""
    problems = {role: _problem(letter, role) for role in roles}
    for role, problem in problems.items():
        if problem is None:
            return role
    raise problems[roles[0]] or CorrespondenceNotFound()


def _problem(letter: Correspondence, role: Role) -> DomainError | None:
    if letter.is_purged:
        return CorrespondenceAlreadyPurged()
    if role == Role.SENDER:
        return None if letter.status in NEVER_PUBLISHED else CantPurgePublishedCorrespondence()
    if not letter.is_available:
        return CorrespondenceNotFound()
    if letter.message.is_confirmation_needed and not letter.confirmed_at:
        return ArchiveBeforeConfirmed()
    return None


def _purge(letter: Correspondence, role: Role, party: PartyInfo) -> None:
    now = timezone.now()
    store_new_parties([party])
    transition([letter.pk], RULES[role], actor=Actor.party(party), at=now)
    settle_reminder(letter, because="The letter was purged.")
    if letter.published_at:
        defer_dialog_removal(correspondence_id=letter.pk)
    # Two last letters purged at the same time: the second waits here, and sees that it is the last.
    Message.objects.select_for_update(no_key=True).get(pk=letter.message_id)
    if not Correspondence.objects.filter(message=letter.message_id, purged_at__isnull=True).exists():
        end_uses(message_id=letter.message_id, actor=AttachmentActor.of(party), at=now)
