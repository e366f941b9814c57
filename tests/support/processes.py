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


def environment(**extra: str) -> dict[str, str]:
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(str(database['HOST']), safe='')}"
    return {**os.environ, "DATABASE_URL": url, **extra}


@contextmanager
def web_server(**extra: str) -> Iterator[str]:
    """gunicorn as production runs it; yields its base URL."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    command = ["-m", "gunicorn", "--config", "correspondence_site/serving/gunicorn_conf.py", "--workers", "1"]
    env = environment(PUBLIC_URL=settings.PUBLIC_URL, **extra)
    server = subprocess.Popen([sys.executable, *command, "--bind", f"127.0.0.1:{port}"], cwd=ROOT, env=env)
    try:
        eventually(lambda: _answers(base_url), "the web server did not start")
        yield base_url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_SECONDS)


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
