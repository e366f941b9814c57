"""Our tokens: what verifies, what does not, and rotation (access.md 1)."""

import base64
import io
import json
import time
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from registry.enums import TokenKind
from registry.identifiers import organisation_urn
from registry.models import AuditEntry, SigningKey
from registry.services.audit import record_audit
from registry.services.keys import public_keys, ring, rotate
from registry.services.tokens import InvalidToken, SystemUserClaims, mint, own_issuer, sign, verify

OWNER = "991825827"


@pytest.fixture(autouse=True)
def keys(db):
    ring.clear()
    yield
    ring.clear()


def altinn(**more):
    return mint(kind=TokenKind.ALTINN, organisation=OWNER, scopes=["a", "b"], **more)


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def with_header(token, **header):
    _, claims, signature = token.split(".")
    return f"{encoded(header)}.{claims}.{signature}"


def with_claims(token, **claims):
    header, body, signature = token.split(".")
    decoded = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{header}.{encoded(decoded | claims)}.{signature}"


def test_minted_token_names_its_holder():
    caller = verify(altinn())

    assert (caller.kind, caller.consumer_org) == (TokenKind.ALTINN, OWNER)
    assert (caller.scopes, caller.level) == (frozenset({"a", "b"}), 3)
    assert caller.party_urn == caller.on_behalf_of == organisation_urn(OWNER)


def test_kind_follows_the_issuer():
    assert verify(mint(kind=TokenKind.MASKINPORTEN, organisation=OWNER)).kind == TokenKind.MASKINPORTEN


def test_system_user_acts_for_its_customer():
    system_user = SystemUserClaims(uuid=uuid.uuid4(), organisation="310654302")

    caller = verify(mint(kind=TokenKind.ALTINN, organisation="313154599", system_user=system_user))

    assert caller.party_urn == caller.on_behalf_of == organisation_urn("310654302")
    assert (caller.is_system_user, caller.system_user) == (True, system_user.uuid)


def test_claims_may_be_arrays_and_levels_text():
    extra = {"scope": ["a b"], "consumer": [{"ID": f"0192:{OWNER}"}], "urn:altinn:authlevel": "4"}

    caller = verify(altinn(extra=extra))

    assert (caller.scopes, caller.consumer_org, caller.level) == (frozenset({"a", "b"}), OWNER, 4)


@pytest.mark.parametrize(
    "token",
    [
        lambda: "",
        lambda: "a.b.c",
        lambda: altinn() + "x",
        lambda: with_claims(altinn(), scope="altinn:serviceowner"),
        lambda: with_header(altinn(), alg="none", kid=ring.signing_key()["kid"]),
        lambda: with_header(altinn(), alg="RS256", kid="unknown"),
        lambda: with_header(altinn(), alg="RS256"),
        lambda: altinn(ttl=0),
        lambda: altinn(extra={"exp": None}),
        lambda: altinn(extra={"nbf": time.time() + 60}),
        lambda: altinn(extra={"iss": "https://platform.altinn.no/authentication/api/v1/openid/"}),
    ],
)
def test_token_that_is_not_ours_or_not_now_is_refused(token):
    with pytest.raises(InvalidToken):
        verify(token())


def test_public_key_does_not_sign_as_a_shared_secret():
    ring.signing_key()
    (public,) = public_keys()
    secret = JWK(kty="oct", k=base64.urlsafe_b64encode(json.dumps(public).encode()).rstrip(b"=").decode())
    forged = JWT(
        header={"alg": "HS256", "kid": public["kid"]},
        claims={"iss": own_issuer(TokenKind.ALTINN), "exp": time.time() + 60},
    )
    forged.make_signed_token(secret)

    with pytest.raises(InvalidToken):
        verify(forged.serialize())


def test_verifying_asks_no_database_once_the_key_is_known(django_assert_num_queries):
    token = altinn()
    verify(token)

    with django_assert_num_queries(0):
        verify(token)


def test_unknown_keys_cost_one_look_up_however_many_come(django_assert_num_queries):
    token = altinn()
    ring.clear()

    with django_assert_num_queries(1):
        for number in range(5):
            with pytest.raises(InvalidToken):
                verify(with_header(token, alg="RS256", kid=f"made up {number}"))


def test_old_key_verifies_until_its_last_token_has_expired():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token = altinn(ttl=86_000)
        call_command("rotate_signing_key", stdout=io.StringIO())
        new = sign({"iss": own_issuer(TokenKind.ALTINN), "exp": time.time() + 10 * 86_400})
        after_rotation = verify(token).consumer_org
        published = len(public_keys())
        clock.shift(timedelta(days=2))
        ring.clear()

        assert (after_rotation, published, len(public_keys())) == (OWNER, 2, 1)
        assert verify(new)
        with pytest.raises(InvalidToken):
            verify(token)


def test_private_key_is_stored_encrypted():
    ring.signing_key()

    stored = bytes(SigningKey.objects.get().encrypted_private_key)

    assert b"PRIVATE" not in stored
    assert "d" not in SigningKey.objects.get().public_jwk


def test_rotation_signs_with_the_new_key():
    ring.signing_key()
    key = rotate()

    assert ring.signing_key()["kid"] == key.kid


def test_audit_masks_personal_numbers_and_cannot_be_changed():
    entry = record_audit(action="x", object_type="y", object_id="1", after={"person": "04825999731"})

    assert entry.after == {"person": "048259*****"}
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(reason="other")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()
