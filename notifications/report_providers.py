"""Who may post delivery reports, and of which deliveries (operator-interface.md)."""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

CHANNELS = {"email", "sms"}
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
SIMULATOR = "simulator"
"""The simulator's name among the providers: nobody else may have it."""
DEFAULT_HEADER = "X-Signature"
KEYS = {"channel", "provider", "host", "service", "basic", "hmac", "header"}


@dataclass(frozen=True, kw_only=True)
class ReportProvider:
    """One credential of a provider. A provider may have several, so that secrets can be changed without a gap."""

    channel: str
    name: str
    host: str = ""
    """Of the provider's address in the settings; empty: whoever takes messages on the channel."""
    service: str = ""
    """The mail service, by anymail's name, that posts events in its own format."""
    basic: str = field(default="", repr=False)
    hmac: str = field(default="", repr=False)
    header: str = DEFAULT_HEADER

    def may_be(self, headers: Mapping[str, str]) -> bool:
        """What can be said before the body is read: the right password, or a signature of some kind."""
        if self.basic:
            return _same(_basic(headers.get("Authorization", "")), self.basic)
        return bool(headers.get(self.header))

    def has_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """With HMAC-SHA256 over the body, in hexadecimal; `sha256=` may stand before it."""
        if self.basic:
            return self.may_be(headers)
        expected = hmac.new(self.hmac.encode(), body, "sha256").hexdigest()
        return _same(headers.get(self.header, "").strip().lower().removeprefix("sha256="), expected)


def report_providers(entries: Iterable[Any]) -> list[ReportProvider]:
    """What the setting says. Raises ValueError with a sentence that names the entry and no secret."""
    return [_provider(entry, f"entry {number}") for number, entry in enumerate(entries, start=1)]


def _provider(entry: Any, place: str) -> ReportProvider:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise ValueError(f"{place} must be an object of texts")
    if unknown := sorted(set(entry) - KEYS):
        raise ValueError(f"{place} has an unknown key {unknown[0]!r}")
    if entry.get("channel") not in CHANNELS:
        raise ValueError(f"the channel of {place} must be email or sms")
    name = entry.get("provider", "")
    if not NAME.fullmatch(name) or name == SIMULATOR:
        raise ValueError(f"the provider of {place} needs a name in lower case, and not {SIMULATOR!r}")
    basic, secret = entry.get("basic", ""), entry.get("hmac", "")
    if bool(basic) == bool(secret) or (basic and ":" not in basic.strip(":")):
        raise ValueError(f"{place} needs either basic, as user:password, or hmac, a secret")
    service = entry.get("service", "")
    if service and (entry["channel"] != "email" or not basic):
        raise ValueError(f"{place} names a service, so its channel must be email, and it needs basic")
    return ReportProvider(
        channel=entry["channel"],
        name=name,
        host=(entry.get("host", "") or service).lower(),
        service=service,
        basic=basic,
        hmac=secret,
        header=entry.get("header", "") or DEFAULT_HEADER,
    )


def _basic(authorization: str) -> str:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
