"""Whether this process lives, and whether it can do its work."""

from collections.abc import Callable

import structlog
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from correspondence_site.answers import only
from correspondence_site.database_server import DatabaseTooOld, DatabaseUnusable, require_database
from registry.services.keys import SigningKeyUnreadable, check_signing_key

logger = structlog.get_logger()

PATIENCE_SECONDS = 2


@only("GET")
def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@only("GET")
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when everything needed answers, else 503 naming what does not; within about two seconds.

    Without the database nothing that lies in it is asked for: each would wait for the pool in turn.
    """
    without = _problems({"database": _database, "attachments": _attachments})
    problems = without if "database" in without else without | _problems(IN_THE_DATABASE)
    body = {"status": "unavailable", "problems": problems} if problems else {"status": "ok"}
    return JsonResponse(body, status=503 if problems else 200)


def _problems(checks: dict[str, Callable[[], str]]) -> dict[str, str]:
    return {name: problem for name, check in checks.items() if (problem := check())}


def _database() -> str:
    """Over a connection of its own. The log has the address and the cause, which are not everybody's."""
    try:
        require_database(seconds=PATIENCE_SECONDS)
    except DatabaseTooOld as error:
        return str(error)
    except DatabaseUnusable as error:
        logger.warning("not ready", reason=str(error))
        return "PostgreSQL does not answer."
    return ""


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"The migrations cannot be read: {type(error).__name__}."
    return f"{len(missing)} migrations are not applied." if missing else ""


def _attachments() -> str:
    try:
        storages["attachments"].exists("health")
    except OSError as error:
        return f"The attachment storage does not answer: {type(error).__name__}."
    return ""


def _signing_key() -> str:
    try:
        check_signing_key()
    except SigningKeyUnreadable as error:
        return str(error)
    except DatabaseError as error:
        return f"The signing key cannot be read: {type(error).__name__}."
    return ""


IN_THE_DATABASE: dict[str, Callable[[], str]] = {"migrations": _migrations, "signing_key": _signing_key}
