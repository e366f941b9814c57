"""Web server and job worker as children of one process, which stops them in order and never outlives them."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import requests
from django.conf import settings

from correspondence_site.database_server import DatabaseUnusable, require_database
from correspondence_site.environment import VARIABLES
from correspondence_site.serving.announcement import Announcement

ROOT = Path(settings.BASE_DIR)
START_SECONDS = 60
STOP_SECONDS = 40
PR_SET_PDEATHSIG = 1
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ServeError(Exception):
    """The service cannot be started, or a part of it ended by itself; the message says which and why."""


class Supervisor:
    """Starts gunicorn and a Procrastinate worker; `base_url` is where the service answers inside the block."""

    def __init__(self, *, host: str, port: int, web_workers: int = 2, job_concurrency: int = 4) -> None:
        _check_host(host)
        self.host = host
        self.port = _bindable_port(host, port)
        self.web_workers = web_workers
        self.job_concurrency = job_concurrency
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.announcement = Announcement(settings.CORRESPONDENCE_VAR, self.base_url)

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def wait(self) -> None:
        """Until a signal arrives (the caller's KeyboardInterrupt or SystemExit). Raises ServeError."""
        while True:
            self._check_children()
            self._announce()
            time.sleep(0.5)

    def _start(self) -> None:
        environment = {**os.environ, **_whole_paths(), "WEB_WORKERS": str(self.web_workers)}
        environment.setdefault("PUBLIC_URL", self.base_url)
        self._announce()
        config = Path(__file__).with_name("gunicorn_conf.py")
        bind = self.base_url.removeprefix("http://")
        self._spawn("web server", environment, "-m", "gunicorn", "--config", str(config), "--bind", bind)
        self._spawn(
            "job worker",
            environment,
            "manage.py",
            "procrastinate",
            "worker",
            "--concurrency",
            str(self.job_concurrency),
        )
        self._wait_until_live()

    def _announce(self) -> None:
        """Also while waiting: whoever was named before may have stopped."""
        if not os.environ.get("PUBLIC_URL"):
            self.announcement.make()

    def _spawn(self, name: str, environment: dict[str, str], *arguments: str) -> None:
        """In a session of its own, so that Ctrl-C reaches us first and the order of stopping is ours."""
        self.children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no threads run yet, and it calls only prctl
        )

    def _wait_until_live(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._check_children()
            try:
                if requests.get(f"{self.base_url}/health/live", timeout=2).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise ServeError(f"The web server did not answer within {START_SECONDS} s.")

    def _check_children(self) -> None:
        for name, child in self.children.items():
            if (status := child.poll()) is not None:
                raise ServeError(
                    f"{_fault_of_database()}The {name} ended by itself with exit status {status}."
                )

    def _stop(self) -> None:
        """The web server first: what it has accepted is queued, and the worker finishes what it has begun."""
        self.announcement.withdraw()
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _fault_of_database() -> str:
    """Why the children end when the database does, which their exit status does not tell."""
    try:
        require_database(seconds=2)
    except DatabaseUnusable as error:
        return f"{error} "
    return ""


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _whole_paths() -> dict[str, str]:
    """Variables with a path that may begin where we were started: the children start in the checkout."""
    files = {
        f"{name}_FILE": str(Path(path).absolute())
        for name in VARIABLES
        if (path := os.environ.get(f"{name}_FILE"))
    }
    return {**files, "CORRESPONDENCE_VAR": str(settings.CORRESPONDENCE_VAR)}


def _check_host(host: str) -> None:
    if settings.IS_DEMO and host not in LOOPBACK and os.environ.get("CORRESPONDENCE_DEMO_PUBLIC") != "1":
        raise ServeError(
            f"A demo installation has open token generators and is bound to loopback addresses only, not {host}. "
            "CORRESPONDENCE_DEMO_PUBLIC=1 lifts this."
        )


def _bindable_port(host: str, port: int) -> int:
    """`port`, or a free one for 0. Raises ServeError."""
    try:
        with socket.create_server((host, port), family=_family(host)) as probe:
            found: int = probe.getsockname()[1]
            return found
    except OSError as error:
        raise ServeError(
            f"Port {port} on {host} cannot be used: {error.strerror}. --port 0 takes a free one."
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
