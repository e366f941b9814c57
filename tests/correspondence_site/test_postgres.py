"""The embedded PostgreSQL: started on demand, shared, recovered, and never left behind (design.md point 1)."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from correspondence_site.postgres import PostgresUnavailable, connection_parameters, running
from correspondence_site.var_folder import FolderUnusable
from tests.support.processes import eventually, fresh_environment

HOLDER = """
import pathlib, sys
from correspondence_site.postgres import running
with running(pathlib.Path(sys.argv[1])):
    print("running", flush=True)
    sys.stdin.read()
"""
IS_ROOT = os.geteuid() == 0
"""Only root can try its own way, and that of another user; elsewhere those tests do not exist."""


def postgres_pids(var):
    """Server processes whose data lies below `var`."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            content = line.read_bytes()
        except OSError:
            continue
        if b"bin/postgres" in content and str(var).encode() in content:
            found.append(int(line.parent.name))
    return found


def socket_folder(var):
    return Path(connection_parameters(var)["HOST"])


def query(var, sql="SELECT version()"):
    address = connection_parameters(var)
    with psycopg.connect(host=address["HOST"], user=address["USER"], dbname=address["NAME"]) as connection:
        return connection.execute(sql).fetchone()[0]


@contextmanager
def holder(var):
    """Another process that uses the server."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(var)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"running\n"
    try:
        yield process
    finally:
        process.communicate()


def test_fresh_server_answers_and_is_gone_afterwards(tmp_path):
    with running(tmp_path):
        assert "PostgreSQL 18" in query(tmp_path)
        assert query(tmp_path, "SHOW fsync") == "on"
        assert query(tmp_path, "SHOW listen_addresses") == ""
        assert len(postgres_pids(tmp_path)) == 1
        assert socket_folder(tmp_path).exists()

    assert postgres_pids(tmp_path) == []
    assert not socket_folder(tmp_path).exists()


def test_socket_folder_of_a_killed_server_goes_with_its_last_user(tmp_path):
    with running(tmp_path):
        (pid,) = postgres_pids(tmp_path)
        os.kill(pid, signal.SIGKILL)

    assert not socket_folder(tmp_path).exists()


def test_server_is_gone_after_a_command_that_failed(tmp_path):
    with pytest.raises(RuntimeError), running(tmp_path):
        raise RuntimeError

    assert postgres_pids(tmp_path) == []


def test_last_user_stops_the_server(tmp_path):
    with holder(tmp_path):
        with running(tmp_path):
            query(tmp_path)
        assert len(postgres_pids(tmp_path)) == 1

    assert postgres_pids(tmp_path) == []


def test_server_of_a_killed_command_is_adopted_and_stopped(tmp_path):
    with holder(tmp_path) as process:
        process.kill()
        process.wait()
    (orphan,) = postgres_pids(tmp_path)

    with running(tmp_path):
        assert postgres_pids(tmp_path) == [orphan]

    assert postgres_pids(tmp_path) == []


def test_killed_server_recovers_with_what_was_committed(tmp_path):
    with holder(tmp_path):
        address = connection_parameters(tmp_path)
        with psycopg.connect(
            host=address["HOST"], user=address["USER"], dbname=address["NAME"]
        ) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        (pid,) = postgres_pids(tmp_path)
        os.kill(pid, signal.SIGKILL)

    with running(tmp_path):
        assert query(tmp_path, "SELECT number FROM kept") == 7


def test_stale_pid_of_another_process_is_no_obstacle(tmp_path):
    with running(tmp_path):
        query(tmp_path)
    (tmp_path / "postgres/data/postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n0\n5432\n\n\n")

    with running(tmp_path):
        assert query(tmp_path, "SELECT 1") == 1


def test_interrupted_first_start_is_begun_anew(tmp_path):
    (tmp_path / "postgres/data.new/half").mkdir(parents=True)

    with running(tmp_path):
        assert query(tmp_path, "SELECT 1") == 1


def test_two_checkouts_do_not_collide(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"

    with running(first), running(second):
        assert connection_parameters(first)["HOST"] != connection_parameters(second)["HOST"]
        assert query(first, "SELECT 1") == query(second, "SELECT 1") == 1

    assert postgres_pids(tmp_path) == []


def test_path_longer_than_a_sockets_works(tmp_path):
    var = tmp_path / ("x" * 120)

    with running(var):
        assert query(var, "SELECT 1") == 1


def test_commands_at_once_start_one_server(tmp_path):
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    answers = [command.stdout.readline() for command in commands]
    count = len(postgres_pids(tmp_path))
    for command in commands:
        command.communicate()

    assert (answers, count) == ([b"running\n"] * 4, 1)
    assert postgres_pids(tmp_path) == []


def root_works_below_a_private_home_and_changes_nothing_above(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    users_before, modes_before = Path("/etc/passwd").read_bytes(), modes(home)

    with running(home / "checkout/var"):
        assert query(home / "checkout/var", "SELECT 1") == 1

    assert (modes(home), Path("/etc/passwd").read_bytes()) == (modes_before, users_before)


def modes(path):
    return [(stat.S_IMODE(parent.stat().st_mode), parent.stat().st_uid) for parent in (path, *path.parents)]


def holder_as_nobody(var):
    """What HOLDER says when an ordinary user runs it."""
    nobody = pwd.getpwnam("nobody")
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    code = f"import sys; sys.path[:0] = {[str(settings.BASE_DIR), *sys.path]!r}\n{HOLDER}"
    return subprocess.run(
        [python, "-c", code, str(var)],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ordinary_user_works_below_a_private_home(tmp_path):
    home = Path("/tmp") / f"home-{os.getpid()}"
    home.mkdir(mode=0o700)
    shutil.chown(home, "nobody")
    try:
        result = holder_as_nobody(home / "var")
    finally:
        shutil.rmtree(home)

    assert (result.stdout, result.returncode) == ("running\n", 0), result.stderr
    assert postgres_pids(home) == []


def test_server_that_cannot_start_says_why_and_where_its_log_is(tmp_path):
    with running(tmp_path):
        query(tmp_path)
    (tmp_path / "postgres/data/postgresql.conf").write_text("nonsense = 1\n")

    with pytest.raises(PostgresUnavailable, match=r"nonsense.*server\.log"), running(tmp_path):
        """Not reached."""


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    said = r"file/var/postgres cannot be used: .*CORRESPONDENCE_VAR"

    with pytest.raises(FolderUnusable, match=said), running(tmp_path / "file/var"):
        """Not reached."""


def folder_of_another_user_is_named(tmp_path):
    var = Path("/tmp") / f"var-{os.getpid()}"
    (var / "postgres").mkdir(parents=True)
    try:
        result = holder_as_nobody(var)
    finally:
        shutil.rmtree(var)

    last = result.stderr.strip().splitlines()[-1]
    assert f"{var}/postgres/users.lock cannot be used: Permission denied." in last


def test_command_ended_by_sigterm_stops_what_it_started(tmp_path):
    command = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-c", "import time; time.sleep(60)"],
        cwd=settings.BASE_DIR,
        env=fresh_environment(tmp_path),
        stdout=subprocess.DEVNULL,
    )
    eventually(lambda: postgres_pids(tmp_path), "the server did not start")

    command.terminate()
    command.wait(30)

    assert postgres_pids(tmp_path) == []


if IS_ROOT:
    test_root_works_below_a_private_home = root_works_below_a_private_home_and_changes_nothing_above
    test_folder_of_another_user_is_named = folder_of_another_user_is_named
    test_ordinary_user_works_below_a_private_home = ordinary_user_works_below_a_private_home
