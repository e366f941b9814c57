"""What the API answers before any handler runs (api.md 1.1 to 1.4, 2.4, 2.7)."""

import uuid

import pytest

from registry.enums import TokenKind
from tests.support.clients import Client

NEW_ID = "01900000-0000-7000-8000-00000000ffff"
ANONYMOUS = Client(None)


@pytest.mark.contract("api.md#2.4")
def test_unknown_route_is_404_with_an_empty_body(db):
    answer = ANONYMOUS.get("/nothing/here")

    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.contract("api.md#2.4")
def test_wrong_method_is_405_without_a_token_and_lists_the_methods(db):
    answer = ANONYMOUS.delete("/attachment")

    assert (answer.status_code, answer.content, answer.headers["Allow"]) == (405, b"", "POST")


@pytest.mark.contract("api.md#1.2")
def test_wrong_content_type_is_415_without_a_token(db):
    answer = ANONYMOUS.upload("/attachment", b"{}", content_type="text/json")

    assert (answer.status_code, answer.content) == (415, b"")


@pytest.mark.contract("api.md#2.7")
def test_no_token_is_401_with_a_challenge_and_an_empty_body(db):
    answer = ANONYMOUS.get(f"/attachment/{NEW_ID}")

    assert (answer.status_code, answer.content, answer.headers["WWW-Authenticate"]) == (401, b"", "Bearer")


@pytest.mark.contract("api.md#2.7")
def test_unreadable_token_is_401_that_says_so(db):
    answer = Client("not-a-token").get(f"/attachment/{NEW_ID}")

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.contract("api.md#2.7")
def test_missing_scope_is_403_with_an_empty_body(recipient):
    answer = recipient.get(f"/attachment/{NEW_ID}")

    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.contract("access.md#1.6")
def test_raw_token_where_exchanged_ones_are_taken_is_403_that_says_to_exchange(world):
    raw = Client.organisation("310654302", "altinn:correspondence.read", kind=TokenKind.MASKINPORTEN)

    answer = raw.get(f"/correspondence/{NEW_ID}/content")

    assert answer.status_code == 403
    assert answer.json()["title"] == "IDX10205: Issuer validation failed"


@pytest.mark.contract("api.md#1.4")
@pytest.mark.parametrize("accept", ["application/*", "text/plain", "application/problem+json"])
def test_accept_without_the_declared_type_is_406_in_plain_text(sender, accept):
    answer = sender.get(f"/attachment/{NEW_ID}", Accept=accept)

    assert (answer.status_code, answer.content) == (406, b"Supported media types: application/json")


@pytest.mark.contract("api.md#1.4")
@pytest.mark.parametrize("accept", ["*/*", "text/html, Application/JSON;q=0.8"])
def test_accept_with_the_declared_type_passes(sender, accept):
    assert sender.get(f"/attachment/{NEW_ID}", Accept=accept).json()["errorCode"] == 2001


@pytest.mark.contract("api.md#2.1")
def test_numbered_problem_has_every_member(sender):
    answer = sender.get(f"/attachment/{NEW_ID}")

    problem = answer.json()
    trace_id = problem.pop("traceId")
    assert problem == {
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.5",
        "title": "Not Found",
        "status": 404,
        "detail": problem["detail"],
        "code": "CORR-02001",
        "statusDescription": "Not Found",
        "errorCode": 2001,
    }
    assert trace_id.startswith("00-")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.contract("api.md#2.2")
def test_id_that_is_no_guid_is_a_validation_problem(sender):
    answer = sender.get("/attachment/upload")

    assert answer.status_code == 400
    assert answer.json()["code"] == "STD-00000"
    assert list(answer.json()["errors"]) == ["attachmentId"]


@pytest.mark.contract("api.md#1.3")
def test_answers_are_not_stored_nor_sniffed(sender):
    headers = sender.get(f"/attachment/{NEW_ID}").headers

    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


@pytest.mark.contract("api.md#1.1")
@pytest.mark.parametrize("path", ["/ATTACHMENT/{}", "/Attachment/{}/"])
def test_paths_match_in_any_case_with_or_without_a_slash(sender, path):
    assert sender.get(path.format(NEW_ID.upper())).json()["errorCode"] == 2001


def test_trace_of_the_caller_is_continued(sender):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    answer = sender.get(f"/attachment/{NEW_ID}", traceparent=f"00-{trace}-00f067aa0ba902b7-01")

    assert answer.json()["traceId"].split("-")[1] == trace


@pytest.mark.contract("access.md#1.8")
def test_preflight_from_an_inbox_origin_is_answered(db):
    origin = {"Origin": "https://af.tt02.altinn.no", "Access-Control-Request-Method": "POST"}

    answer = ANONYMOUS.http.options("/correspondence/api/v1/correspondence", headers=origin)

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://af.tt02.altinn.no"


@pytest.mark.contract("access.md#1.8")
def test_other_origins_get_no_cors_header(db):
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    answer = ANONYMOUS.http.options("/correspondence/api/v1/correspondence", headers=origin)

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_body_above_ten_megabytes_is_413(sender):
    answer = sender.upload("/attachment", b'"' + b"x" * 10_000_001 + b'"', content_type="application/json")

    assert (answer.status_code, answer.content) == (413, b"")


@pytest.mark.contract("api.md#2.2")
def test_problem_of_a_path_lists_its_other_values(sender, recipient):
    valid = uuid.uuid4()

    problem = recipient.get(f"/correspondence/{valid}/attachment/x/download").json()

    assert set(problem["errors"]) == {"correspondenceId", "attachmentId"}
    assert problem["errors"]["correspondenceId"] == []
