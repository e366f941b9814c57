"""Who a caller is to a letter, decided once per request (design.md point 11; lifecycle.md 3.5, 5.4)."""

import pytest

from correspondence.services.read import open_content
from registry.claims import caller_of
from registry.enums import Action, SubjectKind, TokenKind
from registry.models import AccessGrant
from tests.support.clients import Client
from tests.support.letters import COMPANY_URN, in_days, letter, send, send_and_publish, statuses, uploaded
from tests.support.world import COMPANY, NO_ROLES, OWNER, PERSON, UNREACHABLE

READ, WRITE, SERVICE_OWNER = (
    "altinn:correspondence.read",
    "altinn:correspondence.write",
    "altinn:serviceowner",
)
PERSON_URN = f"urn:altinn:person:identifier-no:{PERSON}"
BODY = "Hei Rask Falk As\n\nSøknaden er **innvilget**."


@pytest.fixture
def owner_reader(world):
    """The service owner's own token with the read scope only, as upstream's use-case script has it."""
    return Client.organisation(OWNER, SERVICE_OWNER, READ)


@pytest.fixture
def owner_with_both(world):
    return Client.organisation(OWNER, SERVICE_OWNER, READ, WRITE)


@pytest.fixture
def delegate(world):
    """A company that may send for the owner's resource."""
    AccessGrant.objects.create(
        resource=world.letters,
        action=Action.WRITE,
        subject_kind=SubjectKind.PARTY,
        subject=world.no_roles.urn,
    )
    return Client.organisation(NO_ROLES, READ, WRITE)


@pytest.mark.contract("lifecycle.md#3.5")
def test_recipient_with_both_scopes_is_the_recipient(sender):
    recipient = Client.organisation(COMPANY, READ, WRITE)
    published = send_and_publish(sender)

    overview = recipient.get(f"/correspondence/{published.pk}").json()

    assert overview["content"]["messageBody"] == BODY
    assert published.fetches.count() == 1
    assert recipient.post(f"/correspondence/{published.pk}/markasread").status_code == 200


@pytest.mark.contract("lifecycle.md#3.5")
def test_recipient_with_both_scopes_waits_for_the_publishing(sender):
    waiting = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))

    answer = Client.organisation(COMPANY, READ, WRITE).get(f"/correspondence/{waiting.pk}")

    assert (answer.status_code, answer.json()["errorCode"]) == (404, 1001)


def test_owner_with_both_scopes_is_the_sender(sender, owner_with_both):
    waiting = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))
    published = send_and_publish(sender)

    before = owner_with_both.get(f"/correspondence/{waiting.pk}/content")
    after = owner_with_both.get(f"/correspondence/{published.pk}/content")
    overview = owner_with_both.get(f"/correspondence/{published.pk}").json()

    assert (before.content.decode(), after.status_code, after.content) == (BODY, 200, b"")
    assert overview["content"]["messageBody"] == ""
    assert (statuses(published)[-1], published.fetches.exists()) == ("Published", False)


def test_owner_with_the_read_scope_does_what_a_recipient_does_but_in_its_own_name(sender, owner_reader):
    attachment = uploaded(sender, b"innhold")
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    path = f"/correspondence/{published.pk}"

    overview = owner_reader.get(path).json()
    downloaded = owner_reader.get(f"{path}/attachment/{attachment}/download").getvalue()
    purged = owner_reader.delete(f"{path}/purge")

    assert (overview["content"]["messageBody"], downloaded, purged.status_code) == (BODY, b"innhold", 200)
    assert statuses(published) == ["Initialized", "ReadyForPublish", "Published", "PurgedByRecipient"]
    assert published.status_events.latest("pk").actor_urn.endswith(OWNER)
    assert owner_reader.get(path).json()["errorCode"] == 1001


def test_owner_neither_marks_as_read_nor_confirms_for_the_recipient(sender, recipient, owner_reader):
    published = send_and_publish(sender)
    recipient.get(f"/correspondence/{published.pk}")

    answers = [
        owner_reader.post(f"/correspondence/{published.pk}/{action}") for action in ("markasread", "confirm")
    ]

    assert {(answer.status_code, answer.json()["errorCode"]) for answer in answers} == {(401, 4001)}
    assert statuses(published)[-1] == "Published"


def test_raw_token_with_the_read_scope_opens_the_owners_letter_without_a_trace(sender):
    published = send_and_publish(sender)
    raw = Client.organisation(OWNER, SERVICE_OWNER, READ, kind=TokenKind.MASKINPORTEN)

    overview = raw.get(f"/correspondence/{published.pk}")

    assert overview.json()["content"]["messageBody"] == BODY
    assert raw.get(f"/correspondence/{published.pk}/content").status_code == 403
    assert not published.fetches.exists()


def test_who_may_send_for_a_resource_follows_and_withdraws_what_others_sent(sender, delegate):
    waiting = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))

    overview = delegate.get(f"/correspondence/{waiting.pk}").json()
    found = delegate.get("/correspondence", {"resourceId": "example-letters", "role": "Sender"}).json()
    purged = delegate.delete(f"/correspondence/{waiting.pk}/purge")

    assert overview["sender"] == f"urn:altinn:organization:identifier-no:{OWNER}"
    assert overview["content"]["messageBody"] == BODY
    assert found == {"ids": [str(waiting.pk)]}
    assert (purged.status_code, statuses(waiting)[-1]) == (200, "PurgedByAltinn")


@pytest.mark.contract("lifecycle.md#5.4")
def test_recipient_purges_as_recipient_whatever_its_scope(sender):
    published = send_and_publish(sender)

    purged = Client.organisation(COMPANY, WRITE).delete(f"/correspondence/{published.pk}/purge")

    assert (purged.status_code, statuses(published)[-1]) == (200, "PurgedByRecipient")


@pytest.mark.contract("lifecycle.md#10.1")
def test_persons_letter_is_the_persons_alone(sender, world):
    """LR11, LR12"""
    published = send_and_publish(sender, letter(recipients=[PERSON]))
    person, another = Client.person(PERSON, READ), Client.person(UNREACHABLE, READ)

    own = [person.get(f"/correspondence/{published.pk}{part}").status_code for part in ("", "/content")]
    others = [another.get(f"/correspondence/{published.pk}{part}") for part in ("", "/content")]

    assert own == [200, 200]
    assert {(answer.status_code, answer.json()["errorCode"]) for answer in others} == {(401, 4001)}


def test_too_low_a_level_is_no_access(sender, world):
    published = send_and_publish(
        sender, letter(correspondence={"resourceId": "example-letters-level3"}, recipients=[PERSON])
    )

    low = Client.person(PERSON, READ, level=2).get(f"/correspondence/{published.pk}")
    high = Client.person(PERSON, READ, level=3).get(f"/correspondence/{published.pk}")

    assert (low.status_code, low.json()["errorCode"], high.status_code) == (401, 4001, 200)


@pytest.mark.contract("lifecycle.md#10.7")
def test_holder_of_a_dialog_token_reads_in_its_own_name(sender, world):
    AccessGrant.objects.create(
        resource=world.letters, action=Action.READ, subject_kind=SubjectKind.ROLE, subject="daglig-leder"
    )
    published = send_and_publish(sender)
    claims = {"iss": "https://dialogs.example", "c": PERSON_URN, "p": COMPANY_URN, "l": 3, "a": "read"}
    holder = caller_of(claims, kind=TokenKind.DIALOGPORTEN)

    opened = open_content(caller=holder, correspondence_id=published.pk)

    assert opened.shows_content
    assert statuses(published)[-1] == "Read"
    assert published.status_events.latest("pk").actor_urn == published.fetches.get().party_urn == PERSON_URN
