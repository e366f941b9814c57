import json
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


def issuers(**change):
    entry = {"issuer": "https://id.example.no/", "jwks_uri": "https://id.example.no/jwks"}
    return json.dumps([entry | change])


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
    "change",
    [
        {"TOKEN_ISSUERS": issuers(kind="idporten", audience="letters")},
        {"EMAIL_URL": "smtps://user:p%40ss@mail.example.no smtp://[::1]:25", "EMAIL_FROM": "a@example.no"},
        {"SMS_SEND_WINDOW": "always"},
        {"SMS_SEND_WINDOW": "08:30 - 20:00"},
        {"DATABASE_URL": "postgresql://user@/letters?host=%2Frun%2Fpostgresql"},
    ],
)
def test_values_as_the_operator_interface_has_them_are_taken(change):
    result = start(**{**PRODUCTION, **change})

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"EMAIL_URL": "foo", "EMAIL_FROM": "a@example.no"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp://mail:25x", "EMAIL_FROM": "a@example.no"}, "EMAIL_URL"),
        ({"SMS_GATEWAY_URL": "ftp://x", "SMS_FROM": "Brev"}, "SMS_GATEWAY_URL"),
        ({"SMS_SEND_WINDOW": "abc"}, "SMS_SEND_WINDOW"),
        ({"SMS_SEND_WINDOW": "17:00-09:00"}, "SMS_SEND_WINDOW"),
        ({"SMS_SEND_WINDOW": "09:00-24:00"}, "SMS_SEND_WINDOW"),
        ({"TOKEN_ISSUERS": "[1]"}, "TOKEN_ISSUERS[0] must be an object"),
        ({"TOKEN_ISSUERS": issuers(issuer="")}, "TOKEN_ISSUERS[0].issuer"),
        ({"TOKEN_ISSUERS": issuers(jwks_uri="http://id.example.no/jwks")}, "TOKEN_ISSUERS[0].jwks_uri"),
        ({"TOKEN_ISSUERS": issuers(kind="other")}, "TOKEN_ISSUERS[0].kind"),
        ({"TOKEN_ISSUERS": issuers(audience=1)}, "TOKEN_ISSUERS[0].audience"),
        ({"TOKEN_ISSUERS": issuers(audiences="x")}, "TOKEN_ISSUERS[0].audiences"),
        ({"PUBLIC_URL": "foo"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://"}, "PUBLIC_URL"),
        ({"ATTACHMENT_STORAGE_URL": "file://relative/x"}, "ATTACHMENT_STORAGE_URL"),
        ({"DATABASE_URL": "postgres://localhost:abc/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://localhost"}, "DATABASE_URL"),
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


def test_command_shows_the_sentence_alone():
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={"SMS_SEND_WINDOW": "abc"},
        capture_output=True,
        text=True,
        check=False,
    )

    sentence = "SMS_SEND_WINDOW must be like 09:00-17:00, or always, not 'abc'.\n"
    assert (result.returncode, result.stderr) == (1, sentence)


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
