"""What runs by the clock is declared once, and operators see when it ran and what became of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from registry.schedule import PERIODIC, TIMES
from tests.support.processes import eventually, worker

SCHEDULE = "/admin/procrastinate/procrastinatejob/schedule/"
EXPIRE = "attachments.expire"


def run_of(task, at, *, status=None, attempts=0):
    """As the queue remembers a run; without a status, its job has succeeded and is deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp) VALUES (%s, %s, %s)",
            [task, task, int(at.timestamp())],
        )
        if status:
            cursor.execute(
                "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
                " VALUES ('default', %s, %s, %s) RETURNING id)"
                " UPDATE procrastinate_periodic_defers SET job_id = job.id FROM job WHERE defer_timestamp = %s",
                [task, status, attempts, int(at.timestamp())],
            )


def row_of(desk, task):
    return next(row for row in desk.get(SCHEDULE).context["rows"] if row.job.name == task)


def test_what_is_declared_is_what_runs_by_the_clock():
    registered = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert registered == {name: times.cron for name, times in TIMES.items()}
    assert len(TIMES) == len(PERIODIC)


@pytest.mark.parametrize("job", PERIODIC, ids=lambda job: job.name)
def test_next_run_is_the_one_that_the_queue_will_have(job):
    for at in (datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 1, 0, 0, 0, 1, tzinfo=UTC)):
        assert job.times.next_after(at) == croniter(job.times.cron, at).get_next(datetime)


def test_every_job_is_listed_with_what_it_does_and_when(desk):
    text = desk.get(SCHEDULE).content.decode()

    assert all(job.name in text and job.times.cron in text for job in PERIODIC)
    assert "Deletes files whose time has run out." in text
    assert "Every 15 seconds" in text
    assert re.findall("<th[^>]*>(.*?)</th>", text)[-4:] == [
        "When (UTC)",
        "Last run (Norway)",
        "Its result",
        "Next run (Norway)",
    ]
    assert text.count("never run") == len(PERIODIC)
    assert SCHEDULE.rpartition("schedule/")[0] in text
    assert 'href="schedule/"' in desk.get("/admin/procrastinate/procrastinatejob/").content.decode()


@pytest.mark.parametrize(
    ("job", "result", "tone"),
    [
        ({}, "done", "good"),
        ({"status": "failed", "attempts": 20}, "failed", "bad"),
        ({"status": "todo", "attempts": 2}, "failed, is tried again", "warn"),
        ({"status": "todo"}, "waits for a worker", "info"),
        ({"status": "doing"}, "running", "info"),
        ({"status": "cancelled"}, "cancelled", "neutral"),
    ],
)
def test_last_run_says_what_became_of_it(desk, job, result, tone):
    at = timezone.now().replace(microsecond=0)
    run_of(EXPIRE, at - timedelta(minutes=1))
    run_of(EXPIRE, at, **job)

    row = row_of(desk, EXPIRE)

    assert (row.last, row.result, row.tone, bool(row.url), row.is_late) == (
        at,
        result,
        tone,
        bool(job),
        False,
    )


def test_job_that_has_missed_its_time_is_marked(desk):
    run_of(EXPIRE, timezone.now() - timedelta(minutes=3))

    assert row_of(desk, EXPIRE).is_late
    assert "late</span>" in desk.get(SCHEDULE).content.decode()


def test_what_a_worker_has_run_is_shown(committed, operator, desk):
    with worker():
        done = eventually(
            lambda: [row for row in desk.get(SCHEDULE).context["rows"] if row.last and row.result == "done"],
            "the worker has run nothing by the clock",
        )

    assert {row.tone for row in done} == {"good"}
    assert not any(row.is_late for row in done)


def test_who_may_not_see_jobs_does_not_see_their_times(onlooker):
    assert onlooker.get(SCHEDULE).status_code == 403
