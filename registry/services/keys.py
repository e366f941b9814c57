"""Our own signing keys: made at first use, rotated by command, found by `kid` without a database round trip."""

import time
from datetime import datetime, timedelta
from threading import Lock

from cryptography.fernet import Fernet, InvalidToken
from django.db import connection, transaction
from django.utils import timezone
from jwcrypto.jwk import JWK

from registry.encryption import cipher_for
from registry.models import SigningKey

LONGEST_TOKEN = timedelta(days=1)
"""No token of ours lives longer, so a retired key may go a day later."""
UNKNOWN_KEY_PAUSE = 1.0
"""Seconds between look-ups for a `kid` that nobody knows, so that made-up ones cost nothing."""
SIGNING_KEY_LIFE = 60.0
"""Seconds a process goes on signing with the key it has, before it asks for a newer one."""
KEY_LOCK = 0x6B657973


class SigningKeyUnreadable(Exception):
    """The signing key cannot be decrypted; the message says why and what helps."""


class KeyRing:
    """What this process knows of the keys. The database is asked for the unknown and the outdated only."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._verifying: dict[str, tuple[JWK, datetime | None]] = {}
        self._signing: tuple[float, JWK] | None = None
        self._last_miss = float("-inf")

    def signing_key(self) -> JWK:
        now = time.monotonic()
        if self._signing is None or now - self._signing[0] > SIGNING_KEY_LIFE:
            key = current_key()
            self._signing = (now, _decrypted(key))
            self._verifying[key.kid] = (JWK(**key.public_jwk), None)
        return self._signing[1]

    def verifying_key(self, kid: str) -> JWK | None:
        """The public key of that id while it verifies, or None."""
        if kid not in self._verifying:
            self._load()
        key, until = self._verifying.get(kid, (None, None))
        return None if until is not None and until <= timezone.now() else key

    def _load(self) -> None:
        with self._lock:
            if time.monotonic() - self._last_miss < UNKNOWN_KEY_PAUSE:
                return
            self._last_miss = time.monotonic()
            self._verifying = {
                key.kid: (JWK(**key.public_jwk), key.verifies_until) for key in SigningKey.objects.verifying()
            }

    def forget_signing_key(self) -> None:
        self._signing = None
        self._last_miss = float("-inf")


ring = KeyRing()


def current_key() -> SigningKey:
    """The key that signs; the first one is made when there is none."""
    key = SigningKey.objects.signing()
    if key is not None:
        return key
    with transaction.atomic():
        _one_at_a_time()
        return SigningKey.objects.signing() or _new_key()


def check_signing_key() -> None:
    """The key that signs can be read; makes none. Raises SigningKeyUnreadable."""
    if key := SigningKey.objects.signing():
        _decrypted(key)


def rotate() -> SigningKey:
    """Make a new key; the ones before it sign no more and verify until their last token has expired."""
    with transaction.atomic():
        _one_at_a_time()
        now = timezone.now()
        retiring = SigningKey.objects.filter(retired_at__isnull=True)
        retiring.update(
            retired_at=now, verifies_until=now + LONGEST_TOKEN + timedelta(seconds=SIGNING_KEY_LIFE)
        )
        key = _new_key()
    ring.forget_signing_key()
    return key


def public_keys() -> list[dict[str, str]]:
    """The key set to publish: all keys that still verify."""
    return [{**key.public_jwk, "use": "sig", "alg": key.algorithm} for key in SigningKey.objects.verifying()]


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEY_LOCK])


def _new_key() -> SigningKey:
    key = JWK.generate(kty="RSA", size=2048)
    kid = key.thumbprint()
    public = {**key.export_public(as_dict=True), "kid": kid}
    private = key.export_to_pem(private_key=True, password=None)
    return SigningKey.objects.create(
        kid=kid, public_jwk=public, encrypted_private_key=_cipher().encrypt(private)
    )


def _decrypted(key: SigningKey) -> JWK:
    try:
        private = _cipher().decrypt(bytes(key.encrypted_private_key))
    except InvalidToken as error:
        raise SigningKeyUnreadable(
            "The signing key was made under another SECRET_KEY; `manage.py rotate_signing_key` makes a new one."
        ) from error
    loaded = JWK.from_pem(private)
    loaded.update(kid=key.kid)
    return loaded


def _cipher() -> Fernet:
    return cipher_for("registry.SigningKey")
