"""Who may do what: one decision for every action, resource and party (access.md 2, design.md point 11)."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.callers import Caller
from registry.directory import ResourceInfo
from registry.enums import Action, RecipientKind, Scope, SubjectKind, TokenKind
from registry.identifiers import kind_of, organisation_urn, person_urn
from registry.models import AccessGrant, AccessListEntry, PartyRole

RAW_TOKEN_LEVEL = 3
"""What Altinn's exchange gives a Maskinporten token; a raw one names no level (access.md 2.4)."""


@dataclass(frozen=True)
class Decision:
    granted: bool
    by_owner: bool = False
    """Granted only because the caller is the service owner and owns the resource."""


DENIED = Decision(granted=False)
GRANTED = Decision(granted=True)
GRANTED_TO_OWNER = Decision(granted=True, by_owner=True)


def decide(caller: Caller, *, action: Action, resource: ResourceInfo | None, party_urn: str) -> Decision:
    """May `caller` do `action` on `resource` for `party_urn`? Three queries at most, none for an owner's write."""
    if resource is None:
        return DENIED
    is_owner = owns(caller, resource)
    if is_owner and action == Action.WRITE:
        return GRANTED_TO_OWNER
    if (
        level_suffices(caller, resource)
        and _grants(caller, action=action, resource=resource, party_urn=party_urn).exists()
        and _passes_access_list(resource, party_urn)
    ):
        return GRANTED
    return GRANTED_TO_OWNER if is_owner else DENIED


def owns(caller: Caller, resource: ResourceInfo) -> bool:
    """The service owner's bypass applies (access.md 2.1 step 1)."""
    return caller.has_scope(Scope.SERVICE_OWNER) and caller.consumer_org == resource.owner_org


def level_suffices(caller: Caller, resource: ResourceInfo) -> bool:
    """access.md 2.4; a service owner may have a lower minimum of its own."""
    level = RAW_TOKEN_LEVEL if caller.kind == TokenKind.MASKINPORTEN else caller.level or 0
    if level >= resource.minimum_level:
        return True
    return (
        caller.has_orgcode and resource.minimum_level_org is not None and level >= resource.minimum_level_org
    )


def own_urns(caller: Caller) -> set[str]:
    """The parties that the caller is, or was authenticated on behalf of."""
    urns = {caller.party_urn}
    if caller.organisation:
        urns.add(organisation_urn(caller.organisation))
    if caller.person_number:
        urns.add(person_urn(caller.person_number))
    return urns - {""}


def _grants(
    caller: Caller, *, action: Action, resource: ResourceInfo, party_urn: str
) -> QuerySet[AccessGrant]:
    now = timezone.now()
    return AccessGrant.objects.filter(
        _subject_matches(caller, action=action, party_urn=party_urn),
        Q(valid_from__isnull=True) | Q(valid_from__lte=now),
        Q(valid_to__isnull=True) | Q(valid_to__gt=now),
        resource__identifier=resource.identifier,
        action=action,
    )


def _subject_matches(caller: Caller, *, action: Action, party_urn: str) -> Q:
    """Whose grants count.

    A grant that names no party is for the subject's own letters; a right to send is always for the owner.
    """
    own = own_urns(caller)
    for_itself = party_urn in own or action == Action.WRITE
    named_party = Q(party__urn=party_urn)
    any_party = named_party | Q(party__isnull=True) if for_itself else named_party
    matches = Q(subject_kind=SubjectKind.PARTY, subject__in=own) & any_party
    if party_urn in own:
        matches |= Q(subject_kind=SubjectKind.EVERYONE) & any_party
    if caller.system_user:
        matches |= Q(subject_kind=SubjectKind.SYSTEM_USER, subject=str(caller.system_user)) & any_party
    if caller.person_number:
        person = person_urn(caller.person_number)
        roles = PartyRole.objects.filter(
            Q(from_party__urn=party_urn) | Q(from_party__sub_units__urn=party_urn), to_party__urn=person
        )
        matches |= Q(subject_kind=SubjectKind.USER, subject=person) & any_party
        matches |= Q(subject_kind=SubjectKind.ROLE, subject__in=roles.values("role")) & (
            named_party | Q(party__isnull=True)
        )
    return matches


def _passes_access_list(resource: ResourceInfo, party_urn: str) -> bool:
    """An owner-run list names the organisations that may use the resource; persons are not judged by it."""
    if not resource.access_list_only or kind_of(party_urn) != RecipientKind.ORGANIZATION:
        return True
    return AccessListEntry.objects.filter(
        resource__identifier=resource.identifier, organisation__urn=party_urn
    ).exists()
