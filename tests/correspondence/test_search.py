"""Search (api.md 5.3, 10; lifecycle.md 4, 10.4)."""

import uuid

import pytest

from tests.support.clients import Client
from tests.support.letters import in_days, letter, send, send_and_publish
from tests.support.world import resource

RESOURCE = {"resourceId": "example-letters"}


def found(client, **query):
    answer = client.get("/correspondence", RESOURCE | query)
    assert answer.status_code == 200, answer.content
    return answer.json()["ids"]


def test_sender_finds_all_and_recipient_what_is_published(sender, recipient):
    waiting = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))
    published = send_and_publish(sender)

    assert found(sender, role="Sender") == [str(waiting.pk), str(published.pk)]
    assert found(recipient, role="recipient") == [str(published.pk)]
    assert found(recipient, role=2) == [str(published.pk)]


@pytest.mark.contract("lifecycle.md#4.3")
@pytest.mark.parametrize(
    ("status", "by_sender", "by_recipient"),
    [("ReadyForPublish", 2, 0), ("Published", 1, 1), (4, 1, 1), ("Fetched", 0, 0), ("Confirmed", 0, 0)],
)
def test_status_means_ever_had_it(sender, recipient, status, by_sender, by_recipient):
    send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))
    published = send_and_publish(sender)
    recipient.get(f"/correspondence/{published.pk}/content")

    counts = (len(found(sender, role="Sender", status=status)), len(found(recipient, role=0, status=status)))

    assert counts == (by_sender, by_recipient)


def test_period_is_open_at_both_ends(sender):
    time = "2030-01-01T00:00:00Z"
    send(sender, letter(correspondence={"requestedPublishTime": time}))

    assert found(sender, role="Sender", **{"from": time}) == []
    assert found(sender, role="Sender", to=time) == []
    assert len(found(sender, role="Sender", **{"from": "2029-12-31T23:59:59.999", "to": "2030-01-02"})) == 1


def test_senders_reference_and_key_narrow_the_search(sender):
    """SE18, SE20"""
    key = str(uuid.uuid4())
    keyed = send(sender, letter(idempotentKey=key))
    other = send(sender, letter(correspondence={"sendersReference": "another"}))

    assert found(sender, role="Sender", sendersReference="another") == [str(other.pk)]
    assert found(sender, role="Sender", idempotentKey=key) == [str(keyed.pk)]
    assert found(sender, role="Sender", idempotentKey=str(uuid.uuid4())) == []


@pytest.mark.parametrize(
    "on_behalf_of", ["", " ", "0192:310654302", "urn:altinn:organization:identifier-no:310654302"]
)
def test_on_behalf_of_takes_the_forms_of_the_contract(recipient, on_behalf_of):
    """SE03, SE05"""
    assert found(recipient, role="Recipient", onBehalfOf=on_behalf_of) == []


@pytest.mark.contract("lifecycle.md#10.4")
@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"role": ""}, "role"),
        ({"role": "owner"}, "role"),
        ({"role": "9"}, "role"),
        ({"resourceId": " "}, "resourceId"),
        ({"status": "Gone"}, "status"),
        ({"from": "yesterday"}, "from"),
        ({"idempotentKey": "x"}, "idempotentKey"),
        ({"onBehalfOf": "310654302"}, "onBehalfOf"),
        ({"onBehalfOf": "0192:31065430"}, "onBehalfOf"),
        ({"onBehalfOf": "01234567890"}, "onBehalfOf"),
    ],
)
def test_wrong_parameter_is_a_validation_problem_that_lists_all(sender, query, key):
    """SE02, SE19"""
    answer = sender.get("/correspondence", RESOURCE | {"role": "Sender"} | query)

    errors = answer.json()["errors"]
    assert answer.status_code == 400
    assert [name for name, messages in errors.items() if messages] == [key]
    assert set(errors) >= {"resourceId", "role"}


def test_period_that_ends_before_it_begins_is_1027(sender):
    """SE15"""
    query = RESOURCE | {"role": "Sender", "from": "2030-01-02", "to": "2030-01-01"}

    assert sender.get("/correspondence", query).json()["errorCode"] == 1027


def test_unknown_resource_and_stranger_get_4001(sender, stranger):
    send_and_publish(sender)

    assert sender.get("/correspondence", {"resourceId": "none", "role": 1}).json()["errorCode"] == 4001
    assert stranger.get("/correspondence", RESOURCE | {"role": "Sender"}).json().get("ids", []) == []


def test_strangers_lists_and_keys_are_its_own(sender, world, stranger):
    key = str(uuid.uuid4())
    letter_ = send_and_publish(sender, letter(idempotentKey=key))

    for query in ({"role": 0}, {"role": 1}, {"role": 2}, {"role": 2, "idempotentKey": key}):
        answer = stranger.get("/correspondence", RESOURCE | query).json()
        assert str(letter_.pk) not in answer.get("ids", [])


def test_each_owner_has_idempotency_keys_of_its_own(sender, stranger, world):
    resource("stranger-letters", world.stranger)
    key = str(uuid.uuid4())
    send(sender, letter(idempotentKey=key))

    answer = stranger.post(
        "/correspondence", letter(correspondence={"resourceId": "stranger-letters"}, idempotentKey=key)
    )

    assert answer.status_code == 200


def test_person_finds_own_letters(sender, world):
    person = Client.person("04825999731", "altinn:correspondence.read")
    published = send_and_publish(sender, letter(recipients=["04825999731"]))

    assert found(person, role="Recipient", onBehalfOf="04825999731") == [str(published.pk)]


@pytest.mark.parametrize("letters", [1, 3])
def test_search_query_count_is_constant(sender, letters, django_assert_num_queries):
    for _ in range(letters):
        send(sender)

    with django_assert_num_queries(3):  # resource, grants for reading, the search
        ids = found(sender, role="Sender")

    assert len(ids) == letters


@pytest.mark.contract("api.md#5.3")
def test_prefixed_resource_id_opens_the_search_and_matches_nothing(sender):
    send(sender)
    query = {"role": "Sender", "resourceId": "urn:altinn:resource:example-letters"}

    answer = sender.get("/correspondence", query)

    assert (answer.status_code, answer.json()) == (200, {"ids": []})
