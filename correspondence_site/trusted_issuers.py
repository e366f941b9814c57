"""TOKEN_ISSUERS: whose tokens are believed besides our own (operator-interface.md)."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from correspondence_site.environment import is_url
from registry.enums import TokenKind

NEEDED = {"issuer", "jwks_uri"}
ALLOWED = NEEDED | {"kind", "audience"}


def trusted_issuers(entries: list[Any], *, only_https: bool) -> list[dict[str, str]]:
    """The entries, when each is whole. Raises ImproperlyConfigured."""
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise ImproperlyConfigured(f"TOKEN_ISSUERS[{index}] must be an object.")
        if fault := _fault(entry, ("https",) if only_https else ("https", "http")):
            raise ImproperlyConfigured(f"TOKEN_ISSUERS[{index}].{fault}.")
    return entries


def _fault(entry: dict[str, Any], schemes: tuple[str, ...]) -> str:
    """The key that is wrong, and how; empty: none."""
    if missing := sorted(NEEDED - entry.keys()):
        return f"{missing[0]} is missing"
    if unknown := sorted(entry.keys() - ALLOWED):
        return f"{unknown[0]} is an unknown key"
    no_text = [key for key, value in entry.items() if not isinstance(value, str) or not value]
    if no_text:
        return f"{no_text[0]} must be text"
    if not is_url(entry["jwks_uri"], schemes):
        return f"jwks_uri must be an address with {' or '.join(schemes)}"
    known = entry.get("kind", TokenKind.ALTINN) in TokenKind.values
    return "" if known else f"kind must be one of {', '.join(TokenKind.values)}"
