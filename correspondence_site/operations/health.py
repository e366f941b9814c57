"""Whether this process lives, and whether it can do its work."""

from collections.abc import Callable

from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from correspondence_site.answers import only


@only("GET")
def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@only("GET")
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when everything needed answers, else 503 naming what does not."""
    problems = {name: problem for name, check in CHECKS.items() if (problem := check())}
    body = {"status": "unavailable", "problems": problems} if problems else {"status": "ok"}
    return JsonResponse(body, status=503 if problems else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"The database does not answer: {type(error).__name__}."
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


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "attachments": _attachments,
}
