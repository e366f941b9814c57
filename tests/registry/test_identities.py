"""Exactly one identity acts (access.md 1.3, 1.9, 2.3): every token against every grant, action and party."""

import uuid
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.claims import caller_of
from registry.enums import Action, RecipientKind, Scope, SubjectKind, TokenKind
from registry.identifiers import organisation_urn, person_urn
from registry.models import AccessGrant, SystemUser
from registry.services.access import DENIED, GRANTED, GRANTED_TO_OWNER, decide
from registry.services.directory import find_resource
from registry.services.tokens import iso6523
from tests.support.world import COMPANY, OWNER, PERSON, STRANGER, SUB_UNIT

ACTIVE, INACTIVE, UNREGISTERED = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)
COMPANY_URN, STRANGER_URN, OWNER_URN = map(organisation_urn, (COMPANY, STRANGER, OWNER))
PERSON_URN = person_urn(PERSON)
EMAIL_URN = f"{RecipientKind.EMAIL_USER}:kari@example.no"
LEVEL = {"urn:altinn:authlevel": 3, "l": 3, "acr": "idporten-loa-substantial"}
OWNERS_CLIENT = {"consumer": iso6523(OWNER), "scope": "altinn:serviceowner"}
COMPANYS_CLIENT = {"consumer": iso6523(COMPANY), "urn:altinn:orgNumber": COMPANY}


def acting(system_user, customer=COMPANY):
    details = {
        "type": "urn:altinn:systemuser",
        "systemuser_id": [str(system_user)],
        "systemuser_org": iso6523(customer),
    }
    return {"authorization_details": [details], "consumer": iso6523(STRANGER)}


A, M, D, I = TokenKind.ALTINN, TokenKind.MASKINPORTEN, TokenKind.DIALOGPORTEN, TokenKind.IDPORTEN  # noqa: E741
NOBODY = ""
TOKENS = {
    # who: kinds, claims, whose own letters they are, the system user if one acts
    "organisation": ((A, M), {"urn:altinn:orgNumber": COMPANY, "consumer": iso6523(COMPANY)}, COMPANY_URN, None),
    "organisation by consumer": ((A, M), {"consumer": iso6523(COMPANY)}, COMPANY_URN, None),
    "owner without its scope": ((A, M), {"consumer": iso6523(OWNER)}, OWNER_URN, None),
    "person": ((A, M), {"pid": PERSON, **COMPANYS_CLIENT}, PERSON_URN, None),
    "person by the owner's client": ((A, M), {"pid": PERSON, **OWNERS_CLIENT}, PERSON_URN, None),
    "person with unreadable number": ((A, M), {"pid": "01234567890", **OWNERS_CLIENT}, NOBODY, None),
    "person with two names": (
        (A, M),
        {"pid": "01234567890", "urn:altinn:party:external-identifier": EMAIL_URN},
        NOBODY,
        None,
    ),
    "person and system user": ((A, M), {"pid": PERSON, **acting(ACTIVE)}, PERSON_URN, None),
    "e-mail user": (
        (A,), {"urn:altinn:party:external-identifier": EMAIL_URN, **COMPANYS_CLIENT}, EMAIL_URN, None,
    ),
    "party by UUID alone": ((A, M), {"urn:altinn:party:uuid": str(UNREGISTERED), **OWNERS_CLIENT}, NOBODY, None),
    "party by id alone": ((A, M), {"urn:altinn:partyid": 51000002, **OWNERS_CLIENT}, NOBODY, None),
    "user by id alone": ((A, M), {"urn:altinn:userid": 20000490, **OWNERS_CLIENT}, NOBODY, None),
    "system user": ((A, M), acting(ACTIVE), COMPANY_URN, ACTIVE),
    "system user, inactive": ((A, M), acting(INACTIVE), NOBODY, INACTIVE),
    "system user, unregistered": ((A, M), acting(UNREGISTERED), NOBODY, UNREGISTERED),
    "system user, unreadable": ((A, M), acting("x") | OWNERS_CLIENT, NOBODY, None),
    "system user of another customer": ((A, M), acting(ACTIVE, customer=STRANGER), NOBODY, ACTIVE),
    "system user of the owner's client": ((A, M), acting(ACTIVE) | OWNERS_CLIENT, COMPANY_URN, ACTIVE),
    "dialog's person": ((D,), {"c": PERSON_URN, "p": COMPANY_URN, **OWNERS_CLIENT}, PERSON_URN, None),
    "dialog's nobody": ((D,), {"p": COMPANY_URN, **OWNERS_CLIENT}, NOBODY, None),
    "dialog's system user": (
        (D,), {"c": PERSON_URN, "p": COMPANY_URN, "y": f"urn:altinn:systemuser:uuid:{ACTIVE}"}, COMPANY_URN, ACTIVE,
    ),
    "dialog's unreadable system user": ((D,), {"c": PERSON_URN, "p": COMPANY_URN, "y": "x"}, NOBODY, None),
    "ID-porten person": ((I,), {"pid": PERSON, "email": "a@b.no", **COMPANYS_CLIENT}, PERSON_URN, None),
    "ID-porten e-mail user": ((I,), {"email": "kari@example.no", **COMPANYS_CLIENT}, EMAIL_URN, None),
    "ID-porten nobody": ((I,), OWNERS_CLIENT, NOBODY, None),
    "nobody": ((A, M, D, I), {}, NOBODY, None),
}  # fmt: skip
GRANTS = [
    *((SubjectKind.PARTY, urn) for urn in (COMPANY_URN, PERSON_URN, EMAIL_URN, STRANGER_URN, OWNER_URN)),
    (SubjectKind.EVERYONE, ""),
    (SubjectKind.ROLE, "daglig-leder"),
    (SubjectKind.USER, PERSON_URN),
    *((SubjectKind.SYSTEM_USER, str(one)) for one in (ACTIVE, INACTIVE, UNREGISTERED, None)),
]
ASKED = [
    *(
        (Action.READ, urn)
        for urn in (COMPANY_URN, organisation_urn(SUB_UNIT), PERSON_URN, EMAIL_URN, STRANGER_URN, OWNER_URN)
    ),
    (Action.WRITE, OWNER_URN),
]


def caller(kind, claims):
    return caller_of({"iss": "x", **LEVEL, **claims}, kind=kind)


def should_be_granted(own, system_user, grant, action, party):
    """The rule of access.md 2.3 and 4.2, said once more in the words of the table."""
    kind, subject = grant
    if own == NOBODY:
        return False
    if system_user:
        return grant == (SubjectKind.SYSTEM_USER, str(system_user)) and (
            action == Action.WRITE or party == own
        )
    if kind == SubjectKind.EVERYONE:
        return party == own
    if kind == SubjectKind.ROLE:
        return own == PERSON_URN and party in {COMPANY_URN, organisation_urn(SUB_UNIT)}
    return subject == own and (action == Action.WRITE or party == own)


@pytest.fixture
def registered(world):
    for identity, active in ((ACTIVE, True), (INACTIVE, False)):
        SystemUser.objects.create(
            uuid=identity,
            organisation=world.company,
            vendor=world.stranger.org_number,
            system_id="x",
            active=active,
        )
    AccessGrant.objects.all().delete()
    return world


@pytest.mark.contract("access.md#2.3")
@pytest.mark.parametrize("grant", GRANTS, ids=" ".join)
def test_grant_opens_what_it_says_to_the_one_it_names_and_nothing_else(registered, grant):
    kind, subject = grant
    for action in (Action.READ, Action.WRITE):
        AccessGrant.objects.create(
            resource=registered.letters, action=action, subject_kind=kind, subject=subject
        )
    resource = find_resource("example-letters")
    wrong = []
    for (who, (kinds, claims, own, system_user)), (action, party) in product(TOKENS.items(), ASKED):
        for kind in kinds:
            decision = decide(caller(kind, claims), action=action, resource=resource, party_urn=party)
            expected = GRANTED if should_be_granted(own, system_user, grant, action, party) else DENIED
            if decision != expected:
                wrong.append((who, kind, action, party, decision))

    assert wrong == []


@pytest.mark.contract("access.md#2.1")
def test_only_the_owners_own_token_passes_without_a_grant(registered):
    resource = find_resource("example-letters")
    owner = {"consumer": iso6523(OWNER), "scope": "altinn:serviceowner"}
    decisions = {
        who: {
            decide(
                caller(kind, claims | {"scope": Scope.SERVICE_OWNER}),
                action=a,
                resource=resource,
                party_urn=p,
            )
            for kind in kinds
            for a, p in ASKED
        }
        for who, (kinds, claims, _, _) in (TOKENS | {"owner": ((A, M), owner, OWNER_URN, None)}).items()
    }

    passing = {who: decision for who, decision in decisions.items() if decision != {DENIED}}
    assert passing == {"owner": {GRANTED_TO_OWNER}, "owner without its scope": {GRANTED_TO_OWNER}}


@pytest.mark.contract("access.md#1.9")
@pytest.mark.parametrize(
    ("who", "acting_urn", "listed"),
    [
        ("organisation", COMPANY_URN, COMPANY_URN),
        ("person", PERSON_URN, ""),
        ("person by the owner's client", PERSON_URN, ""),
        ("party by UUID alone", "", ""),
        ("system user", COMPANY_URN, COMPANY_URN),
        ("dialog's person", PERSON_URN, COMPANY_URN),
        ("dialog's system user", PERSON_URN, COMPANY_URN),
        ("ID-porten person", PERSON_URN, ""),
        ("ID-porten nobody", "", ""),
    ],
)
def test_history_names_who_acts_and_lists_are_for_whom_it_acts(who, acting_urn, listed):
    kinds, claims, _, _ = TOKENS[who]

    for kind in kinds:
        found = caller(kind, claims)
        assert (found.party_urn, found.on_behalf_of) == (acting_urn, listed)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(COMPANY),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["ID", "type", "systemuser_id", "systemuser_org"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
CLAIMS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        [
            *("scope", "consumer", "pid", "c", "p", "y", "a", "l", "acr", "email", "authorization_details"),
            *("urn:altinn:orgNumber", "urn:altinn:partyid", "urn:altinn:authlevel", "client_id"),
        ],
        ODD,
    ),
)


@given(kind=st.sampled_from(TokenKind), claims=CLAIMS)
def test_no_claim_whatever_its_shape_stops_the_reading(kind, claims):
    """A person's mark, however malformed, keeps the organisation in the token from acting."""
    found = caller_of({"iss": "x", **claims}, kind=kind)

    assert not (claims.get("pid") and kind in {A, M} and (found.is_organisation or found.is_system_user))
