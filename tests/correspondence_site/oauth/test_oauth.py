"""Getting a token: the endpoint, the exchange, discovery, the generator (access.md 3)."""

import base64
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as DjangoClient

from registry.enums import TokenKind
from registry.models import ApiClient
from registry.services.demo import seed_demo_registry
from registry.services.keys import ring
from registry.services.tokens import mint, verify

HTTP = DjangoClient()
CLIENT, SECRET = "7c1f0d52-6d1b-4a8e-9f40-2f0f6a1f5b11", "demo-only"
SCOPES = "altinn:serviceowner altinn:correspondence.write altinn:correspondence.read altinn:events.subscribe"


@pytest.fixture(autouse=True)
def registry(db):
    ring.clear()  # the key that this process knows went with the last test's rows
    seed_demo_registry()


def claims_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def token(secret=SECRET, **body):
    basic = base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()
    return HTTP.post(
        "/token", {"grant_type": "client_credentials"} | body, headers={"Authorization": f"Basic {basic}"}
    )


def test_client_gets_all_its_scopes_when_it_names_none():
    answer = token()

    body = answer.json()
    claims = claims_of(body.pop("access_token"))
    assert body == {"expires_in": 600, "token_type": "Bearer", "scope": SCOPES}
    assert answer.headers["Cache-Control"] == "no-store"
    assert (claims["iss"], claims["client_id"]) == ("http://127.0.0.1:8000/", CLIENT)
    assert claims["consumer"] == {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"}
    assert claims["exp"] - claims["iat"] == 600


def test_client_may_name_itself_in_the_body():
    body = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}

    assert HTTP.post("/token", body).status_code == 200


def test_subset_of_the_scopes_is_given_and_others_are_refused():
    assert token(scope="altinn:serviceowner").json()["scope"] == "altinn:serviceowner"
    refused = token(scope="altinn:serviceowner other")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_wrong_secret_unknown_and_inactive_clients_are_401():
    wrong = token(secret="wrong")
    ApiClient.objects.update(active=False)
    inactive = token()

    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert (inactive.status_code, inactive.json()["error"]) == (401, "invalid_client")


def test_other_grants_are_refused():
    assert token(grant_type="urn:made-up").json()["error"] == "unsupported_grant_type"


def test_client_tokens_are_raw_and_read_nothing_until_exchanged():
    assert verify(token().json()["access_token"]).kind == TokenKind.MASKINPORTEN


def exchange(bearer, provider="maskinporten", **headers):
    path = f"/authentication/api/v1/exchange/{provider}"
    return HTTP.get(path, headers={"Authorization": f"Bearer {bearer}"} | headers)


@pytest.mark.contract("access.md#3.2")
def test_exchange_keeps_and_adds_claims():
    raw = token().json()["access_token"]

    before, after = claims_of(raw), claims_of(exchange(raw).content.decode())

    assert after["iss"] == "http://127.0.0.1:8000/authentication/api/v1/openid/"
    for kept in ("scope", "consumer", "client_id", "jti"):
        assert after[kept] == before[kept]
    assert (after["urn:altinn:orgNumber"], after["urn:altinn:org"]) == ("991825827", "digdir")
    assert (after["urn:altinn:authlevel"], after["urn:altinn:authenticatemethod"]) == (3, "maskinporten")
    assert "client_amr" not in after
    assert after["exp"] - after["iat"] == 1800


@pytest.mark.contract("access.md#3.2")
@pytest.mark.parametrize(
    ("accept", "quoted"),
    [(None, False), ("*/*", False), ("application/json", True), ("application/json, */*", False)],
)
def test_exchange_answers_bare_or_quoted_by_accept(accept, quoted):
    headers = {"Accept": accept} if accept else {}

    body = exchange(token().json()["access_token"], **headers).content.decode()

    assert body.startswith('"') == quoted


def test_exchange_refuses_other_tokens_and_providers():
    raw = mint(kind=TokenKind.MASKINPORTEN, scopes=["a"])

    assert exchange("nonsense").status_code == 401
    assert exchange(mint(kind=TokenKind.ALTINN, organisation="991825827")).status_code == 401
    assert exchange(raw).status_code == 401
    assert HTTP.get("/authentication/api/v1/exchange/maskinporten").status_code == 401
    assert exchange(token().json()["access_token"], provider="unknown").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server",
        "/authentication/api/v1/openid/.well-known/openid-configuration",
    ],
)
def test_discovery_leads_to_keys_that_verify(path):
    document = HTTP.get(path).json()
    kid = json.loads(base64.urlsafe_b64decode(token().json()["access_token"].split(".")[0] + "=="))["kid"]

    keys = HTTP.get(document["jwks_uri"].removeprefix("http://127.0.0.1:8000")).json()["keys"]

    (key,) = [key for key in keys if key["kid"] == kid]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


@pytest.mark.contract("access.md#3.4")
def test_generator_takes_parameter_names_in_any_case():
    answer = HTTP.get(
        "/api/GetEnterpriseToken",
        {"ENV": "tt02", "OrgNo": "991825827", "scopes": "altinn:serviceowner,a", "ttl": "60"},
    )

    claims = claims_of(answer.content.decode())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (claims["scope"], claims["urn:altinn:org"]) == ("altinn:serviceowner a", "digdir")
    assert claims["exp"] - claims["iat"] == 60


def test_generator_makes_persons_and_system_users():
    person = HTTP.get("/api/GetPersonalToken", {"pid": "04825999731", "authLvl": "4", "scopes": "a"})
    system = HTTP.get(
        "/api/GetSystemUserToken",
        {"systemUserId": "2f6f5f0a-6a3e-4a53-8f0b-1d2b9a6c7e10", "systemUserOrg": "310654302", "scopes": "a"},
    )

    assert verify(person.content.decode()).level == 4
    assert claims_of(person.content.decode())["urn:altinn:partyid"] == 51000002
    assert verify(system.content.decode()).party_urn.endswith(":310654302")


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("GetEnterpriseToken", {"orgNo": "1"}, "orgNo"),
        ("GetEnterpriseToken", {"ttl": "86401"}, "ttl"),
        ("GetPersonalToken", {"pid": "1"}, "pid"),
        ("GetPersonalToken", {"pid": "04825999731", "authLvl": "x"}, "authLvl"),
        ("GetSystemUserToken", {}, "systemUserId"),
    ],
)
def test_generator_names_the_wrong_parameter(path, query, name):
    answer = HTTP.get(f"/api/{path}", query)

    assert (answer.status_code, list(answer.json())) == (400, [name])


def test_generator_does_not_exist_in_production(settings):
    settings.IS_PRODUCTION = True

    assert HTTP.get("/api/GetEnterpriseToken").status_code == 404


@pytest.mark.parametrize("ttl", [-5, 0, 86_401, 99_999_999_999])
def test_command_makes_no_token_without_life_or_longer_than_a_day(ttl):
    with pytest.raises(CommandError, match="--ttl must be"):
        call_command("issue_token", org="991825827", scope="a", ttl=ttl)


def test_key_of_another_secret_is_explained_and_replaced(settings):
    first = token()
    settings.SECRET_KEY = "another"
    ring.clear()

    refused = token()
    with pytest.raises(CommandError, match=r"another SECRET_KEY.*rotate_signing_key"):
        call_command("issue_token", org="991825827", scope="a")
    call_command("rotate_signing_key", stdout=io.StringIO())

    assert (first.status_code, refused.status_code) == (200, 503)
    assert refused.json()["error"] == "temporarily_unavailable"
    assert "rotate_signing_key" in refused.json()["error_description"]
    assert token().status_code == 200
    assert verify(first.json()["access_token"])


def test_command_prints_a_token():
    out = io.StringIO()

    call_command("issue_token", org="991825827", scope="a b", kind="maskinporten", stdout=out)

    caller = verify(out.getvalue().strip())
    assert (caller.kind, caller.scopes) == (TokenKind.MASKINPORTEN, frozenset({"a", "b"}))
