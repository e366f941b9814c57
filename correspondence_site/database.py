"""Django's database settings, for a given server or the embedded one."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from correspondence_site.postgres import connection_parameters


def database_from_url(url: str, *, var: Path) -> dict[str, Any]:
    """`url` is DATABASE_URL, empty for the embedded server below `var`. Raises ImproperlyConfigured."""
    parameters = _parsed(url) if url else connection_parameters(var)
    options = {"pool": {"min_size": 1, "max_size": 16, "timeout": 10}, **parameters.pop("OPTIONS", {})}
    return {"ENGINE": "django.db.backends.postgresql", **parameters, "OPTIONS": options}


def _parsed(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://.")
    options = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL must have a number for its port.") from error
    if not parts.path.lstrip("/") and "service" not in options:
        raise ImproperlyConfigured("DATABASE_URL must name a database: postgresql://user@host/database.")
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or options.pop("host", "")),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }
