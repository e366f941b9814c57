"""Every route beside the API's own: a method that it does not have is an empty 405 (design.md point 21)."""

from itertools import product

import pytest
from django.test import Client

HTTP = Client(raise_request_exception=False, enforce_csrf_checks=True)
OPENID = "/authentication/api/v1/openid"
ROUTES = {
    "/token": "POST",
    "/authentication/api/v1/exchange/maskinporten": "GET",
    "/.well-known/oauth-authorization-server": "GET",
    "/.well-known/jwks.json": "GET",
    f"{OPENID}/.well-known/openid-configuration": "GET",
    f"{OPENID}/.well-known/openid-configuration/jwks": "GET",
    f"{OPENID}/jwks": "GET",
    "/api/GetEnterpriseToken": "GET",
    "/api/GetPersonalToken": "GET",
    "/api/GetSystemUserToken": "GET",
    "/health/live": "GET",
    "/health/ready": "GET",
    "/metrics": "GET",
    "/": "GET, HEAD",
    "/correspondence/api/v1/swagger": "GET, HEAD",
    "/correspondence/api/v1/openapi.json": "GET, HEAD",
    "/correspondence/api/v1/swagger/index.html": "GET, HEAD",
    "/correspondence/api/v1/swagger/v1/swagger.json": "GET, HEAD",
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]


@pytest.mark.parametrize(
    ("path", "method"), [(p, m) for p, m in product(ROUTES, METHODS) if m not in ROUTES[p].split(", ")]
)
def test_other_method_is_an_empty_405_that_names_those_there_are(db, path, method):
    answer = HTTP.generic(method, path)

    assert (answer.status_code, answer.content) == (405, b"")
    assert (answer.headers["Allow"], answer.headers.get("Content-Type")) == (ROUTES[path], None)


@pytest.mark.parametrize("path", ROUTES)
def test_own_method_is_answered_without_a_page(db, path):
    answer = HTTP.generic(ROUTES[path].split(", ", maxsplit=1)[0], path)

    assert answer.status_code in {200, 302, 400, 401}
    assert b"<h1>" not in answer.content


def test_request_that_django_itself_refuses_is_an_empty_400(db):
    answer = HTTP.get("/health/live", headers={"Host": "somebody.else"})

    assert (answer.status_code, answer.content) == (400, b"")
