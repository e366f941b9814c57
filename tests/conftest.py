"""Shared fixtures."""

import itertools
import os
import time
from pathlib import Path

import pytest
import uuid_utils.compat
from django.db import connection

from correspondence_site.postgres import running
from registry.services.keys import ring
from tests.support.clients import Client
from tests.support.world import World, build_world

VAR = Path(os.environ.get("CORRESPONDENCE_VAR", Path(__file__).resolve().parent.parent / "var")).resolve()


@pytest.fixture(scope="session")
def database_server():
    """The embedded server for the whole run, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with running(VAR):
        yield


@pytest.fixture(scope="session")
def django_db_setup(database_server, django_db_setup):
    """The server is up before the test database is made, and goes after it."""


@pytest.fixture
def world(db) -> World:
    """Who exists in most tests (reference/access.md 4.4): see `tests/support/world.py`."""
    return build_world()


@pytest.fixture
def sender(world) -> Client:
    """The service owner's system: an exchanged token with the sender's scopes."""
    return Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")


@pytest.fixture
def recipient(world) -> Client:
    """The recipient company's system."""
    return Client.organisation("310654302", "altinn:correspondence.read")


@pytest.fixture
def stranger(world) -> Client:
    """Another service owner: full scopes, no resource, no grant."""
    return Client.organisation(
        "310244007", "altinn:serviceowner", "altinn:correspondence.write", "altinn:correspondence.read"
    )


@pytest.fixture
def own_storage(settings, tmp_path) -> Path:
    """The folder of this test's attachments and no other's, so that what is left in it can be counted."""
    return own_folder(settings, "attachments", tmp_path)


@pytest.fixture
def own_reports(settings, tmp_path) -> Path:
    """The same for reports."""
    return own_folder(settings, "reports", tmp_path)


def own_folder(settings, name: str, above: Path) -> Path:
    alias = {**settings.STORAGES[name], "OPTIONS": {"location": str(above / name)}}
    settings.STORAGES = {**settings.STORAGES, name: alias}
    return above / name


@pytest.fixture
def ids_of_the_day(monkeypatch):
    """Ids made by Python's clock, so that letters sent on another day sort into that day."""
    original, count = uuid_utils.compat.uuid7, itertools.count()

    def by_the_clock():
        return original(nanoseconds=time.time_ns() + next(count) * 1_000_000)

    monkeypatch.setattr(uuid_utils.compat, "uuid7", by_the_clock)


@pytest.fixture
def committed(django_db_serialized_rollback, transactional_db):
    """For tests that need real commits. What migrations wrote is there again for the next one; the queue is empty."""
    ring.clear()  # the key that this process knows went with the last test's rows
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers RESTART IDENTITY CASCADE")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """CI installs every system program that tests need, so there a skip is a failure."""
    report = yield
    if report.skipped and os.environ.get("FAIL_ON_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be: {report.longrepr}"
    return report
