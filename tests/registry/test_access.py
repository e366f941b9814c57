"""Who may do what (access.md 2; operator-interface.md, registry file)."""

import pytest

from registry.callers import Caller
from registry.directory import ResourceInfo
from registry.enums import Action, Scope, SubjectKind, TokenKind
from registry.identifiers import organisation_urn, person_urn
from registry.models import AccessGrant, AccessListEntry, Resource, SystemUser
from registry.services.access import DENIED, GRANTED, GRANTED_TO_OWNER, decide
from registry.services.demo import seed_demo_registry
from registry.services.directory import find_resource
from tests.support.world import COMPANY, OWNER, PERSON, STRANGER, SUB_UNIT


def organisation(number, *scopes, kind=TokenKind.ALTINN, **more):
    return Caller(
        kind=kind,
        issuer="x",
        scopes=frozenset(scopes),
        consumer_org=number,
        party_urn=organisation_urn(number),
        **{"level": 3, **more},
    )


def person(number=PERSON, level=3):
    return Caller(kind=TokenKind.ALTINN, issuer="x", party_urn=person_urn(number), level=level)


def may(caller, action, party=COMPANY, resource="example-letters"):
    urn = organisation_urn(party) if len(party) == 9 else person_urn(party)
    return decide(caller, action=action, resource=find_resource(resource), party_urn=urn)


def grant(world, action, **fields):
    AccessGrant.objects.create(resource=world.letters, action=action, **fields)


def test_owner_needs_no_grant_on_its_own_resource(world):
    owner = organisation(OWNER, Scope.SERVICE_OWNER)

    assert may(owner, Action.WRITE, OWNER) == GRANTED_TO_OWNER
    assert may(owner, Action.READ, COMPANY) == GRANTED_TO_OWNER


def test_owner_without_the_scope_needs_a_grant(world):
    assert may(organisation(OWNER), Action.WRITE, OWNER) == DENIED


def test_other_owner_may_nothing(world):
    assert may(organisation(STRANGER, Scope.SERVICE_OWNER), Action.WRITE, OWNER) == DENIED
    assert may(organisation(STRANGER, Scope.SERVICE_OWNER), Action.READ, COMPANY) == DENIED


def test_everyone_means_each_for_itself(world):
    assert may(organisation(COMPANY), Action.READ, COMPANY) == GRANTED
    assert may(organisation(COMPANY), Action.READ, STRANGER) == DENIED
    assert may(person(), Action.READ, PERSON) == GRANTED


def test_unknown_resource_denies(world):
    assert may(organisation(COMPANY), Action.READ, COMPANY, resource="nothing") == DENIED


def test_write_grant_sends_for_the_owner(world):
    grant(world, Action.WRITE, subject_kind=SubjectKind.PARTY, subject=organisation_urn(STRANGER))

    assert may(organisation(STRANGER), Action.WRITE, OWNER) == GRANTED
    assert may(organisation(STRANGER), Action.READ, COMPANY) == DENIED


@pytest.mark.parametrize("unit", [COMPANY, SUB_UNIT])
def test_role_opens_the_organisations_letters_and_its_sub_units(world, unit):
    grant(world, Action.READ, subject_kind=SubjectKind.ROLE, subject="daglig-leder")

    assert may(person(), Action.READ, unit) == GRANTED
    assert may(person("18865196381"), Action.READ, unit) == DENIED


def test_access_list_names_the_organisations(world):
    world.letters.access_list_only = True
    world.letters.save()
    before = may(organisation(COMPANY), Action.READ, COMPANY)
    AccessListEntry.objects.create(resource=world.letters, organisation=world.company)

    assert (before, may(organisation(COMPANY), Action.READ, COMPANY)) == (DENIED, GRANTED)


@pytest.mark.contract("access.md#4.4")
def test_demos_system_user_reads_its_customers_letters_of_the_resource_that_it_was_granted(db):
    seed_demo_registry()
    demos = SystemUser.objects.get()
    system = organisation(COMPANY, is_system_user=True, system_user=demos.uuid)

    granted = {
        (one.identifier, number)
        for one in Resource.objects.all()
        for number in (COMPANY, STRANGER, PERSON)
        if may(system, Action.READ, number, resource=one.identifier).granted
    }

    assert granted == {("example-letters", COMPANY)}


@pytest.mark.contract("access.md#2.4")
@pytest.mark.parametrize(
    ("caller", "decision"),
    [
        (organisation(COMPANY, level=2), DENIED),
        (organisation(COMPANY, level=3), GRANTED),
        (organisation(COMPANY, level=None), DENIED),
        (organisation(COMPANY, level=None, kind=TokenKind.MASKINPORTEN), GRANTED),
    ],
)
def test_authentication_level_is_compared(world, caller, decision):
    assert may(caller, Action.READ, COMPANY, resource="example-letters-level3") == decision


def test_service_owner_may_have_a_lower_level_of_its_own(world):
    resource = ResourceInfo(
        identifier="example-letters",
        owner_org=OWNER,
        owner_name="x",
        orgcode="x",
        resource_type="x",
        minimum_level=4,
        minimum_level_org=3,
    )
    caller = organisation(COMPANY, level=3, has_orgcode=True)

    assert (
        decide(caller, action=Action.READ, resource=resource, party_urn=organisation_urn(COMPANY)) == GRANTED
    )
