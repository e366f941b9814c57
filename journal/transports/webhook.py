"""One POST to a receiver that we do not know: a checked address, no redirect, no proxy, and a limit to everything."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Timer

from django.conf import settings

from journal.transports.receivers import Receiver, ReceiverRefused, resolve

FIRST_SUCCESS, FIRST_REDIRECT = 200, 300
WORDS: dict[type[Exception], str] = {
    TimeoutError: "It took too long.",
    ConnectionRefusedError: "The connection was refused.",
    ConnectionError: "The connection was closed without an answer.",
    ssl.SSLEOFError: "The connection was closed without an answer.",
}
"""The first that fits; a connection that was refused is a ConnectionError, too."""


class ReceiverSilent(Exception):
    """No answer came; the message says how it ended."""


def post(url: str, *, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer, whatever it is; of its body nothing is read. Raises ReceiverSilent."""
    try:
        receiver = resolve(url)
        connection = _Connection(receiver)
        with _time_limit(connection):
            connection.request("POST", receiver.target, body, headers)
            return connection.getresponse().status
    except ReceiverRefused as refused:
        raise ReceiverSilent(f"Not called. {refused}") from refused
    except (OSError, http.client.HTTPException) as error:
        raise ReceiverSilent(_in_words(error)) from error


def _in_words(error: OSError | http.client.HTTPException) -> str:
    """What operators read; the library's name for it where there is no plainer one."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate is not valid for it: {error.verify_message.rstrip('.')}."
    if isinstance(error, socket.gaierror):
        is_passing = error.errno == socket.EAI_AGAIN
        return "Its name could not be looked up just now." if is_passing else "Its name is unknown."
    known = (words for kind, words in WORDS.items() if isinstance(error, kind))
    return next(known, f"No answer ({type(error).__name__}).")


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that this machine trusts; loading them takes longer than most calls."""
    return ssl.create_default_context()


def is_success(status: int) -> bool:
    return FIRST_SUCCESS <= status < FIRST_REDIRECT


class _Connection(http.client.HTTPConnection):
    """Connects to the addresses that were checked; the name is for the certificate and the `Host` header."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(receiver.host, receiver.port, timeout=settings.EVENT_TIMEOUT_SECONDS)
        self.receiver = receiver
        if receiver.is_encrypted:
            self.default_port = http.client.HTTPS_PORT
        self.is_cut_off = False

    def connect(self) -> None:
        plain = self._reach()
        if self.receiver.is_encrypted:
            encrypted = _certificates().wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = encrypted  # before the handshake, which can be cut off, too
            encrypted.do_handshake()

    def cut_off(self) -> None:
        """What is being waited for ends at once."""
        self.is_cut_off = True
        # There may be no connection yet, or none any more. TLS's own shutdown would wait for the other side.
        with suppress(OSError, AttributeError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _reach(self) -> socket.socket:
        """The first address that answers."""
        error: OSError = ConnectionRefusedError()
        for address in self.receiver.addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
            except OSError as failure:
                error = failure
            else:
                return self.sock
        raise error


@contextmanager
def _time_limit(connection: _Connection) -> Iterator[None]:
    """The socket's own time-out begins anew with each byte; this one is for all of it. Raises TimeoutError."""
    timer = Timer(settings.EVENT_TIMEOUT_SECONDS, connection.cut_off)
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if connection.is_cut_off:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        connection.close()
