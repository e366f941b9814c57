"""Who the caller is to a letter: decided once for each request (design.md point 11)."""

import uuid
from dataclasses import dataclass

from correspondence.enums import Role
from correspondence.errors import CorrespondenceNotFound
from correspondence.models import Correspondence
from registry.callers import Caller
from registry.directory import ResourceInfo
from registry.enums import Action, Scope
from registry.errors import NoAccessToResource
from registry.services.access import Decision, decide, owns
from registry.services.directory import find_resource


@dataclass(frozen=True)
class Sides:
    """What the rule says of either side, whatever the token's scopes."""

    read: Decision
    write: Decision


@dataclass(frozen=True)
class LetterAccess:
    letter: Correspondence
    role: Role
    by_owner: bool = False
    """A service owner that reads as the recipient: it leaves no trace in the history."""
    is_owners: bool = False
    """The letter's resource is the caller's own, whichever side it looks from."""

    @property
    def is_recipient(self) -> bool:
        return self.role == Role.RECIPIENT

    @property
    def leaves_trace(self) -> bool:
        return self.is_recipient and not self.by_owner


def letter_of(correspondence_id: uuid.UUID) -> Correspondence:
    """Unknown comes before forbidden. Raises CorrespondenceNotFound."""
    letter = Correspondence.objects.for_answer().filter(pk=correspondence_id).first()
    if letter is None:
        raise CorrespondenceNotFound
    return letter


def sides_of(caller: Caller, letter: Correspondence) -> Sides:
    """Raises NoAccessToResource when the caller is on neither side."""
    resource = find_resource(letter.resource_id)
    sides = Sides(read=_read(caller, letter, resource), write=_write(caller, letter, resource))
    if not (sides.read.granted or sides.write.granted):
        raise NoAccessToResource
    return sides


def access_for_either(caller: Caller, letter: Correspondence) -> LetterAccess:
    """For endpoints that senders and recipients share. Raises NoAccessToResource."""
    resource = find_resource(letter.resource_id)
    is_owners = resource is not None and owns(caller, resource)
    read = _read(caller, letter, resource)
    may_read = read.granted and has_read_scope(caller)
    if may_read and not read.by_owner:
        return LetterAccess(letter, Role.RECIPIENT, is_owners=is_owners)
    write = _write(caller, letter, resource)
    if write.granted and (caller.has_scope(Scope.SEND) or not write.by_owner):
        return LetterAccess(letter, Role.SENDER, is_owners=is_owners)
    if may_read:
        return LetterAccess(letter, Role.RECIPIENT, by_owner=True, is_owners=is_owners)
    raise NoAccessToResource


def require_recipient(caller: Caller, letter: Correspondence, *resource_ids: str) -> None:
    """For what only the recipient can do; a service owner cannot do it in its place.

    `resource_ids`: others that the recipient must be allowed to read, each asked about once. Raises
    NoAccessToResource.
    """
    for resource_id in dict.fromkeys([letter.resource_id, *resource_ids]):
        read = _read(caller, letter, find_resource(resource_id))
        if not read.granted or read.by_owner:
            raise NoAccessToResource


def _read(caller: Caller, letter: Correspondence, resource: ResourceInfo | None) -> Decision:
    return decide(caller, action=Action.READ, resource=resource, party_urn=letter.recipient_urn)


def _write(caller: Caller, letter: Correspondence, resource: ResourceInfo | None) -> Decision:
    return decide(caller, action=Action.WRITE, resource=resource, party_urn=letter.message.sender_urn)


def has_read_scope(caller: Caller) -> bool:
    return caller.has_scope(Scope.RECEIVE) or "read" in caller.actions
