"""What is worth a second try, and how a job keeps to its transaction (lifecycle.md 1.6; its case table, MA04 and MA07)."""

import psycopg.errors
import pytest
from django.db import OperationalError, connection, transaction

from registry import database
from registry.database import again_when_given_up
from registry.queue import defer
from tests.support.parallel import at_once

JOB = "correspondence.publish_overdue"


@pytest.fixture
def waits(monkeypatch):
    """How long was waited, instead of waiting."""
    waited = []
    monkeypatch.setattr(database.time, "sleep", waited.append)
    return waited


def failing(*errors, result="done"):
    """A transaction that fails with each of the errors in turn, and then does not."""
    left = list(errors)

    def run():
        if left:
            cause = left.pop(0)
            raise OperationalError(str(cause)) from cause
        return result

    return run


DEADLOCK, SERIALIZATION = psycopg.errors.DeadlockDetected("x"), psycopg.errors.SerializationFailure("x")
OTHER = psycopg.errors.QueryCanceled("x")


@pytest.mark.parametrize(
    ("errors", "tries"), [((), 1), ((DEADLOCK,), 2), ((SERIALIZATION,), 2), ((DEADLOCK, SERIALIZATION), 3)]
)
def test_transaction_that_was_given_up_runs_again(waits, errors, tries):
    """MA07"""
    assert again_when_given_up(failing(*errors, result={"letters": [1, 2]})) == {"letters": [1, 2]}
    assert len(waits) == tries - 1


def test_transaction_is_given_up_after_five_more_tries_that_wait_longer_each_time(waits):
    """MA07"""
    with pytest.raises(OperationalError):
        again_when_given_up(failing(*[DEADLOCK] * 6))

    assert len(waits) == 5
    assert all(0.05 * 2**n <= wait <= 0.1 * 2**n for n, wait in enumerate(waits))


def test_other_errors_are_not_tried_again(waits):
    """MA07"""
    with pytest.raises(OperationalError):
        again_when_given_up(failing(OTHER))

    assert waits == []


def queued():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [JOB])
        return cursor.fetchone()[0]


def test_job_is_there_for_others_once_its_transaction_is(committed):
    """MA04"""
    with transaction.atomic():
        defer(JOB)
        before = at_once(queued)
    after = at_once(queued)

    with transaction.atomic():
        defer(JOB)
        transaction.set_rollback(True)
    rolled_back = at_once(queued)

    assert (before, after, rolled_back) == ([0], [1], [1])
