"""Who calls, by address (docs/decisions/reports.md)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

LONGEST = 64


def client_address(environ: Mapping[str, Any]) -> str:
    """The address that the outermost of our own proxies saw, else that of the connection.

    Each proxy adds, at the end of `X-Forwarded-For`, whom it was called by: what stands before that, callers may
    have written themselves.
    """
    seen = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    address = seen[-proxies] if 0 < proxies <= len(seen) else ""
    return str(address or environ.get("REMOTE_ADDR", ""))[:LONGEST]
