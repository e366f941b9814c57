"""What PostgreSQL says when it refuses something, and what is worth a second try."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog
from django.db import IntegrityError, OperationalError, connection

PASSING = {"40001", "40P01"}
"""Serialization failure, deadlock: the transaction was given up, and may well succeed when it runs again."""
WAITS = (0.1, 0.2, 0.4, 0.8, 1.6)

Result = TypeVar("Result")

log = structlog.get_logger()


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that refused a write."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name: str | None = getattr(diagnostics, "constraint_name", None)
    return name


def again_when_given_up(transaction: Callable[[], Result]) -> Result:
    """Run a whole transaction, up to five times more when the database gives it up for another's sake."""
    for wait in WAITS:
        try:
            return transaction()
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state not in PASSING:
                raise
            log.warning("transaction_given_up", sqlstate=state, again_in_seconds=wait)
            time.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - keeps two from meeting again
    return transaction()


def one_at_a_time(name: str) -> None:
    """Until the caller's transaction ends, others that ask for the same name wait here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Whether nobody else is inside a block of the same name; whoever is not told so had better leave."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
