"""Every JSON example of the document can be posted as it stands to a freshly seeded demo, again and again.

Those about one letter are posted for a letter of the demo.
"""

import pytest

from correspondence_site.demonstration.seed import seed
from tests.support.clients import BASE, Client, EventsClient
from tests.support.letters import letter, send_and_publish
from tests.support.schema import document

LETTER_ID = "{correspondenceId}"


def examples(*, of_a_letter):
    for path, item in document()["paths"].items():
        if (LETTER_ID in path) != of_a_letter:
            continue
        for operation in item.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for name, example in body.get("examples", {}).items():
                yield pytest.param(
                    path.removeprefix(BASE), example["value"], id=f"{operation['operationId']} {name}"
                )


@pytest.mark.parametrize(("path", "body"), list(examples(of_a_letter=False)))
def test_example_succeeds_twice(db, path, body):
    seed()
    scopes = "altinn:serviceowner", "altinn:correspondence.write", "altinn:events.subscribe"
    client = EventsClient if path.startswith("/events/") else Client

    answers = [client.organisation("991825827", *scopes).post(path, body) for _ in range(2)]

    assert [answer.status_code for answer in answers] in ([200, 200], [201, 201]), answers[-1].content


@pytest.mark.parametrize(("path", "body"), list(examples(of_a_letter=True)))
def test_example_about_a_letter_succeeds_for_each_that_was_read(db, path, body):
    seed()
    sender = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")
    recipient = Client.organisation("310654302", "altinn:correspondence.read")
    answers = []
    for _ in range(2):
        letter_ = send_and_publish(sender, letter(correspondence={"allowForwarding": True}))
        recipient.get(f"/correspondence/{letter_.pk}/content")
        answers.append(recipient.post(path.replace(LETTER_ID, str(letter_.pk)), body))

    assert [answer.status_code for answer in answers] == [200, 200], answers[-1].content


def test_every_operation_with_a_json_body_has_an_example():
    operations = [
        operation["operationId"]
        for item in document()["paths"].values()
        for operation in item.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
        and not operation["requestBody"]["content"]["application/json"].get("examples")
    ]

    assert operations == []


def test_seeding_twice_changes_nothing(db):
    seed()
    seed()
