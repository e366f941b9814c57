"""One embedded server: its folders, its start, its stop."""

import hashlib
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from correspondence_site.postgres.errors import PostgresUnavailable
from correspondence_site.postgres.privileges import Programs, programs_for

DATABASE = SUPERUSER = "correspondence"
START_SECONDS = STOP_SECONDS = 60
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class Cluster:
    """The server whose data lies below `folder`. Changes nothing above it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Short, since a socket's path may have about 107 bytes; its own for each checkout and user."""
        name = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]
        return Path("/tmp") / f"correspondence-{os.geteuid()}-{name}"  # noqa: S108 - made private below

    def start(self) -> None:
        """Adopt the server if it runs, else start it, making its data first. Raises PostgresUnavailable."""
        programs = programs_for(self.folder)
        self._make_socket_folder(programs)
        if not (self.data / "PG_VERSION").exists():
            self._initialize(programs)
        if not self._answers():
            self._forget_stale_pid()
            self._start(programs)
        self._make_database()

    def stop(self) -> None:
        """End the server and wait for it; connections still open are closed."""
        pid = self._pid()
        if pid is not None:
            self._stop(pid)
        self._remove_socket_folder()

    def _stop(self, pid: int) -> None:
        result = programs_for(self.folder).run(
            "pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", str(STOP_SECONDS), "stop"
        )
        if result.returncode != 0 and self._process_is_ours():
            raise PostgresUnavailable(f"PostgreSQL did not stop: {result.stderr.strip()} (log: {self.log})")
        deadline = time.monotonic() + STOP_SECONDS
        while _is_postgres(pid) and time.monotonic() < deadline:
            time.sleep(0.01)  # pg_ctl waits for the file of the number only, which goes a moment earlier

    def _initialize(self, programs: Programs) -> None:
        """Into a folder beside, renamed when whole: a crash on the way leaves nothing half made."""
        making = self.folder / "data.new"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self._give(making, programs)
        result = programs.run(
            "initdb", "-D", str(making), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8",
            "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions",
        )  # fmt: skip
        if result.returncode != 0:
            raise PostgresUnavailable(f"PostgreSQL's data could not be made: {result.stderr.strip()}")
        making.rename(self.data)

    def _start(self, programs: Programs) -> None:
        """Started again for a while: a server killed a moment ago may hold its memory a little longer."""
        options = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
        self.log.write_bytes(b"")
        self._give(self.log, programs)
        deadline = time.monotonic() + START_SECONDS
        while True:
            result = programs.run(
                "pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", str(START_SECONDS),
                "-o", f"-k {self.socket_folder} {options}", "start",
            )  # fmt: skip
            if result.returncode == 0:
                return
            if time.monotonic() > deadline or "in use" not in self.log.read_text(errors="replace"):
                raise PostgresUnavailable(f"PostgreSQL did not start: {self._last_words()} (log: {self.log})")
            time.sleep(0.5)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self._address(), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def _make_database(self) -> None:
        with psycopg.connect(self._address(), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def _address(self) -> str:
        return make_conninfo(host=str(self.socket_folder), user=SUPERUSER, dbname="postgres")

    def _make_socket_folder(self, programs: Programs) -> None:
        folder = self.socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        self._give(folder, programs)
        owner = folder.lstat()
        if folder.is_symlink() or owner.st_uid not in {os.geteuid(), programs.options.get("user")}:
            raise PostgresUnavailable(f"{folder} belongs to somebody else; remove it or set DATABASE_URL.")

    def _remove_socket_folder(self) -> None:
        """A killed server leaves its socket in it. What else may lie there is not ours, and stays."""
        with suppress(OSError):
            for left in self.socket_folder.glob(".s.PGSQL.*"):
                left.unlink()
            self.socket_folder.rmdir()

    def _give(self, path: Path, programs: Programs) -> None:
        if user := programs.options.get("user"):
            os.chown(path, user, programs.options["group"])

    def _forget_stale_pid(self) -> None:
        """After a crash of the machine the number may be another process's: PostgreSQL would refuse to start."""
        if (self.data / "postmaster.pid").exists() and not self._process_is_ours():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _process_is_ours(self) -> bool:
        pid = self._pid()
        return pid is not None and _is_postgres(pid)

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " ".join(lines[-3:]) or "it said nothing"


def _is_postgres(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
