"""Who the caller is to a letter: decided once for each request (design.md point 11)."""

import uuid
from dataclasses import dataclass

from correspondence.enums import Role
from correspondence.errors import CorrespondenceNotFound
from correspondence.models import Correspondence
from registry.callers import Caller
from registry.enums import Action, Scope
from registry.errors import NoAccessToResource
from registry.services.access import decide
from registry.services.directory import find_resource


@dataclass(frozen=True)
class LetterAccess:
    letter: Correspondence
    role: Role
    by_owner: bool = False
    """A service owner that reads as the recipient: it leaves no trace in the history."""
    may_send: bool = False
    may_receive: bool = False
    """What the decision said of either side, whatever the role."""

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


def access_for_either(caller: Caller, letter: Correspondence) -> LetterAccess:
    """For endpoints that senders and recipients share. Raises NoAccessToResource."""
    resource = find_resource(letter.resource_id)
    read = decide(caller, action=Action.READ, resource=resource, party_urn=letter.recipient_urn)
    write = decide(caller, action=Action.WRITE, resource=resource, party_urn=letter.message.sender_urn)
    both = {"may_send": write.granted, "may_receive": read.granted}
    if read.granted and not read.by_owner and has_read_scope(caller):
        return LetterAccess(letter, Role.RECIPIENT, **both)
    if write.granted and (caller.has_scope(Scope.SEND) or not write.by_owner):
        return LetterAccess(letter, Role.SENDER, **both)
    if read.by_owner and has_read_scope(caller):
        return LetterAccess(letter, Role.RECIPIENT, by_owner=True, **both)
    raise NoAccessToResource


def access_for_recipient(caller: Caller, letter: Correspondence) -> LetterAccess:
    """For the recipient's own endpoints. Raises NoAccessToResource."""
    resource = find_resource(letter.resource_id)
    read = decide(caller, action=Action.READ, resource=resource, party_urn=letter.recipient_urn)
    if not read.granted:
        raise NoAccessToResource
    return LetterAccess(letter, Role.RECIPIENT, by_owner=read.by_owner, may_receive=True)


def has_read_scope(caller: Caller) -> bool:
    return caller.has_scope(Scope.RECEIVE) or "read" in caller.actions
