"""Who may do what: one decision for every action, resource and party (access.md 2, design.md point 11)."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from registry.callers import Caller
from registry.directory import ResourceInfo
from registry.enums import Action, RecipientKind, Scope, SubjectKind, TokenKind
from registry.identifiers import kind_of
from registry.models import AccessGrant, AccessListEntry, PartyRole, SystemUser

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
    """May `caller` do `action` on `resource` for `party_urn`? Four queries at most, none for an owner's write."""
    if resource is None:
        return DENIED
    is_owner = owns(caller, resource)
    if is_owner and action == Action.WRITE:
        return GRANTED_TO_OWNER
    if (
        level_suffices(caller, resource)
        and _is_granted(caller, action=action, resource=resource, party_urn=party_urn)
        and _passes_access_list(resource, party_urn)
    ):
        return GRANTED
    return GRANTED_TO_OWNER if is_owner else DENIED


def owns(caller: Caller, resource: ResourceInfo) -> bool:
    """The service owner's bypass: for the owner's own token, not for a person's or a system user's (access.md 2.1)."""
    return (
        caller.is_organisation
        and caller.has_scope(Scope.SERVICE_OWNER)
        and caller.consumer_org == resource.owner_org
    )


def level_suffices(caller: Caller, resource: ResourceInfo) -> bool:
    """access.md 2.4; a service owner may have a lower minimum of its own."""
    level = RAW_TOKEN_LEVEL if caller.kind == TokenKind.MASKINPORTEN else caller.level or 0
    if level >= resource.minimum_level:
        return True
    return (
        caller.has_orgcode and resource.minimum_level_org is not None and level >= resource.minimum_level_org
    )


def reads_for(*, person: str, organisation: str, resource_id: str) -> Exists:
    """Whether the person of a row may read the letters of its organisation; both are names of keys to a Party."""
    own, party = OuterRef(f"{person}__urn"), OuterRef(organisation)
    roles = PartyRole.objects.filter(
        Q(from_party=OuterRef(OuterRef(organisation)))
        | Q(from_party__sub_units=OuterRef(OuterRef(organisation))),
        to_party=OuterRef(OuterRef(person)),
    )
    named = Q(subject_kind__in=[SubjectKind.PARTY, SubjectKind.USER], subject=own, party=party)
    by_role = Q(subject_kind=SubjectKind.ROLE, subject__in=roles.values("role"))
    by_role &= Q(party=party) | Q(party__isnull=True)
    return Exists(_valid_grants(resource_id, Action.READ).filter(named | by_role))


def own_urn(caller: Caller) -> str:
    """The one party whose own letters these are (access.md 2.3); empty: the caller is nobody we know."""
    return _customer_urn(caller) if caller.is_system_user else caller.party_urn


def _customer_urn(caller: Caller) -> str:
    """Whom a system user acts for, while the registry has it as active and the token agrees (access.md 4.2)."""
    if caller.system_user is None:
        return ""
    registered = SystemUser.objects.filter(uuid=caller.system_user, active=True)
    if caller.kind != TokenKind.DIALOGPORTEN:
        registered = registered.filter(organisation__urn=caller.party_urn)
    return registered.values_list("organisation__urn", flat=True).first() or ""


def _is_granted(caller: Caller, *, action: Action, resource: ResourceInfo, party_urn: str) -> bool:
    own = own_urn(caller)
    if not own:
        return False
    matches = _subject_matches(caller, own, action=action, party_urn=party_urn)
    return _valid_grants(resource.identifier, action).filter(matches).exists()


def _valid_grants(resource_id: str, action: Action) -> QuerySet[AccessGrant]:
    now = timezone.now()
    return AccessGrant.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=now),
        Q(valid_to__isnull=True) | Q(valid_to__gt=now),
        resource__identifier=resource_id,
        action=action,
    )


def _subject_matches(caller: Caller, own: str, *, action: Action, party_urn: str) -> Q:
    """Whose grants count: the caller's one identity's, and those for everyone or for a role that it holds.

    A grant that names no party is for the subject's own letters; a right to send is always for the owner. A system
    user has only what was granted to itself: it is not its customer, and `everyone` is each party for itself.
    """
    named_party = Q(party__urn=party_urn)
    if party_urn == own or action == Action.WRITE:
        named_or_own = named_party | Q(party__isnull=True)
    else:
        named_or_own = named_party
    if caller.is_system_user:
        return Q(subject_kind=SubjectKind.SYSTEM_USER, subject=str(caller.system_user)) & named_or_own
    matches = Q(subject_kind=SubjectKind.PARTY, subject=own) & named_or_own
    if party_urn == own:
        matches |= Q(subject_kind=SubjectKind.EVERYONE) & named_or_own
    if caller.is_person:
        roles = PartyRole.objects.filter(
            Q(from_party__urn=party_urn) | Q(from_party__sub_units__urn=party_urn), to_party__urn=own
        )
        matches |= Q(subject_kind=SubjectKind.USER, subject=own) & named_or_own
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
