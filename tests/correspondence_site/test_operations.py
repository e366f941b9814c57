import re
import socket
import time
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import pytest
import requests
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from journal.models import EventDelivery
from notifications.models import Provider
from registry.services.keys import rotate
from tests.support.clients import Client
from tests.support.events import happened, subscription
from tests.support.processes import web_server

HTTP = Client(None).http


def test_live_is_ok(db):
    assert HTTP.get("/health/live").json() == {"status": "ok"}


def test_ready_is_ok_with_database_migrations_and_storage(db):
    answer = HTTP.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_names_what_is_missing(db):
    newest = MigrationRecorder.Migration.objects.filter(app="correspondence").latest("name")
    newest.delete()

    answer = HTTP.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["problems"] == {"migrations": "1 migrations are not applied."}


@contextmanager
def silent_server():
    """Takes connections and says nothing, like a machine that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    "server", [silent_server, lambda: nullcontext("127.0.0.1:9")], ids=["silent", "away"]
)
def test_ready_says_at_once_that_the_database_is_away(server):
    with server() as address, web_server(DATABASE_URL=f"postgresql://x@{address}/letters") as base_url:
        began = time.monotonic()
        answer = requests.get(f"{base_url}/health/ready", timeout=20)
        took = time.monotonic() - began

    assert answer.status_code == 503
    assert answer.json()["problems"] == {"database": "PostgreSQL does not answer."}
    assert took < 4


def test_ready_names_a_signing_key_of_another_secret(db, settings):
    rotate()
    settings.SECRET_KEY = "another"

    answer = HTTP.get("/health/ready")

    assert answer.status_code == 503
    assert "made under another SECRET_KEY" in answer.json()["problems"]["signing_key"]


def test_metrics_are_open_in_test_without_a_token(db):
    assert b"correspondence_letters_overdue 0.0" in HTTP.get("/metrics").content


def test_metrics_tell_the_share_of_each_provider(db):
    Provider.objects.create(channel="email", name="smtp://host", weight=25)

    line = b'correspondence_provider_weight{channel="email",provider="smtp://host"} 25.0'
    assert line in HTTP.get("/metrics").content


def event_gauges():
    lines = HTTP.get("/metrics").content.decode().splitlines()
    found = (line.split() for line in lines if line.startswith("correspondence_events_"))
    return {name.removeprefix("correspondence_events_"): float(value) for name, value in found}


def test_metrics_tell_what_subscribers_have_not_got(world):
    assert event_gauges() == {"waiting": 0, "failed": 0, "oldest_waiting_seconds": 0}

    subscription()
    happened("letter-1", "letter-2", at=timezone.now() - timedelta(hours=2))
    happened("letter-3", at=timezone.now() - timedelta(hours=1))
    happened("letter-4", "letter-5", at=timezone.now() - timedelta(days=4))
    given_up = EventDelivery.objects.filter(event__resource_instance__in=["letter-4", "letter-5"])
    given_up.update(state="failed", finished_at=timezone.now())

    told = event_gauges()

    assert (told["waiting"], told["failed"]) == (3, 2)
    assert told["oldest_waiting_seconds"] == pytest.approx(7200, abs=60)


def test_metrics_of_events_read_partial_indexes(world):
    subscription()
    happened(*(f"letter-{number}" for number in range(2000)))
    EventDelivery.objects.update(state="delivered", finished_at=timezone.now())
    happened("letter-0")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE journal_eventdelivery")

    waiting, failed = EventDelivery.objects.waiting(), EventDelivery.objects.failed()

    assert "event_delivery_oldest" in waiting.order_by("expires_at")[:1].explain()
    assert "event_delivery_failed" in failed.explain()
    assert re.search("event_delivery_(waiting|oldest)", waiting.explain())  # both hold just these


@pytest.mark.parametrize(("token", "status"), [("wrong", 401), ("right", 200)])
def test_metrics_ask_for_their_token(db, settings, token, status):
    settings.METRICS_TOKEN = "right"

    assert HTTP.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_metrics_do_not_exist_in_production_without_a_token(db, settings):
    settings.IS_PRODUCTION = True

    assert HTTP.get("/metrics").status_code == 404
