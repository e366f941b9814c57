"""Whatever is sent to the token endpoints is answered as the client's fault (RFC 6749 3.2, 5.2; access.md 3)."""

import base64
import json
from urllib.parse import urlencode

import pytest
from django.test import Client as DjangoClient

from registry.services.demo import seed_demo_registry
from registry.services.keys import ring

HTTP = DjangoClient(raise_request_exception=False)
CLIENT, SECRET = "7c1f0d52-6d1b-4a8e-9f40-2f0f6a1f5b11", "demo-only"
SCOPES = "altinn:serviceowner altinn:correspondence.write altinn:correspondence.read altinn:events.subscribe"
FORM = "application/x-www-form-urlencoded"
GRANT = b"grant_type=client_credentials"


@pytest.fixture(autouse=True)
def registry(db):
    ring.clear()
    seed_demo_registry()


def basic(credentials):
    return f"Basic {base64.b64encode(credentials).decode()}"


OURS = basic(f"{CLIENT}:{SECRET}".encode())


def post(body=GRANT, *, authorization=OURS, content_type=FORM, query=""):
    headers = {"Authorization": authorization} if authorization else {}
    return HTTP.generic("POST", f"/token{query}", body, content_type=content_type, headers=headers)


def form(**fields):
    return urlencode({"grant_type": "client_credentials", **fields}).encode()


@pytest.mark.parametrize("scope", ["", " "])
def test_parameter_without_a_value_counts_as_omitted(scope):
    answer = post(form(scope=scope, client_id=""))

    assert (answer.status_code, answer.json()["scope"]) == (200, SCOPES)


@pytest.mark.parametrize(
    "authorization",
    [
        *map(basic, [b"a\0b:x", b"a%00b:x", f"{CLIENT}:a\0b".encode(), b"\xff\xfe:x", b"no colon", b""]),
        basic(b"a" * 100_000 + b":x"),
        "Basic æøå",
        "Basic !!!",
        "Basic",
        "Bearer x",
    ],
)
def test_credentials_that_are_nobodys_are_401(authorization):
    answer = post(authorization=authorization)

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("client_id", "secret"), [("a\0b", SECRET), (CLIENT, "a\0b"), (b"\xff", b"\xfe"), ("a" * 100_000, "x")]
)
def test_credentials_in_the_form_that_are_nobodys_are_401(client_id, secret):
    answer = post(form(client_id=client_id, client_secret=secret), authorization=None)

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    "request_",
    [
        {"body": GRANT + b"&" + GRANT},
        {"body": GRANT + b"&scope=a&scope=b"},
        {"body": form(client_id="x") + f"&client_id={CLIENT}".encode()},
        {"body": b'{"grant_type": "client_credentials"}', "content_type": "application/json"},
        {"body": GRANT, "content_type": "text/plain"},
        {"body": GRANT, "content_type": f"{FORM}; charset=iso-8859-1"},
        {"body": GRANT, "content_type": "multipart/form-data"},
        {"body": GRANT, "content_type": "multipart/form-data; boundary=x"},
        {"body": b"", "content_type": ""},
        {"body": b"&".join(b"a%d=1" % number for number in range(5000))},
        {"body": form(scope="a" * 1_000_000)},
        {"query": "?scope=a"},
        {"query": "?x=%ZZ"},
        {"query": "?æ"},
    ],
)
def test_request_that_is_no_proper_form_is_invalid(request_):
    answer = post(**request_)

    assert answer.headers["Content-Type"] == "application/json"
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("odd", ["", "\0"])
@pytest.mark.parametrize(
    "grant",
    [
        "password",
        "authorization_code",
        "refresh_token",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
)
def test_no_grant_that_tries_a_users_password_or_code_is_served(grant, odd):
    tried = dict.fromkeys(("username", "password", "code", "refresh_token", "device_code"), f"x{odd}")

    answer = post(form(grant_type=grant, **tried))

    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


def unsigned(header, claims):
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), "c2ln"])


@pytest.mark.parametrize(
    "make",
    [
        lambda kid: unsigned({"alg": "RS256", "kid": kid}, b'{"a":' + b"[" * 4000 + b"]" * 4000 + b"}"),
        lambda kid: unsigned(b'{"kid":"x","alg":' + b"[" * 4000 + b"]" * 4000 + b"}", {}),
        lambda kid: unsigned({"alg": "RS256", "kid": "a\0"}, {"iss": "http://127.0.0.1:8000/"}),
        lambda kid: unsigned({"alg": ["RS256"], "kid": kid}, {"iss": "http://127.0.0.1:8000/"}),
        lambda kid: unsigned({"alg": "RS256", "kid": kid}, b'{"iss": "\\ud800"}'),
        lambda kid: unsigned({"alg": "RS256", "kid": kid}, b'{"iss":' + b"9" * 5000 + b"}"),
        lambda kid: unsigned([], {}),
        lambda kid: unsigned({"alg": "RS256", "kid": kid}, b"\xff"),
        lambda kid: '{"payload": 1, "signatures": [{"signature": 2, "protected": 3}]}',
        lambda kid: "æøå",
        lambda kid: "a.b.c.d.e",
    ],
)
def test_token_that_cannot_be_read_is_an_empty_401(make):
    bearer = {"Authorization": f"Bearer {make(ring.signing_key()['kid'])}"}

    answers = [
        HTTP.get(path, headers=bearer)
        for path in ("/authentication/api/v1/exchange/maskinporten", "/correspondence/api/v1/correspondence")
    ]

    assert [(answer.status_code, answer.content) for answer in answers] == [(401, b""), (401, b"")]


@pytest.mark.contract("access.md#3.4")
@pytest.mark.parametrize("function", ["GetEnterpriseToken", "GetPersonalToken", "GetSystemUserToken"])
@pytest.mark.parametrize(
    "name", ["orgNo", "ttl", "pid", "authLvl", "systemUserId", "systemUserOrg", "scopes"]
)
@pytest.mark.parametrize("value", ["", "\0", "²", "-1", "9" * 5000, "æ" * 3000, "%FF"])
def test_generator_takes_or_names_whatever_it_is_given(function, name, value):
    given = {"pid": "04825999731", "systemUserId": "2f6f5f0a-6a3e-4a53-8f0b-1d2b9a6c7e10"} | {name: value}

    answer = HTTP.get(f"/api/{function}", given)

    assert answer.status_code == 200 or (answer.status_code, list(answer.json())) == (400, [name])
