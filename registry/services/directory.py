"""The local registers. Asked before a transaction opens, for all parties at once (design.md point 12)."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db.models import Q

from registry.callers import Caller
from registry.directory import Contact, PartyInfo, ResourceInfo
from registry.enums import Confidentiality, PartyKind, RecipientKind
from registry.errors import CallerPartyUnknown, CallerUndetermined
from registry.identifiers import PARTY_KINDS, identifier_of, kind_of, made_up_party_uuid
from registry.models import ContactPoint, Party, PartyRole, Reservation, Resource
from registry.services.access import reads_for


def find_resource(identifier: str) -> ResourceInfo | None:
    """The active resource of that id (without prefix), or None."""
    resource = Resource.objects.select_related("owner").filter(identifier=identifier, active=True).first()
    if resource is None or resource.owner.org_number is None:
        return None
    return ResourceInfo(
        identifier=resource.identifier,
        owner_org=resource.owner.org_number,
        owner_name=resource.owner.display_name,
        orgcode=resource.orgcode,
        resource_type=resource.resource_type,
        title=resource.title,
        minimum_level=resource.minimum_level,
        minimum_level_org=resource.minimum_level_org,
        confidentiality=Confidentiality(resource.confidentiality),
        access_list_only=resource.access_list_only,
    )


def find_parties(urns: Collection[str]) -> dict[str, PartyInfo]:
    """The parties of these normalised URNs, in one query; unknown ones are left out.

    E-mail and legacy users need no entry. With REGISTRY_AUTO_PROVISION the others need none either: they come
    back as new, to be stored by `store_new_parties` in the caller's transaction.
    """
    known = {party.urn: _party_info(party) for party in Party.objects.with_urns(urns)}
    for urn in urns:
        if urn not in known and (party := _without_entry(urn)) is not None:
            known[urn] = party
    return known


def store_new_parties(parties: Iterable[PartyInfo]) -> None:
    """Add the made-up parties among these; whoever comes second finds them stored. One statement at most."""
    new = [_row(party) for party in parties if party.is_new]
    if new:
        Party.objects.bulk_create(new, ignore_conflicts=True)


def caller_party(caller: Caller) -> PartyInfo:
    """The party that stands in the history for this caller. Raises CallerUndetermined, CallerPartyUnknown."""
    if not caller.party_urn:
        raise CallerUndetermined
    party = find_parties([caller.party_urn]).get(caller.party_urn)
    if party is None:
        raise CallerPartyUnknown
    return party


def organisations_with_a_role(urns: Collection[str], roles: Collection[str]) -> set[str]:
    """Those of the organisations in which someone holds one of the roles; a sub-unit is judged by its main unit."""
    units = {
        urn: main_unit or pk
        for urn, main_unit, pk in Party.objects.filter(urn__in=list(urns)).values_list(
            "urn", "main_unit", "pk"
        )
    }
    holders = set(
        PartyRole.objects.filter(from_party__in=set(units.values()), role__in=list(roles)).values_list(
            "from_party", flat=True
        )
    )
    return {urn for urn, unit in units.items() if unit in holders}


def reserved_persons(urns: Collection[str]) -> set[str]:
    """Those of the persons who have reserved against digital mail."""
    persons = [urn for urn in urns if kind_of(urn) == RecipientKind.PERSON]
    if not persons:
        return set()
    reserved = Reservation.objects.filter(person__urn__in=persons, reserved=True)
    return set(reserved.values_list("person__urn", flat=True))


def find_contacts(urns: Collection[str], *, resource_id: str) -> dict[str, list[Contact]]:
    """Addresses by party, official ones first, in one query; parties without any are left out.

    An address that a user registered for an organisation counts while that user may read its letters on the
    resource. An e-mail user is reached at the address in the URN.
    """
    contacts: dict[str, list[Contact]] = defaultdict(list)
    may_read = reads_for(person="user", organisation="party", resource_id=resource_id)
    points = (
        ContactPoint.objects.filter(Q(resource__isnull=True) | Q(resource__identifier=resource_id))
        .filter(Q(user__isnull=True) | may_read, party__urn__in=list(urns))
        .order_by("user_id", "pk")
        .values_list("party__urn", "email", "mobile", "user_id")
    )
    for urn, email, mobile, user in points:
        contacts[urn].append(Contact(email=email, mobile=mobile, by_user=user is not None))
    for urn in urns:
        if kind_of(urn) == RecipientKind.EMAIL_USER and urn not in contacts:
            contacts[urn].append(Contact(email=identifier_of(urn)))
    return dict(contacts)


def _party_info(party: Party) -> PartyInfo:
    return PartyInfo(
        urn=party.urn,
        uuid=party.uuid,
        kind=PartyKind(party.kind),
        name=party.display_name,
        party_id=party.party_id,
        is_deleted=party.is_deleted,
    )


def _without_entry(urn: str) -> PartyInfo | None:
    kind = PARTY_KINDS[kind_of(urn)]
    if kind == PartyKind.SELF_IDENTIFIED:
        return PartyInfo(urn=urn, uuid=made_up_party_uuid(urn), kind=kind)
    if not settings.REGISTRY_AUTO_PROVISION:
        return None
    return PartyInfo(urn=urn, uuid=made_up_party_uuid(urn), kind=kind, name=_made_up_name(urn), is_new=True)


def _made_up_name(urn: str) -> str:
    identifier = identifier_of(urn)
    kind = "Organisasjon" if kind_of(urn) == RecipientKind.ORGANIZATION else "Person"
    return f"{kind} {identifier[-4:]}"


def _row(party: PartyInfo) -> Party:
    number = identifier_of(party.urn)
    is_organisation = party.kind == PartyKind.ORGANIZATION
    return Party(
        uuid=party.uuid,
        kind=party.kind,
        urn=party.urn,
        display_name=party.name,
        org_number=number if is_organisation else None,
        person_number=None if is_organisation else number,
    )
