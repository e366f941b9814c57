"""Keys of other issuers: fetched when needed, kept when the issuer cannot be reached (access.md 4.1)."""

import time
from threading import Lock

import requests
import structlog
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

REFRESH_SECONDS = 12 * 3600
RETRY_SECONDS = 30
TIMEOUT_SECONDS = 5

log = structlog.get_logger()
_lock = Lock()
_known: dict[str, dict[str, JWK]] = {}
_asked: dict[str, float] = {}


def remote_key(jwks_uri: str, kid: str) -> JWK | None:
    """The key of that id; an unknown one makes us ask again, not more often than every half minute."""
    age = time.monotonic() - _asked.get(jwks_uri, float("-inf"))
    missing = kid not in _known.get(jwks_uri, {})
    if age > REFRESH_SECONDS or (missing and age > RETRY_SECONDS):
        with _lock:
            _refresh(jwks_uri)
    return _known.get(jwks_uri, {}).get(kid)


def _refresh(jwks_uri: str) -> None:
    _asked[jwks_uri] = time.monotonic()
    try:
        answer = requests.get(jwks_uri, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        keys = {key["kid"]: JWK(**key) for key in answer.json()["keys"] if "kid" in key}
    except (requests.RequestException, ValueError, KeyError, TypeError, JWException) as error:
        log.warning("issuer_keys_not_refreshed", jwks_uri=jwks_uri, error=type(error).__name__)
        return
    _known[jwks_uri] = keys
