"""Which letters a party has (lifecycle.md 4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from correspondence.enums import CorrespondenceStatus, Role, SearchRole
from correspondence.errors import InvalidDateRange
from correspondence.models import Correspondence, CorrespondenceQuerySet, PartyAccess
from registry.callers import Caller
from registry.directory import ResourceInfo
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


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    resource_id: str
    role: SearchRole
    begins: datetime | None = None
    ends: datetime | None = None
    status: CorrespondenceStatus | None = None
    on_behalf_of: str = ""
    """A URN; empty: the party that the token acts on behalf of. A person's token names none."""
    senders_reference: str = ""
    idempotency_key: uuid.UUID | None = None
    altinn2_id: int | None = None


def search(*, caller: Caller, request: SearchRequest) -> list[uuid.UUID]:
    """At most 1000 ids, newest requested publish time first. Raises 1027, 4006, 4001."""
    if request.begins and request.ends and request.begins > request.ends:
        raise InvalidDateRange
    party_urn = request.on_behalf_of or caller.on_behalf_of
    if not party_urn:
        raise CallerUndetermined
    resource = find_resource(strip_resource_prefix(request.resource_id))
    if resource is None:
        raise NoAccessToResource
    accesses = _accesses(caller, resource, party_urn)
    return _newest([_found(request, access, resource) for access in accesses])


def _accesses(caller: Caller, resource: ResourceInfo, party_urn: str) -> list[PartyAccess]:
    """One for each side that the party may look from. Either right opens the search (access.md 2.1)."""
    owner_urn = organisation_urn(resource.owner_org)
    read = decide(caller, action=Action.READ, resource=resource, party_urn=party_urn)
    write = decide(caller, action=Action.WRITE, resource=resource, party_urn=owner_urn)
    if not (read.granted or write.granted):
        raise NoAccessToResource
    sides = {}
    if read.granted:
        sides[Role.RECIPIENT] = party_urn
    if write.granted and (party_urn == owner_urn or not write.by_owner):
        sides[Role.SENDER] = owner_urn
    return [
        PartyAccess(party_urn=urn, role=role, resource_id=resource.identifier) for role, urn in sides.items()
    ]


def _newest(sides: Sequence[CorrespondenceQuerySet]) -> list[uuid.UUID]:
    """Each side is cut at its own index before they are put together, so none is read to its end."""
    order = ("-requested_publish_time", "id")
    cut = [
        side.order_by(*order).values_list("id", "requested_publish_time")[:MOST_IDS]
        for side in sides
        if not side.query.is_empty()
    ]
    if len(cut) > 1:
        cut = [cut[0].union(*cut[1:]).order_by(*order)[:MOST_IDS]]
    return [identity for rows in cut for identity, _ in rows]


def _found(request: SearchRequest, access: PartyAccess, resource: ResourceInfo) -> CorrespondenceQuerySet:
    """What the request finds of what this side may see. A key or an old id is looked up whatever the filters."""
    letters = Correspondence.objects.visible_to(access)
    if request.idempotency_key:
        return letters.with_idempotency_key(request.idempotency_key, owner_org=resource.owner_org)
    if request.altinn2_id is not None or access.role not in ROLES[request.role]:
        return letters.none()
    if (
        request.resource_id != access.resource_id
    ):  # a prefixed id opens the search and matches nothing (api.md 5.3)
        return letters.none()
    if access.role == Role.RECIPIENT and request.status in BEFORE_PUBLISHING:
        return letters.none()
    return _filtered(letters, request)


def _filtered(letters: CorrespondenceQuerySet, request: SearchRequest) -> CorrespondenceQuerySet:
    if request.begins:
        letters = letters.filter(requested_publish_time__gt=request.begins)
    if request.ends:
        letters = letters.filter(requested_publish_time__lt=request.ends)
    if request.senders_reference:
        letters = letters.with_reference(request.senders_reference)
    return letters if request.status is None else letters.ever(request.status)
