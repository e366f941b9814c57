"""System checks of the installation."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

OLDEST_POSTGRESQL = 16


@register(Tags.database)
def postgresql_is_recent_enough(
    *, databases: Sequence[str] | None = None, **_: Any
) -> Sequence[CheckMessage]:
    """Asked by `migrate`, and so before anything is stored."""
    return [error for alias in databases or () if (error := _too_old(alias, _version(alias)))]


def _version(alias: str) -> int:
    """As PostgreSQL numbers itself: 160004 is 16.4."""
    connection: Any = connections[alias]
    return int(connection.pg_version)


def _too_old(alias: str, version: int) -> Error | None:
    major = version // 10_000
    if major >= OLDEST_POSTGRESQL:
        return None
    return Error(
        f"The database '{alias}' is PostgreSQL {major}; {OLDEST_POSTGRESQL} is the oldest that works.",
        id="correspondence.E001",
    )
