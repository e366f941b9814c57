"""Which database server we work with (design.md point 1).

It is asked when something that uses it starts, and its version on every new connection, which costs no query.
"""

from typing import Any

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

OLDEST_POSTGRESQL = 16
PATIENCE_SECONDS = 5


class DatabaseUnusable(Exception):
    """The database does not answer or is too old; the message names the server and what is wrong."""


class DatabaseTooOld(DatabaseUnusable):
    """The server is an older PostgreSQL than we work with."""


def require_database(*, seconds: int = PATIENCE_SECONDS) -> None:
    """The server answers within so long, and is recent enough. Raises DatabaseUnusable."""
    wrapper: Any = connections["default"]
    parameters = {**wrapper.get_connection_params(), "connect_timeout": seconds}
    try:
        with psycopg.connect(**parameters) as server:
            _refuse_too_old(server.info.server_version)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise DatabaseUnusable(f"{_name(wrapper)} cannot be used: {reason}.") from error


def refuse_old_server(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """For Django's signal of a new connection. Raises DatabaseTooOld."""
    server: Any = connection.connection
    try:
        _refuse_too_old(server.info.server_version)
    except DatabaseTooOld:
        connection.close()
        raise


def _refuse_too_old(version: int) -> None:
    """`version` as PostgreSQL numbers itself: 160004 is 16.4."""
    major = version // 10_000
    if major < OLDEST_POSTGRESQL:
        raise DatabaseTooOld(
            f"The database server is PostgreSQL {major}; {OLDEST_POSTGRESQL} is the oldest that works."
        )


def _name(wrapper: Any) -> str:
    """By where it was looked for."""
    given = wrapper.settings_dict
    port = f":{given['PORT']}" if given["PORT"] else ""
    return f"PostgreSQL at {given['HOST'] or 'the local socket'}{port}"
