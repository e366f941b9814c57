"""From which side a search looks, and what a key or an old id looks up (lifecycle.md 4; api.md 10)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence
from tests.support.clients import Client
from tests.support.letters import in_days, letter, send, send_and_publish
from tests.support.world import COMPANY, OWNER, PERSON, RESERVED, resource

READ, WRITE, SERVICE_OWNER = (
    "altinn:correspondence.read",
    "altinn:correspondence.write",
    "altinn:serviceowner",
)
WAITING = {"requestedPublishTime": in_days(1)}


def found(client, **query):
    answer = client.get("/correspondence", {"resourceId": "example-letters"} | query)
    assert answer.status_code == 200, answer.content
    return answer.json()["ids"]


@pytest.mark.contract("api.md#10")
def test_key_is_looked_up_whatever_the_filters_but_only_of_visible_letters(sender, recipient):
    waiting_key, published_key = str(uuid.uuid4()), str(uuid.uuid4())
    send(sender, letter(correspondence=WAITING, idempotentKey=waiting_key))
    published = send_and_publish(sender, letter(idempotentKey=published_key))
    filters = {"role": "Recipient", "status": "Failed", "sendersReference": "another", "to": "2020-01-01"}

    by_sender = found(sender, **filters, idempotentKey=published_key, altinn2CorrespondenceId=7)

    assert by_sender == [str(published.pk)]
    assert found(recipient, role="Sender", idempotentKey=published_key) == [str(published.pk)]
    assert found(recipient, role="Recipient", idempotentKey=waiting_key) == []


def test_old_id_finds_nothing_as_nothing_was_imported(sender):
    """SE21: nothing is imported, so every old id is one of no letter"""
    send_and_publish(sender)

    assert found(sender, role="Sender", altinn2CorrespondenceId=7) == []


@pytest.mark.contract("lifecycle.md#4.3")
def test_both_sides_are_the_union_of_each(sender, world):
    both = Client.organisation(OWNER, SERVICE_OWNER, READ, WRITE)
    sent = send(sender, letter(correspondence=WAITING))
    received = send_and_publish(sender, letter(recipients=[f"0192:{OWNER}"]))

    assert found(both, role="Recipient") == [str(received.pk)]
    assert set(found(both, role="Sender")) == {str(sent.pk), str(received.pk)}
    assert found(both, role="RecipientAndSender", status="Published") == [str(received.pk)]
    assert found(both, role="RecipientAndSender") == [str(sent.pk), str(received.pk)]


def test_owner_finds_what_a_recipient_has_but_not_what_it_never_sent(sender):
    owner = Client.organisation(OWNER, SERVICE_OWNER, READ, WRITE)
    send(sender, letter(correspondence=WAITING))
    published = send_and_publish(sender)

    assert found(owner, role="Recipient", onBehalfOf=f"0192:{COMPANY}") == [str(published.pk)]
    assert found(owner, role="Sender", onBehalfOf=f"0192:{COMPANY}") == []


def test_company_does_not_search_for_another(sender, recipient):
    send_and_publish(sender, letter(recipients=[PERSON]))

    answer = recipient.get(
        "/correspondence", {"resourceId": "example-letters", "role": "Recipient", "onBehalfOf": PERSON}
    )

    assert (answer.status_code, answer.json()["errorCode"]) == (401, 4001)


def test_person_without_an_organisation_must_say_on_whose_behalf(world):
    person = Client.person(PERSON, READ)

    answer = person.get("/correspondence", {"resourceId": "example-letters", "role": "Recipient"})

    assert (answer.status_code, answer.json()["errorCode"]) == (401, 4006)


@pytest.mark.contract("lifecycle.md#10.4")
def test_resources_are_kept_apart(sender, world):
    """SE07"""
    resource("other-letters", world.owner)
    send_and_publish(sender)
    other = send_and_publish(sender, letter(correspondence={"resourceId": "other-letters"}))

    assert found(sender, resourceId="other-letters", role=2, status="published") == [str(other.pk)]


@pytest.mark.contract("lifecycle.md#4.3")
@pytest.mark.parametrize(
    "status", [status for status in CorrespondenceStatus if status.wire_name != "Fetched"]
)
def test_search_by_status_agrees_with_the_history(sender, recipient, status):
    waiting = send(sender, letter(correspondence=WAITING, recipients=[RESERVED, f"0192:{COMPANY}"]))
    published, withdrawn = send_and_publish(sender), send(sender, letter(correspondence=WAITING))
    recipient.get(f"/correspondence/{published.pk}/content")
    recipient.post(f"/correspondence/{published.pk}/confirm")
    recipient.delete(f"/correspondence/{published.pk}/purge")
    sender.delete(f"/correspondence/{withdrawn.pk}/purge")

    ever = Correspondence.objects.filter(status_events__status=status).distinct()

    assert set(found(sender, role="Sender", status=status.wire_name)) == {str(one.pk) for one in ever}
    assert waiting.message.correspondences.count() == 2


def test_letters_of_one_moment_come_in_the_order_of_their_ids(sender):
    body = letter(recipients=[PERSON, f"0192:{COMPANY}"])
    sender.post("/correspondence", body)
    sender.post("/correspondence", body)
    Correspondence.objects.update(requested_publish_time=timezone.now())

    ids = found(sender, role="Sender")

    assert (len(ids), ids) == (4, sorted(ids))


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_time_outside_the_calendar_is_a_validation_problem(sender, time):
    answer = sender.get("/correspondence", {"resourceId": "example-letters", "role": 1, "from": time})

    assert (answer.status_code, [k for k, v in answer.json()["errors"].items() if v]) == (400, ["from"])


def test_recipient_does_not_find_what_failed_or_was_withdrawn_before_publishing(sender, recipient):
    withdrawn = send(sender, letter(correspondence=WAITING))
    sender.delete(f"/correspondence/{withdrawn.pk}/purge")

    assert found(recipient, role="Recipient") == []
    assert found(recipient, role="Recipient", status="PurgedByAltinn") == []
    assert found(sender, role="Sender", status="PurgedByAltinn") == [str(withdrawn.pk)]


@pytest.mark.contract("api.md#5.3")
def test_search_ends_at_a_thousand_the_newest_first(sender):
    oldest = send_and_publish(sender)
    newer = [
        Correspondence(
            message=oldest.message,
            resource_id=oldest.resource_id,
            owner_org=oldest.owner_org,
            recipient_urn=f"{oldest.recipient_urn}-{number}",
            recipient_kind=oldest.recipient_kind,
            requested_publish_time=oldest.requested_publish_time + timedelta(seconds=number + 1),
            created_at=oldest.created_at,
            status=CorrespondenceStatus.READY_FOR_PUBLISH,
        )
        for number in range(1000)
    ]
    Correspondence.objects.bulk_create(newer)

    ids = found(sender, role="Sender")

    assert ids == [str(letter_.pk) for letter_ in reversed(newer)]
