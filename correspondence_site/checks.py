"""System checks of the installation."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

OLDEST_POSTGRESQL = 16


@register(Tags.database)
def postgresql_is_recent_enough(databases: list[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Asked by `migrate`, and so before anything is stored."""
    return [error for alias in databases or [] if (error := _too_old(alias, connections[alias].pg_version))]


def _too_old(alias: str, version: int) -> Error | None:
    major = version // 10_000
    if major >= OLDEST_POSTGRESQL:
        return None
    return Error(
        f"The database '{alias}' is PostgreSQL {major}; {OLDEST_POSTGRESQL} is the oldest that works.",
        id="correspondence.E001",
    )
