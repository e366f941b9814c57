"""The parties, resources and grants that tests share, built in a few inserts."""

from dataclasses import dataclass

from registry.enums import Action, Confidentiality, PartyKind, SubjectKind
from registry.identifiers import organisation_urn, person_urn
from registry.models import AccessGrant, ContactPoint, Party, PartyRole, Reservation, Resource

OWNER, STRANGER, COMPANY, SUB_UNIT, NO_ROLES = "991825827", "310244007", "310654302", "313230090", "314240979"
PERSON, RESERVED, UNREACHABLE = "04825999731", "08900499559", "18865196381"


@dataclass(frozen=True)
class World:
    owner: Party
    stranger: Party
    company: Party
    sub_unit: Party
    no_roles: Party
    person: Party
    reserved: Party
    unreachable: Party
    letters: Resource
    """`example-letters`: level 0, everyone may read."""
    level3: Resource
    confidential: Resource
    attachments_only: Resource
    """`example-access`: a GenericAccessResource."""


def organisation(number: str, name: str, **fields) -> Party:
    return Party.objects.create(
        kind=PartyKind.ORGANIZATION,
        org_number=number,
        urn=organisation_urn(number),
        display_name=name,
        **fields,
    )


def person(number: str, name: str) -> Party:
    return Party.objects.create(
        kind=PartyKind.PERSON, person_number=number, urn=person_urn(number), display_name=name
    )


def resource(identifier: str, owner: Party, **fields) -> Resource:
    fields.setdefault("resource_type", "CorrespondenceService")
    created = Resource.objects.create(
        identifier=identifier, owner=owner, orgcode="digdir", title={"nb": "Brev", "en": "Letters"}, **fields
    )
    AccessGrant.objects.create(resource=created, action=Action.READ, subject_kind=SubjectKind.EVERYONE)
    return created


def build_world() -> World:
    owner = organisation(OWNER, "DIGITALISERINGSDIREKTORATET", unit_type="ORGL")
    company = organisation(COMPANY, "RASK FALK AS", unit_type="AS")
    kari = person(PERSON, "KARI EKSEMPEL")
    reserved = person(RESERVED, "RESERVERT PERSON")
    Reservation.objects.create(person=reserved, reserved=True)
    PartyRole.objects.create(from_party=company, to_party=kari, role="daglig-leder")
    ContactPoint.objects.create(party=company, email="post@rask-falk.example", mobile="+4799999999")
    ContactPoint.objects.create(party=kari, email="kari@eksempel.example", mobile="+4799999998")
    return World(
        owner=owner,
        stranger=organisation(STRANGER, "ANNEN ETAT"),
        company=company,
        sub_unit=organisation(SUB_UNIT, "RASK FALK AVD", unit_type="BEDR", main_unit=company),
        no_roles=organisation(NO_ROLES, "UTEN ROLLER AS"),
        person=kari,
        reserved=reserved,
        unreachable=person(UNREACHABLE, "UTEN ADRESSE"),
        letters=resource("example-letters", owner),
        level3=resource("example-letters-level3", owner, minimum_level=3),
        confidential=resource("example-confidential", owner, confidentiality=Confidentiality.CONFIDENTIAL),
        attachments_only=resource("example-access", owner, resource_type="GenericAccessResource"),
    )
