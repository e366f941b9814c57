"""A job whose worker is gone is done by another (design.md point 2)."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from journal.services.stalled_jobs import retry_stalled_jobs


def worker_last_seen(seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [seconds_ago],
        )
        return cursor.fetchone()[0]


def running_job(worker, *, queueing_lock=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock)"
            " VALUES ('default', 'notifications.deliver_due', 'doing', %s, %s) RETURNING id",
            [worker, queueing_lock],
        )
        return cursor.fetchone()[0]


def statuses():
    return dict(ProcrastinateJob.objects.values_list("pk", "status"))


@pytest.fixture
def look(committed):
    """One look at the queue, over the worker's own kind of connection."""

    async def run():
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                await retry_stalled_jobs()

    return lambda: asyncio.run(run())


def test_job_of_a_silent_worker_is_queued_again_and_that_of_a_live_one_is_not(look):
    silent, alive = running_job(worker_last_seen(60)), running_job(worker_last_seen(0))

    look()

    assert statuses() == {silent: "todo", alive: "doing"}


def test_job_whose_worker_has_been_forgotten_is_queued_again(look):
    orphan = running_job(None)

    look()

    assert statuses() == {orphan: "todo"}


def test_stalled_job_that_runs_by_the_clock_ends_and_the_others_are_still_looked_at(look):
    worker = worker_last_seen(60)
    clock, other = running_job(worker, queueing_lock="journal.retry_stalled_jobs"), running_job(worker)

    look()

    assert statuses() == {other: "todo"}
    assert clock not in statuses()
