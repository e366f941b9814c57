"""Every JSON example of the document can be posted as it stands to a freshly seeded demo, again and again."""

import pytest

from correspondence_site.demonstration.seed import seed
from tests.support.clients import BASE, Client
from tests.support.schema import document


def examples():
    for path, item in document()["paths"].items():
        for operation in item.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for name, example in body.get("examples", {}).items():
                yield pytest.param(
                    path.removeprefix(BASE), example["value"], id=f"{operation['operationId']} {name}"
                )


@pytest.mark.parametrize(("path", "body"), list(examples()))
def test_example_succeeds_twice(db, path, body):
    seed()
    sender = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")

    answers = [sender.post(path, body) for _ in range(2)]

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
