"""What is answered before a handler runs: 405, 401, 403, 406, 400, in that order (api.md 1.2, 2.4)."""

import uuid

import pytest

from registry.models import Party
from tests.support.clients import Client
from tests.support.letters import letter, send_and_publish, uploaded

ID = "01900000-0000-7000-8000-00000000ffff"
ROUTES = [
    ("get", "", "GET, POST"),
    ("get", f"/{ID}", "GET"),
    ("get", f"/{ID}/details", "GET"),
    ("get", f"/{ID}/content", "GET"),
    ("post", f"/{ID}/markasread", "POST"),
    ("post", f"/{ID}/confirm", "POST"),
    ("delete", f"/{ID}/purge", "DELETE"),
    ("get", f"/{ID}/attachment/{ID}/download", "GET"),
    ("get", f"/{ID}/attachments/downloadall", "GET"),
]
FORWARDING = [("post", f"/{ID}/forward", "POST"), ("get", f"/{ID}/forward/check", "GET")]
"""Beyond the door they need a body, or a scope of their own: tests/correspondence/forwarding."""


def call(client, method, path, **headers):
    return getattr(client, method)(f"/correspondence{path}", **headers)


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(("method", "path", "allow"), ROUTES + FORWARDING)
def test_wrong_method_is_405_without_any_token(db, method, path, allow):
    answer = Client(None).http.patch(f"/correspondence/api/v1/correspondence{path}")

    assert (answer.status_code, answer.content, answer.headers["Allow"]) == (405, b"", allow)


@pytest.mark.contract("api.md#2.7")
@pytest.mark.parametrize(("method", "path", "allow"), ROUTES + FORWARDING)
def test_no_token_is_401_with_a_challenge(db, method, path, allow):
    answer = call(Client(None), method, path)

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.contract("api.md#2.7")
@pytest.mark.parametrize(("method", "path", "allow"), ROUTES + FORWARDING)
def test_token_without_a_fitting_scope_is_an_empty_403(world, method, path, allow):
    answer = call(Client.organisation("310654302", "altinn:serviceowner"), method, path)

    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.contract("access.md#1.5")
def test_what_only_recipients_open_refuses_the_senders_scope(sender):
    assert sender.get(f"/correspondence/{ID}/content").status_code == 403


@pytest.mark.contract("api.md#1.4")
@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("", "text/plain", 406),
        ("/details", "application/problem+json", 406),
        ("", "text/html, application/json;q=0.5", 200),
        ("/content", "application/json", 406),
        ("/content", "*/*", 200),
    ],
)
def test_accept_must_admit_what_is_produced(sender, recipient, path, accept, status):
    published = send_and_publish(sender)

    answer = recipient.get(f"/correspondence/{published.pk}{path}", Accept=accept)

    assert answer.status_code == status
    assert status == 200 or answer.content.startswith(b"Supported media types: ")


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(("method", "path", "allow"), ROUTES[1:])
def test_id_that_is_no_guid_is_a_validation_problem(recipient, method, path, allow):
    answer = call(recipient, method, path.replace(ID, "upload", 1))

    errors = answer.json()["errors"]
    wrong = [name for name, messages in errors.items() if messages]
    assert (answer.status_code, wrong) == (400, ["correspondenceId"])


def test_attachment_id_that_is_no_guid_is_a_validation_problem(recipient):
    answer = recipient.get(f"/correspondence/{ID}/attachment/first/download")

    errors = answer.json()["errors"]
    assert (answer.status_code, errors["correspondenceId"], len(errors["attachmentId"])) == (400, [], 1)


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(("method", "path", "allow"), ROUTES[1:])
def test_unknown_letter_is_404(recipient, method, path, allow):
    """LS01, LD07, HO07"""
    answer = call(recipient, method, path)

    assert (answer.status_code, answer.json()["errorCode"]) == (404, 1001)


@pytest.mark.contract("api.md#2.1")
def test_problem_is_of_the_type_that_the_endpoint_declares(recipient):
    types = {
        path: recipient.get(f"/correspondence/{uuid.uuid4()}{path}").headers["Content-Type"]
        for path in ("", "/details", "/content", f"/attachment/{ID}/download")
    }

    assert types == {
        "": "application/json; charset=utf-8",
        "/details": "application/json; charset=utf-8",
        "/content": "application/problem+json; charset=utf-8",
        f"/attachment/{ID}/download": "application/problem+json; charset=utf-8",
    }


@pytest.mark.contract("api.md#1.1")
@pytest.mark.parametrize("spelling", ["{id}/", "{{{id}}}", "{hex}", "{upper}/DETAILS"])
def test_paths_and_ids_match_in_every_usual_spelling(sender, recipient, spelling):
    published = send_and_publish(sender)
    identity = spelling.format(id=published.pk, hex=published.pk.hex, upper=str(published.pk).upper())

    answer = recipient.get(f"/correspondence/{identity}")

    assert answer.json()["correspondenceId"] == str(published.pk)


@pytest.mark.contract("lifecycle.md#5.3")
def test_nothing_is_archived_any_more(sender, recipient):
    """LS01"""
    published = send_and_publish(sender)

    answer = recipient.post(f"/correspondence/{published.pk}/archive")

    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.contract("lifecycle.md#3.1")
def test_caller_whom_the_register_does_not_know_is_4002(sender, recipient, world):
    attachment = uploaded(sender)
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    path = f"/correspondence/{published.pk}"
    recipient.get(path)
    Party.objects.filter(pk=world.company.pk).update(urn=f"{world.company.urn}-gone")

    answers = [
        recipient.get(path),
        recipient.get(f"{path}/details"),
        recipient.get(f"{path}/content"),
        recipient.get(f"{path}/attachment/{attachment}/download"),
        recipient.get(f"{path}/attachments/downloadall"),
        recipient.post(f"{path}/markasread"),
        recipient.post(f"{path}/confirm"),
        recipient.delete(f"{path}/purge"),
    ]

    assert {(answer.status_code, answer.json()["errorCode"]) for answer in answers} == {(400, 4002)}
