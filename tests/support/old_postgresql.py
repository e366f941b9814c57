"""A server that presents itself as an older PostgreSQL, as far as the start of a session goes."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

STARTUP_3_0 = 196608


class _Session(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            head = self.request.recv(8)
            if len(head) < 8:
                return
            length, code = struct.unpack("!ii", head)
            if code != STARTUP_3_0:  # asks for encryption first
                self.request.sendall(b"N")
                continue
            self.request.recv(length - 8)
            break
        self.request.sendall(
            _message(b"R", struct.pack("!i", 0))
            + b"".join(
                _message(b"S", f"{name}\0{value}\0".encode()) for name, value in self.server.status.items()
            )
            + _message(b"K", struct.pack("!ii", 1, 1))
            + _message(b"Z", b"I")
        )
        self.request.recv(1024)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    status = {"server_version": "15.18", "client_encoding": "UTF8", "TimeZone": "UTC"}


@contextmanager
def old_postgresql() -> Iterator[str]:
    """Yields its DATABASE_URL."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"postgresql://somebody@127.0.0.1:{server.server_address[1]}/letters"
        server.shutdown()
