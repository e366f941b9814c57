"""The web server and the worker as processes of their own, on the test database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import requests
from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)
PATIENCE_SECONDS = 40


OF_THIS_RUN = {
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "CORRESPONDENCE_ENV",
    "ATTACHMENT_STORAGE_URL",
    "PUBLIC_URL",
}


def environment(**extra: str) -> dict[str, str]:
    """For a process that shares this test's database and attachments."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(str(database['HOST']), safe='')}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "correspondence_site.settings",
        "DATABASE_URL": url,
        **extra,
    }


def fresh_environment(var: Path, **extra: str) -> dict[str, str]:
    """For a command as a person starts it, on a machine where nothing is set but the folder."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THIS_RUN}
    return {**kept, "CORRESPONDENCE_VAR": str(var), **extra}


@contextmanager
def web_server(**extra: str) -> Iterator[str]:
    """gunicorn as production runs it; yields its base URL."""
    with web_server_process(**extra) as (base_url, _):
        yield base_url


@contextmanager
def web_server_process(**extra: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    command = ["-m", "gunicorn", "--config", "correspondence_site/serving/gunicorn_conf.py", "--workers", "1"]
    env = environment(PUBLIC_URL=settings.PUBLIC_URL, **extra)
    server = subprocess.Popen([sys.executable, *command, "--bind", f"127.0.0.1:{port}"], cwd=ROOT, env=env)
    try:
        eventually(lambda: _answers(base_url), "the web server did not start")
        yield base_url, server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_SECONDS)


def kill_children(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to those that do the work; gunicorn's own process starts new ones."""
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def _answers(base_url: str) -> bool:
    try:
        return requests.get(f"{base_url}/health/live", timeout=5).ok
    except requests.RequestException:
        return False


def start_worker(**extra: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "procrastinate", "worker", "--concurrency", "2"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(**extra), stderr=subprocess.DEVNULL)


@contextmanager
def worker(**extra: str) -> Iterator[subprocess.Popen[bytes]]:
    process = start_worker(**extra)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def eventually(condition, otherwise: str, seconds: float = PATIENCE_SECONDS):
    """The first true value of `condition`, asked again and again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(otherwise)
