"""A real clamd with a small signature set of our own."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import eventually

BAD = b"this is the file that our own signature finds"
SIGNATURE = f"Correspondence.Test.Finding:0:*:{BAD.hex()}\n"
MAX_STREAM_BYTES = 3_000_000
CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
needs_clamd = pytest.mark.skipif(CLAMD is None, reason="clamd is not installed")


@contextmanager
def clamd(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields both of its addresses, as CLAMD_URL names them."""
    database = folder / "signatures"
    database.mkdir(parents=True)
    (database / "own.ndb").write_text(SIGNATURE)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    configuration = folder / "clamd.conf"
    configuration.write_text(
        f"Foreground yes\nDatabaseDirectory {database}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"LocalSocket {folder}/clamd.ctl\n"
        f"StreamMaxLength {MAX_STREAM_BYTES}\nTemporaryDirectory {folder}\nLogFile {folder}/clamd.log\n"
    )
    process = subprocess.Popen([str(CLAMD), f"--config-file={configuration}"], stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: _answers(port), "clamd did not start")
        yield f"tcp://127.0.0.1:{port}", f"unix://{folder}/clamd.ctl"
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"zPING\0")
            return connection.recv(16).startswith(b"PONG")
    except OSError:
        return False
