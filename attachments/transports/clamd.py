"""ClamAV's daemon over its stream protocol (INSTREAM).

Our own few lines: the libraries there are lose the daemon's answer when it cuts a stream that is too long, and so
cannot tell that from an outage.
"""

import re
import socket
import struct
from contextlib import ExitStack, suppress
from typing import IO
from urllib.parse import urlsplit

from attachments.transports.scanner_base import ScannerUnavailable

CHUNK_BYTES = 64 * 1024
TIMEOUT_SECONDS = 120
"""Between two signs of life: a large archive takes its time after the last byte."""
DEFAULT_PORT = 3310
FOUND = re.compile(r"stream: (?P<name>.+) FOUND")
TOO_LONG = "size limit exceeded"


class ClamdScanner:
    """`url`: `tcp://host:port` or `unix:///path`."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def scan(self, stored: IO[bytes], *, file_name: str) -> str | None:
        del file_name  # the daemon judges by the bytes
        try:
            with self._connect() as connection:
                return _meaning(_stream(connection, stored))
        except OSError as error:
            raise ScannerUnavailable(f"The scanner cannot be reached: {error}.") from error

    def _connect(self) -> socket.socket:
        if self.url.scheme == "tcp":
            address = (self.url.hostname or "localhost", self.url.port or DEFAULT_PORT)
            return socket.create_connection(address, timeout=TIMEOUT_SECONDS)
        with ExitStack() as when_it_fails:
            connection = when_it_fails.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(self.url.path)
            when_it_fails.pop_all()
        return connection


def _stream(connection: socket.socket, stored: IO[bytes]) -> str:
    """The daemon's answer; it may come, and the connection end, before all bytes are sent."""
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"zINSTREAM\0")
        while chunk := stored.read(CHUNK_BYTES):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    with connection.makefile("rb") as answer:
        return answer.read().decode(errors="replace").strip("\0\n ")


def _meaning(answer: str) -> str | None:
    if answer == "stream: OK":
        return None
    if found := FOUND.fullmatch(answer):
        return found["name"]
    if TOO_LONG in answer:
        return "too large to be scanned"
    raise ScannerUnavailable(f"The scanner answered: {answer or 'nothing'}.")
