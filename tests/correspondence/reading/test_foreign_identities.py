"""Over HTTP: what a token's consumer or customer does not give to the person or system that acts (access.md 2.3)."""

import uuid

import pytest

from registry.enums import Action, SubjectKind
from registry.identifiers import person_urn
from registry.models import AccessGrant, SystemUser
from tests.support.clients import Client
from tests.support.letters import letter, send, send_and_publish, statuses
from tests.support.world import COMPANY, NO_ROLES, OWNER, PERSON, STRANGER, UNREACHABLE

READ, WRITE, SERVICE_OWNER = (
    "altinn:correspondence.read",
    "altinn:correspondence.write",
    "altinn:serviceowner",
)
SYSTEM_USER = uuid.uuid4()
SEARCH = {"resourceId": "example-letters", "role": "RecipientAndSender"}


def refused(answer):
    return (answer.status_code, answer.json()["errorCode"]) == (401, 4001)


def may(world, action, kind, subject):
    AccessGrant.objects.create(resource=world.letters, action=action, subject_kind=kind, subject=subject)


@pytest.fixture
def system(world):
    """A registered system user of the company, and a grant for it in place of the grant for everyone."""
    registered = SystemUser.objects.create(
        uuid=SYSTEM_USER, organisation=world.company, vendor=world.stranger.org_number, system_id="letters"
    )
    AccessGrant.objects.all().delete()
    may(world, Action.READ, SubjectKind.SYSTEM_USER, str(SYSTEM_USER))
    return registered


def test_person_neither_reads_nor_lists_nor_purges_what_its_clients_organisation_received(sender):
    published = send_and_publish(sender)
    person = Client.person(UNREACHABLE, READ, WRITE, consumer=COMPANY)
    path = f"/correspondence/{published.pk}"

    answers = [
        person.get(path),
        person.get(f"{path}/details"),
        person.get(f"{path}/content"),
        person.get(f"{path}/attachments/downloadall"),
        person.post(f"{path}/markasread"),
        person.post(f"{path}/confirm"),
        person.delete(f"{path}/purge"),
        person.get("/correspondence", SEARCH | {"onBehalfOf": f"0192:{COMPANY}"}),
    ]

    assert all(refused(answer) for answer in answers)
    assert (statuses(published)[-1], published.fetches.exists()) == ("Published", False)


@pytest.mark.contract("lifecycle.md#4.1")
def test_person_who_searches_without_saying_for_whom_searches_for_no_organisation(sender):
    send_and_publish(sender)

    answer = Client.person(PERSON, READ, consumer=COMPANY).get("/correspondence", SEARCH)

    assert (answer.status_code, answer.json()["errorCode"]) == (401, 4006)


def test_person_sends_on_a_grant_of_its_own_only(world):
    may(world, Action.WRITE, SubjectKind.PARTY, world.no_roles.urn)
    person = Client.person(PERSON, WRITE, consumer=NO_ROLES)
    by_consumer = [
        person.post("/correspondence", letter()),
        person.post(
            "/attachment", {"resourceId": "example-letters", "fileName": "a.txt", "sendersReference": "a"}
        ),
    ]
    may(world, Action.WRITE, SubjectKind.PARTY, person_urn(PERSON))

    assert all(refused(answer) for answer in by_consumer)
    assert send(person).status_events.latest("pk").actor_urn == person_urn(PERSON)


def test_person_is_no_service_owner_whatever_scope_its_token_has(sender):
    published = send_and_publish(sender)
    person = Client.person(UNREACHABLE, SERVICE_OWNER, READ, WRITE, consumer=OWNER)

    assert refused(person.get(f"/correspondence/{published.pk}"))
    assert refused(person.post("/correspondence", letter()))


@pytest.mark.contract("access.md#4.2")
def test_system_user_reads_and_lists_its_customers_letters_by_its_own_grant(sender, system):
    published, other = send_and_publish(sender), send_and_publish(sender, letter(recipients=[PERSON]))
    client = Client.system_user(SYSTEM_USER, READ)

    content = client.get(f"/correspondence/{published.pk}/content")
    found = client.get("/correspondence", SEARCH).json()

    assert (content.status_code, found) == (200, {"ids": [str(published.pk)]})
    assert published.status_events.latest("pk").actor_urn == system.organisation.urn
    assert refused(client.get(f"/correspondence/{other.pk}"))


@pytest.mark.contract("access.md#2.3")
@pytest.mark.parametrize("change", ["unregistered", "inactive", "another customer's", "not granted"])
def test_system_user_without_registration_or_grant_has_none_of_its_customers_rights(
    sender, world, system, change
):
    may(world, Action.READ, SubjectKind.PARTY, world.company.urn)
    may(world, Action.READ, SubjectKind.EVERYONE, "")
    published = send_and_publish(sender)
    if change == "unregistered":
        system.delete()
    elif change == "inactive":
        SystemUser.objects.update(active=False)
    elif change == "another customer's":
        SystemUser.objects.update(organisation=world.no_roles)
    else:
        AccessGrant.objects.filter(subject_kind=SubjectKind.SYSTEM_USER).delete()
    client = Client.system_user(SYSTEM_USER, READ)

    assert refused(client.get(f"/correspondence/{published.pk}"))
    assert refused(client.get("/correspondence", SEARCH))
    assert Client.organisation(COMPANY, READ).get(f"/correspondence/{published.pk}").status_code == 200


def test_right_to_send_for_everyone_is_each_owners_own(sender, world):
    """`*` with `write`: nobody but the owner is itself here, and no search shows others what was sent."""
    may(world, Action.WRITE, SubjectKind.EVERYONE, "")
    send_and_publish(sender, letter(recipients=[PERSON]))
    client = Client.organisation(STRANGER, READ, WRITE)

    assert client.get("/correspondence", SEARCH | {"role": "Sender"}).json() == {"ids": []}
    assert refused(client.post("/correspondence", letter()))
