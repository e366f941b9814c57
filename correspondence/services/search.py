"""Which letters a party has (lifecycle.md 4)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from correspondence.enums import CorrespondenceStatus, Role, SearchRole
from correspondence.errors import InvalidDateRange
from correspondence.models import Correspondence, CorrespondenceQuerySet, PartyAccess
from registry.callers import Caller
from registry.enums import Action
from registry.errors import CallerUndetermined, NoAccessToResource
from registry.identifiers import organisation_urn, strip_resource_prefix
from registry.services.access import decide
from registry.services.directory import find_resource

MOST_IDS = 1000
ROLES = {
    SearchRole.RECIPIENT: (Role.RECIPIENT,),
    SearchRole.SENDER: (Role.SENDER,),
    SearchRole.RECIPIENT_AND_SENDER: (Role.RECIPIENT, Role.SENDER),
}
BEFORE_PUBLISHING = {
    CorrespondenceStatus.INITIALIZED,
    CorrespondenceStatus.READY_FOR_PUBLISH,
    CorrespondenceStatus.FAILED,
}
ACTIONS = {Role.RECIPIENT: Action.READ, Role.SENDER: Action.WRITE}


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    resource_id: str
    role: SearchRole
    begins: datetime | None = None
    ends: datetime | None = None
    status: CorrespondenceStatus | None = None
    on_behalf_of: str = ""
    """A URN; empty: the caller's organisation."""
    senders_reference: str = ""
    idempotency_key: uuid.UUID | None = None
    altinn2_id: int | None = None


def search(*, caller: Caller, request: SearchRequest) -> list[uuid.UUID]:
    """At most 1000 ids, newest requested publish time first. Raises 1027, 4006, 4001."""
    if request.begins and request.ends and request.begins > request.ends:
        raise InvalidDateRange
    party_urn = request.on_behalf_of or (caller.organisation and organisation_urn(caller.organisation))
    if not party_urn:
        raise CallerUndetermined
    accesses = _accesses(caller, request, party_urn)
    if request.altinn2_id is not None:
        return []
    letters = Correspondence.objects.none()
    for access in accesses:
        if not _hidden_from(access.role, request.status):
            letters = letters | _filtered(Correspondence.objects.visible_to(access), request)
    newest_first = letters.order_by("-requested_publish_time", "pk").distinct()
    return list(newest_first.values_list("pk", flat=True)[:MOST_IDS])


def _hidden_from(role: Role, status: CorrespondenceStatus | None) -> bool:
    """A recipient who asks for a status before publishing gets nothing (lifecycle.md 4.3)."""
    return role == Role.RECIPIENT and status in BEFORE_PUBLISHING


def _accesses(caller: Caller, request: SearchRequest, party_urn: str) -> list[PartyAccess]:
    """One for each side that the party may look from. Either right opens the search (access.md 2.1)."""
    resource_id = strip_resource_prefix(request.resource_id)
    resource = find_resource(resource_id)
    if resource is None:
        raise NoAccessToResource
    granted = {
        role: decide(caller, action=action, resource=resource, party_urn=party_urn).granted
        for role, action in ACTIONS.items()
    }
    if not any(granted.values()):
        raise NoAccessToResource
    owner = organisation_urn(resource.owner_org)
    parties = {Role.RECIPIENT: party_urn, Role.SENDER: owner}
    return [
        PartyAccess(party_urn=parties[role], role=role, resource_id=resource.identifier)
        for role in ROLES[request.role]
        if granted[role]
    ]


def _filtered(letters: CorrespondenceQuerySet, request: SearchRequest) -> CorrespondenceQuerySet:
    if request.idempotency_key:
        return letters.filter(message__idempotency_key=request.idempotency_key)
    if request.begins:
        letters = letters.filter(requested_publish_time__gt=request.begins)
    if request.ends:
        letters = letters.filter(requested_publish_time__lt=request.ends)
    if request.senders_reference:
        letters = letters.filter(senders_reference=request.senders_reference)
    if request.status is not None:
        letters = letters.ever(request.status)
    return letters
