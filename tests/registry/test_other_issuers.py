"""Tokens of other issuers: their keys are fetched, and kept when they cannot be (access.md 4.1)."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from registry.enums import TokenKind
from registry.services import issuers
from registry.services.tokens import InvalidToken, verify
from tests.support.clients import Client
from tests.support.letters import letter, send_and_publish

ISSUER = "https://platform.example/dialogporten/api/v1"
DIALOG = {
    "iss": ISSUER,
    "c": "urn:altinn:person:identifier-no:04825999731",
    "p": "urn:altinn:organization:identifier-no:310654302",
    "a": "read;write",
    "l": 3,
}


@pytest.fixture
def key():
    return JWK.generate(kty="OKP", crv="Ed25519", kid="theirs")


@pytest.fixture
def key_server(key, settings):
    """Serves the key set; yields a list in which each request is noted."""
    asked = []

    class KeySet(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"keys": [key.export_public(as_dict=True)]}).encode())

        def log_message(self, *args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), KeySet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    jwks_uri = f"http://127.0.0.1:{server.server_port}/jwks.json"
    settings.TOKEN_ISSUERS = [
        {"issuer": ISSUER, "jwks_uri": jwks_uri, "kind": "dialogporten", "audience": "letters"}
    ]
    yield asked
    server.shutdown()
    server.server_close()


def signed(key, **claims):
    token = JWT(
        header={"alg": "EdDSA", "kid": key["kid"]},
        claims={**DIALOG, "aud": "letters", "exp": time.time() + 60, **claims},
    )
    token.make_signed_token(key)
    return token.serialize()


def test_dialog_token_names_who_acts_and_for_whom(key, key_server):
    caller = verify(signed(key))

    assert (caller.kind, caller.level, caller.actions) == (
        TokenKind.DIALOGPORTEN,
        3,
        frozenset({"read", "write"}),
    )
    assert (caller.party_urn, caller.on_behalf_of) == (DIALOG["c"], DIALOG["p"])
    assert (caller.may_receive, caller.may_send) == (True, False)


def test_keys_are_fetched_once(key, key_server):
    for _ in range(3):
        verify(signed(key))

    assert len(key_server) == 1


def test_known_keys_outlive_an_issuer_that_is_down(key, key_server, settings, monkeypatch):
    verify(signed(key))
    (entry,) = settings.TOKEN_ISSUERS
    monkeypatch.setitem(issuers._asked, entry["jwks_uri"], float("-inf"))
    known = issuers._known.pop(entry["jwks_uri"])
    unreachable = "http://127.0.0.1:9/jwks.json"
    monkeypatch.setitem(issuers._known, unreachable, known)
    settings.TOKEN_ISSUERS = [entry | {"jwks_uri": unreachable}]

    assert verify(signed(key)).party_urn == DIALOG["c"]


@pytest.mark.parametrize("claims", [{"aud": "others"}, {"exp": 1}, {"iss": "https://unknown.example"}])
def test_token_for_others_or_another_time_is_refused(key, key_server, claims):
    with pytest.raises(InvalidToken):
        verify(signed(key, **claims))


def test_token_of_another_key_is_refused(key_server):
    with pytest.raises(InvalidToken):
        verify(signed(JWK.generate(kty="OKP", crv="Ed25519", kid="theirs")))


@pytest.mark.contract("lifecycle.md#10.7")
def test_dialog_token_reads_the_content_and_sends_nothing(key, key_server, sender):
    """DP03, DP04"""
    published = send_and_publish(sender)
    holder = Client(signed(key, c=DIALOG["p"]))

    content = holder.get(f"/correspondence/{published.pk}/content")
    sent = holder.post("/correspondence", letter())

    assert (content.status_code, content.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert (sent.status_code, sent.content) == (403, b"")
