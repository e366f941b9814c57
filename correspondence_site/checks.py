"""System checks of the installation."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from notifications.enums import Channel
from notifications.transports.registry import outlets

OLDEST_POSTGRESQL = 16


@register(Tags.database)
def postgresql_is_recent_enough(
    *, databases: Sequence[str] | None = None, **_: Any
) -> Sequence[CheckMessage]:
    """Asked by `migrate`, and so before anything is stored."""
    return [error for alias in databases or () if (error := _too_old(alias, _version(alias)))]


@register
def providers_can_be_used(**_: Any) -> Sequence[CheckMessage]:
    """A mail service that anymail doesn't know, or an option that it misses, is found at the start."""
    variables = {Channel.EMAIL: "EMAIL_URL", Channel.SMS: "SMS_GATEWAY_URL"}
    return [error for channel, name in variables.items() if (error := _unusable(channel, name))]


def _unusable(channel: Channel, variable: str) -> Error | None:
    try:
        outlets(channel)
    except ValueError as error:
        return Error(f"{variable}: {error}", id="correspondence.E002")
    return None


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
