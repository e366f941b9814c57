"""`manage.py serve`: everything in one process group, stopped in order, never left behind."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.conf import settings

from tests.correspondence_site.test_postgres import postgres_pids
from tests.support.processes import eventually, fresh_environment


def manage(var, *arguments, **extra):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=fresh_environment(var, **extra),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    var = tmp_path_factory.mktemp("serve")
    result = manage(var, "migrate", "--verbosity", "0")
    assert result.returncode == 0, result.stderr
    return var


@contextmanager
def serving(var, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL):
    """The running command, and its base URL."""
    command = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", "0"],
        cwd=cwd,
        env=fresh_environment(var),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    lines = [command.stdout.readline() for _ in range(3)]
    assert "Serving at" in lines[-1], lines
    try:
        yield command, lines[-1].split()[2].rstrip(".")
    finally:
        command.kill()
        command.communicate()


@pytest.fixture
def served(migrated):
    with serving(migrated) as running:
        yield running


def announced(var):
    try:
        return (var / "public_url").read_text()
    except OSError:
        return None


def accepts(base_url, token):
    """Whether the server believes a token without scopes: then it refuses the scopes (403), not the token (401)."""
    answer = requests.get(
        f"{base_url}/correspondence/api/v1/correspondence",
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    return answer.status_code == 403


def children(command):
    found = subprocess.run(["pgrep", "-P", str(command.pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def alive(pid):
    try:
        return b"python" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_serve_answers_and_sigterm_ends_everything(served, migrated):
    command, base_url = served
    ready = requests.get(f"{base_url}/health/ready", timeout=20)
    pids = children(command)

    command.send_signal(signal.SIGTERM)
    command.wait(60)

    assert ready.json() == {"status": "ok"}
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)
    assert postgres_pids(migrated) == []


def test_killed_serve_takes_its_children_along(served, migrated):
    command, _ = served
    pids = children(command)

    command.kill()
    command.wait()

    eventually(lambda: not any(alive(pid) for pid in pids), "the children outlived serve")
    assert manage(migrated, "check").returncode == 0
    assert postgres_pids(migrated) == []


def test_demo_beside_it_does_not_take_its_place(served, migrated):
    """What `issue_token` makes afterwards is for the server that still runs."""
    _, base_url = served

    beside = manage(migrated, "demo", "--check", "--port", "0")
    token = manage(migrated, "issue_token", "--org", "991825827", "--scope", "none")

    assert (beside.returncode, announced(migrated)) == (0, base_url), beside.stderr
    assert accepts(base_url, token.stdout.strip())


def test_second_server_is_named_once_the_first_has_stopped_and_nobody_after_it(migrated):
    with serving(migrated) as (first, first_url), serving(migrated) as (second, second_url):
        while_both_run = announced(migrated)
        first.send_signal(signal.SIGTERM)
        first.wait(60)
        eventually(lambda: announced(migrated) == second_url, "the second was not named")
        token = manage(migrated, "issue_token", "--org", "991825827", "--scope", "none").stdout.strip()
        accepted = accepts(second_url, token)
        second.send_signal(signal.SIGTERM)
        second.wait(60)

    assert (while_both_run, accepted, announced(migrated)) == (first_url, True, None)


def test_what_a_killed_server_left_is_replaced_by_the_next(served, migrated):
    command, left = served
    command.kill()
    command.wait()

    with serving(migrated) as (_, base_url):
        now = announced(migrated)

    assert (now, now == left) == (base_url, False)


def test_child_that_dies_ends_serve_and_is_named(migrated):
    with serving(migrated, stderr=subprocess.PIPE) as (command, _):
        os.kill(children(command)[-1], signal.SIGKILL)
        _, errors = command.communicate(timeout=60)

    assert command.returncode == 1
    assert "ended by itself" in errors
    assert postgres_pids(migrated) == []


def test_busy_port_is_an_error_that_names_it(migrated):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = manage(migrated, "serve", "--port", str(port))

    assert result.returncode == 1
    assert str(port) in result.stderr


def test_demo_installation_is_not_bound_to_the_world(migrated):
    result = manage(migrated, "serve", "--host", "0.0.0.0", "--port", "0")

    assert result.returncode == 1
    assert "CORRESPONDENCE_DEMO_PUBLIC" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["serve", "--port", "99999"], "--port: must be a whole number from 0 to 65535, not '99999'"),
        (["serve", "--port=-5"], "--port: must be a whole number from 0 to 65535, not '-5'"),
        (["demo", "--port", "99999"], "--port: must be a whole number from 0 to 65535, not '99999'"),
        (["serve", "--web-workers", "0"], "--web-workers: must be a whole number above zero, not '0'"),
        (
            ["serve", "--job-concurrency", "0"],
            "--job-concurrency: must be a whole number above zero, not '0'",
        ),
        (["serve", "--port", "0", "--host", "203.0.113.7"], "on 203.0.113.7 cannot be used"),
        (["serve", "--port", "0", "--host", "no such host"], "on no such host cannot be used"),
    ],
)
def test_option_that_cannot_be_used_is_named_in_a_sentence(migrated, arguments, named):
    result = manage(migrated, *arguments, CORRESPONDENCE_DEMO_PUBLIC="1")

    assert result.returncode in {1, 2}
    assert named in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_busy_port_is_named_before_anything_else(tmp_path, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = manage(tmp_path, command, "--port", port)

    assert f"Port {port} on 127.0.0.1 cannot be used" in result.stderr
    assert "database is ready" not in result.stdout


def test_relative_folder_is_one_for_all_parts(migrated):
    with serving(migrated.name, cwd=migrated.parent) as (_, base_url):
        ready = requests.get(f"{base_url}/health/ready", timeout=20)

    assert ready.json() == {"status": "ok"}
    assert not (settings.BASE_DIR / migrated.name).exists()


def test_killed_database_is_named_when_serve_ends(migrated):
    with serving(migrated, stderr=subprocess.PIPE) as (command, base_url):
        (database,) = postgres_pids(migrated)
        os.kill(database, signal.SIGKILL)
        eventually(lambda: database not in postgres_pids(migrated), "it outlived SIGKILL")
        ready = requests.get(f"{base_url}/health/ready", timeout=4)
        _, errors = command.communicate(timeout=90)

    assert (command.returncode, ready.status_code) == (1, 503)
    assert ready.json()["problems"] == {"database": "PostgreSQL does not answer."}
    last = errors.strip().splitlines()[-1]
    assert last.startswith("CommandError: PostgreSQL at "), errors[-2000:]
    assert "cannot be used: " in last


def test_missing_migrations_are_named(tmp_path):
    result = manage(tmp_path, "serve", "--port", "0")

    assert result.returncode == 1
    assert "manage.py migrate" in result.stderr
