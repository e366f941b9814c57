"""The contract's document is valid, complete and says what the service does."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.support.clients import BASE, Client

OPERATIONS = {
    ("post", "/correspondence"),
    ("post", "/correspondence/upload"),
    ("get", "/correspondence"),
    ("get", "/correspondence/{correspondenceId}"),
    ("get", "/correspondence/{correspondenceId}/details"),
    ("post", "/correspondence/{correspondenceId}/markasread"),
    ("post", "/correspondence/{correspondenceId}/confirm"),
    ("delete", "/correspondence/{correspondenceId}/purge"),
    ("get", "/correspondence/{correspondenceId}/attachment/{attachmentId}/download"),
    ("get", "/correspondence/{correspondenceId}/attachments/downloadall"),
    ("post", "/correspondence/{correspondenceId}/forward"),
    ("post", "/attachment"),
    ("post", "/attachment/{attachmentId}/upload"),
    ("get", "/attachment/{attachmentId}"),
    ("get", "/attachment/{attachmentId}/details"),
    ("get", "/attachment/{attachmentId}/download"),
    ("delete", "/attachment/{attachmentId}"),
    ("post", "/events/api/v1/subscriptions"),
    ("get", "/events/api/v1/subscriptions"),
    ("get", "/events/api/v1/subscriptions/{subscriptionId}"),
    ("delete", "/events/api/v1/subscriptions/{subscriptionId}"),
}


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_document_is_made_without_warnings(document):
    assert not GENERATOR_STATS


def test_document_is_valid_openapi(document):
    assert list(OpenAPIV30SpecValidator(document).iter_errors()) == []


def test_document_has_every_operation_that_is_not_hidden(document):
    found = {(method, path.removeprefix(BASE)) for path, item in document["paths"].items() for method in item}

    assert found == OPERATIONS


def test_document_hides_what_only_notification_services_and_inboxes_call(document):
    hidden = ("/content", "notification/check", "forward/check", "confidential-reminders")

    assert [path for path in document["paths"] if any(part in path for part in hidden)] == []


@pytest.mark.parametrize(
    ("operation", "errors"),
    [
        (("get", ""), "400 401 403 406 500"),
        (("post", ""), "400 401 403 404 406 409 413 415 422 500"),
        (("post", "/upload"), "400 401 403 404 406 408 409 413 415 422 500 502"),
        (("delete", "/{correspondenceId}/purge"), "400 401 403 404 406 500"),
        (("get", "/{correspondenceId}/attachments/downloadall"), "400 401 403 404 500"),
        (("post", "/{correspondenceId}/forward"), "400 401 403 404 406 413 415 429 500"),
    ],
)
def test_document_says_which_errors_an_operation_answers(document, operation, errors):
    method, path = operation
    responses = document["paths"][f"{BASE}/correspondence{path}"][method]["responses"]

    assert [status for status in responses if status >= "400"] == errors.split()


def test_document_is_served_to_anyone_for_ten_minutes(db):
    answer = Client(None).get("/swagger/v1/swagger.json")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert answer.json()["components"]["securitySchemes"]["JWTBearerAuth"]["scheme"] == "bearer"


@pytest.mark.parametrize(
    ("path", "target"), [("/openapi.json", "/swagger/v1/swagger.json"), ("/swagger", "/swagger/index.html")]
)
def test_short_addresses_redirect_to_the_contract_ones(db, path, target):
    answer = Client(None).get(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, BASE + target)


def test_interactive_page_loads_everything_from_here(db):
    page = Client(None).get("/swagger/index.html").content.decode()

    assert "swagger-ui-bundle.js" in page
    assert "//cdn" not in page
    assert "<script>" not in page
    assert "<style>" not in page


def test_purge_answers_an_id_with_200(document):
    responses = document["paths"][f"{BASE}/correspondence/{{correspondenceId}}/purge"]["delete"]["responses"]

    assert "204" not in responses
    assert responses["200"]["content"]["application/json"]["schema"] == {"type": "string", "format": "uuid"}


def test_lists_in_answers_are_models(document):
    schemas = document["components"]["schemas"]
    details = schemas["CorrespondenceDetails"]["properties"]

    for name in ("statusHistory", "notifications", "externalReferences", "replyOptions"):
        assert "$ref" in details[name]["items"], name
    assert "$ref" in schemas["CorrespondenceContent"]["properties"]["attachments"]["items"]


def test_problems_of_downloads_are_problem_documents(document):
    path = f"{BASE}/correspondence/{{correspondenceId}}/attachment/{{attachmentId}}/download"

    assert list(document["paths"][path]["get"]["responses"]["404"]["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("accept", ["application/json", "text/html", "application/yaml", "foo/bar"])
def test_document_is_json_whatever_is_asked_for(db, accept):
    answer = Client(None).get("/swagger/v1/swagger.json", {"format": "foo"}, Accept=accept)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=600")


@pytest.mark.contract("api.md#1.3")
def test_nothing_below_the_page_forbids_keeping_it(db):
    assert "Cache-Control" not in Client(None).get("/swagger/index.html").headers
