"""JWTs: made here, and checked here, ours and those of trusted issuers (access.md 1)."""

import json
import secrets
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from jwcrypto.jwt import JWT

from registry.callers import Caller
from registry.claims import ORGANISATION_AUTHORITY, SYSTEM_USER_TYPE, caller_of
from registry.enums import TokenKind
from registry.services.issuers import remote_key
from registry.services.keys import ring

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "EdDSA"]
OWN_ALGORITHM = "RS256"
ALTINN_PATH = "/authentication/api/v1/openid/"


class InvalidToken(Exception):
    """The token is unreadable, unsigned, expired, or of an issuer that is not trusted."""


@dataclass(frozen=True)
class SystemUserClaims:
    """A system user that a token acts as: its UUID, its customer's organisation number, the system's id."""

    uuid: uuid.UUID
    organisation: str
    system_id: str = ""


@dataclass(frozen=True)
class Issuer:
    kind: TokenKind
    jwks_uri: str = ""
    """Where its keys are; empty for our own."""
    audience: str = ""


def own_issuer(kind: TokenKind) -> str:
    """The `iss` of our tokens of this kind (operator-interface.md)."""
    return settings.PUBLIC_URL + (ALTINN_PATH if kind == TokenKind.ALTINN else "/")


def issuers() -> dict[str, Issuer]:
    """Everybody whose tokens are believed, by `iss`."""
    trusted = {
        entry["issuer"]: Issuer(
            TokenKind(entry.get("kind", TokenKind.ALTINN)), entry["jwks_uri"], entry.get("audience", "")
        )
        for entry in settings.TOKEN_ISSUERS
    }
    own = {own_issuer(kind): Issuer(kind) for kind in (TokenKind.ALTINN, TokenKind.MASKINPORTEN)}
    return {**trusted, **own}


def verify(token: str) -> Caller:
    """Who holds this token. No database round trip for a key that is known. Raises InvalidToken."""
    _, caller = verified(token)
    return caller


def verified(token: str) -> tuple[dict[str, Any], Caller]:
    """The token's claims, and who holds it. Raises InvalidToken."""
    kid, claimed = _unverified(token)
    issuer = issuers().get(str(claimed.get("iss")))
    if issuer is None:
        raise InvalidToken("The token's issuer is not trusted.")
    key = remote_key(issuer.jwks_uri, kid) if issuer.jwks_uri else ring.verifying_key(kid)
    if key is None:
        raise InvalidToken("The token is signed with an unknown key.")
    claims = _checked(token, key, [OWN_ALGORITHM] if not issuer.jwks_uri else ALGORITHMS)
    _check_times(claims)
    if issuer.audience and issuer.audience not in _as_list(claims.get("aud")):
        raise InvalidToken("The token is for another audience.")
    return claims, caller_of(claims, kind=issuer.kind)


def sign(claims: dict[str, Any]) -> str:
    """A compact JWT with exactly these claims, signed with our current key."""
    key = ring.signing_key()
    token = JWT(header={"alg": OWN_ALGORITHM, "typ": "JWT", "kid": key["kid"]}, claims=claims)
    token.make_signed_token(key)
    serialized: str = token.serialize()
    return serialized


def mint(
    *,
    kind: TokenKind,
    organisation: str | None = None,
    person: str | None = None,
    system_user: SystemUserClaims | None = None,
    scopes: Iterable[str] = (),
    level: int | None = None,
    ttl: int = 1800,
    extra: dict[str, Any] | None = None,
) -> str:
    """A token of ours in the shapes of access.md 1.3; `ttl` in seconds; `extra` claims win."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": own_issuer(kind),
        "scope": " ".join(scopes),
        "token_type": "Bearer",
        "client_id": str(uuid.uuid4()),
        "jti": secrets.token_urlsafe(32),
        "iat": now,
        "nbf": now,
        "exp": now + ttl,
    }
    if organisation:
        claims["consumer"] = iso6523(organisation)
    if system_user:
        claims["authorization_details"] = [_authorization_details(system_user)]
    if kind == TokenKind.ALTINN:
        claims |= altinn_claims(
            organisation if system_user is None else None, level=3 if level is None else level
        )
    if person:
        claims["pid"] = person
    return sign({**claims, **(extra or {})})


def altinn_claims(organisation: str | None, *, level: int) -> dict[str, Any]:
    """What Altinn's exchange adds to a token (access.md 3.2)."""
    claims: dict[str, Any] = {
        "urn:altinn:authenticatemethod": "maskinporten",
        "urn:altinn:authlevel": level,
        "sid": str(uuid.uuid4()),
    }
    if organisation:
        claims["urn:altinn:orgNumber"] = organisation
    return claims


def iso6523(organisation: str) -> dict[str, str]:
    return {"authority": ORGANISATION_AUTHORITY, "ID": f"0192:{organisation}"}


def _authorization_details(system_user: SystemUserClaims) -> dict[str, Any]:
    return {
        "type": SYSTEM_USER_TYPE,
        "systemuser_id": [str(system_user.uuid)],
        "systemuser_org": iso6523(system_user.organisation),
        "system_id": system_user.system_id,
    }


def _unverified(token: str) -> tuple[str, dict[str, Any]]:
    """The key id and claims as they stand, to find the key by; nothing of it is believed yet."""
    try:
        parsed = JWS()
        parsed.deserialize(token)
        header = json.loads(parsed.objects["protected"])
        claims = json.loads(parsed.objects["payload"])
    except (JWException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidToken("The token cannot be read.") from error
    if not isinstance(claims, dict) or not isinstance(header.get("kid"), str):
        raise InvalidToken("The token names no key or holds no claims.")
    return header["kid"], claims


def _checked(token: str, key: JWK, algorithms: list[str]) -> dict[str, Any]:
    try:
        parsed = JWS()
        parsed.allowed_algs = algorithms
        parsed.deserialize(token, key)
        claims: dict[str, Any] = json.loads(parsed.payload)
    except (JWException, ValueError, TypeError) as error:
        raise InvalidToken("The token's signature does not fit.") from error
    return claims


def _check_times(claims: dict[str, Any]) -> None:
    """`exp` is required; no clock skew (access.md 1.2)."""
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        raise InvalidToken("The token has no readable life time.")
    now = time.time()
    if expires <= now:
        raise InvalidToken("The token has expired.")
    if begins > now:
        raise InvalidToken("The token is not valid yet.")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
