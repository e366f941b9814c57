import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from correspondence_site import environment as env

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "CORRESPONDENCE_ENV": "production",
    "SECRET_KEY": "x" * 50,
    "PUBLIC_URL": "https://letters.example.no",
    "DATABASE_URL": "postgresql://user@db.example.no/letters",
}


def start(**variables):
    """Loads the settings in a process of their own, with these variables only."""
    return subprocess.run(
        [sys.executable, "-c", "import correspondence_site.settings"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_reference_page_lists_every_variable_as_declared():
    page = (ROOT / "docs/reference/environment.md").read_text(encoding="utf-8")

    assert env.as_markdown() in page


def test_production_starts_when_everything_is_given():
    assert start(**PRODUCTION).returncode == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"PUBLIC_URL": "http://letters.example.no"}, "PUBLIC_URL"),
        ({"EMAIL_URL": "smtp://mail.example.no"}, "EMAIL_FROM"),
        ({"EMAIL_UNSUBSCRIBE_URL": "http://example.no/"}, "EMAIL_UNSUBSCRIBE_URL"),
        ({"EMAIL_UNSUBSCRIBE_URL": "https://" + "x" * 51}, "EMAIL_UNSUBSCRIBE_URL"),
        ({"CORRESPONDENCE_ENV": "prod"}, "CORRESPONDENCE_ENV"),
        ({"TOKEN_ISSUERS": "{"}, "TOKEN_ISSUERS"),
        ({"REGISTRY_AUTO_PROVISION": "maybe"}, "REGISTRY_AUTO_PROVISION"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL"),
        ({"DIALOG_SERVICE_URL": "http://dialogs.example.no/dialogporten/api/v1"}, "DIALOG_SERVICE_URL"),
        ({"DELIVERY_REPORTS": '[{"channel": "sms", "provider": "gw"}]'}, "DELIVERY_REPORTS"),
        ({"NOTIFICATION_PLATFORM_URL": "http://platform.example.no"}, "NOTIFICATION_PLATFORM_URL"),
    ],
)
def test_wrong_value_stops_the_start_and_names_the_variable(change, named):
    result = start(**{**PRODUCTION, **change})

    assert result.returncode == 1
    assert "ImproperlyConfigured" in result.stderr
    assert named in result.stderr.splitlines()[-1]


def test_secret_is_read_from_its_file(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))

    assert env.text("SOME_SECRET", meaning="A test.") == "from a file"
    env.VARIABLES.pop("SOME_SECRET")


def test_unreadable_secret_file_is_named(monkeypatch):
    monkeypatch.setenv("SOME_SECRET_FILE", "/does/not/exist")

    with pytest.raises(ImproperlyConfigured, match="SOME_SECRET_FILE"):
        env.text("SOME_SECRET", meaning="A test.")
    env.VARIABLES.pop("SOME_SECRET")
