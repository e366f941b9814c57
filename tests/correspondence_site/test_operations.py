import pytest
from django.db.migrations.recorder import MigrationRecorder

from notifications.models import Provider
from tests.support.clients import Client

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


def test_metrics_are_open_in_test_without_a_token(db):
    assert b"correspondence_letters_overdue 0.0" in HTTP.get("/metrics").content


def test_metrics_tell_the_share_of_each_provider(db):
    Provider.objects.create(channel="email", name="smtp://host", weight=25)

    line = b'correspondence_provider_weight{channel="email",provider="smtp://host"} 25.0'
    assert line in HTTP.get("/metrics").content


@pytest.mark.parametrize(("token", "status"), [("wrong", 401), ("right", 200)])
def test_metrics_ask_for_their_token(db, settings, token, status):
    settings.METRICS_TOKEN = "right"

    assert HTTP.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_metrics_do_not_exist_in_production_without_a_token(db, settings):
    settings.IS_PRODUCTION = True

    assert HTTP.get("/metrics").status_code == 404
