"""What a subscriber knows a sender by: a secret of its own, and a signature in the manner of Standard Webhooks."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from cryptography.fernet import InvalidToken

from journal.models import EventSubscription
from registry.encryption import cipher_for

SECRET_BYTES = 32
PREFIX = "whsec_"
PURPOSE = "journal.EventSubscription"


class SecretUnreadable(Exception):
    """The secret was made under another SECRET_KEY: the subscriber must subscribe again."""


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def as_shown(secret: bytes) -> str:
    """As the subscriber gets it, once."""
    return f"{PREFIX}{base64.b64encode(secret).decode()}"


def encrypted(secret: bytes) -> bytes:
    return cipher_for(PURPOSE).encrypt(secret)


def secret_of(subscription: EventSubscription) -> bytes:
    """Raises SecretUnreadable."""
    try:
        return cipher_for(PURPOSE).decrypt(bytes(subscription.encrypted_secret))
    except InvalidToken as error:
        raise SecretUnreadable(" ".join(str(SecretUnreadable.__doc__).split())) from error


def signature_headers(secret: bytes, *, event_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Over the id, the time in seconds and the raw body, so that neither can be exchanged or used again much later."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.digest(secret, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
