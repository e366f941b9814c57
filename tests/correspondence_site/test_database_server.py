"""PostgreSQL 16 is the oldest server accepted (design.md point 1), whatever starts; one that is away is named."""

import subprocess
import sys

import pytest
from django.conf import settings

from correspondence_site.database_server import require_database
from tests.support.old_postgresql import old_postgresql
from tests.support.processes import fresh_environment

TOO_OLD = "The database server is PostgreSQL 15; 16 is the oldest that works."
COMMANDS = [
    ["demo"],
    ["migrate"],
    ["serve", "--port", "0"],
    ["issue_token", "--org", "991825827", "--scope", "none"],
    ["rotate_signing_key"],
    ["import_registry", "registry/demo/registry.json"],
    ["procrastinate", "worker"],
]


def run(arguments, var, url):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=fresh_environment(var, DATABASE_URL=url),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_this_database_is_recent_enough(db):
    require_database()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_command_refuses_an_older_server_in_one_sentence(command, tmp_path):
    with old_postgresql() as url:
        result = run(["manage.py", *command], tmp_path, url)

    assert (result.returncode, result.stderr.strip()) == (1, TOO_OLD)


def test_web_server_refuses_an_older_server(tmp_path):
    arguments = ["-m", "gunicorn", "--config", "correspondence_site/serving/gunicorn_conf.py", "--bind"]
    with old_postgresql() as url:
        result = run([*arguments, "127.0.0.1:0"], tmp_path, url)

    assert result.returncode != 0
    assert TOO_OLD in result.stderr


def test_connection_to_an_older_server_is_never_used(tmp_path):
    """Also when it took the place of a newer one after the start."""
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "for _ in range(2):\n"
        "    try: connection.ensure_connection()\n"
        "    except Exception as error: print(error)\n"
    )
    with old_postgresql() as url:
        environment = fresh_environment(tmp_path, DATABASE_URL=url)
        environment |= {"DJANGO_SETTINGS_MODULE": "correspondence_site.settings"}
        command = [sys.executable, "-c", code]
        result = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
        )

    assert result.stdout.splitlines() == [TOO_OLD, TOO_OLD], result.stderr


def test_server_that_is_away_is_named_in_one_sentence(tmp_path):
    result = run(["manage.py", "migrate"], tmp_path, "postgresql://somebody@127.0.0.1:9/letters")

    assert result.returncode == 1
    assert result.stderr.startswith("PostgreSQL at 127.0.0.1:9 cannot be used: ")
    assert "refused" in result.stderr
    assert len(result.stderr.splitlines()) == 1
