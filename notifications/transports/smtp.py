"""E-mail over SMTP: one connection for many mails, replies mapped as notifications.md 9.4 has it."""

import re
import smtplib
import ssl
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from notifications.enums import DeliveryState
from notifications.transports.base import (
    DeliveryError,
    OutgoingMessage,
    PermanentDeliveryError,
    TemporaryDeliveryError,
    TransportBusy,
    TransportDown,
)
from notifications.transports.mail import as_email

TIMEOUT_SECONDS = 30
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
AUTHENTICATION = {530, 535}
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
PERMANENT = [
    (re.compile(r"^5\.1\.(1|2|6|10)$"), DeliveryState.EMAIL_FAILED_BOUNCED),
    (re.compile(r"^5\.1\.3$"), DeliveryState.EMAIL_FAILED_INVALID_FORMAT),
    (re.compile(r"^5\.7\."), DeliveryState.EMAIL_FAILED_FILTERED_SPAM),
]
SYNTAX = {501, 553}
CLOSING = 421
MAILBOX_FULL = "5.2.2"
TOO_FAST = "4.7."
FIRST_PERMANENT = 500


class _ConnectionLost(TemporaryDeliveryError):
    """The server ended the connection instead of answering about the mail."""


class SmtpTransport:
    """`url`: `smtp://host:port` or `smtps://user:password@host:port` (implicit TLS)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.scheme, self.host = parts.scheme, parts.hostname or "localhost"
        self.port = parts.port or DEFAULT_PORTS[self.scheme]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.name = f"{self.scheme}://{self.host}:{self.port}"
        self.connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def send(self, message: OutgoingMessage) -> str:
        """Servers end connections after so many mails or minutes: then the mail goes at once over a new one."""
        was_open = self.connection is not None
        try:
            return self._send(message)
        except _ConnectionLost:
            if not was_open:
                raise
            return self._send(message)

    def _send(self, message: OutgoingMessage) -> str:
        mail = as_email(message)
        connection = self.connection or self._connect()
        try:
            connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise self._error(code, reply) from error
        except smtplib.SMTPResponseException as error:
            raise self._error(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            # The part before the at-sign has letters that this server cannot be told.
            raise PermanentDeliveryError(str(error), DeliveryState.EMAIL_FAILED_INVALID_FORMAT) from error
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise _ConnectionLost(f"{type(error).__name__}: {error}") from error
        return f"accepted by {self.name}"

    def _connect(self) -> smtplib.SMTP:
        connection = None
        try:
            connection = self._open()
            if self.user:
                connection.login(self.user, self.password)
        except (smtplib.SMTPException, OSError) as error:
            if connection is not None:
                connection.close()
            raise TransportDown(f"{type(error).__name__}: {error}") from error
        self.connection = connection
        return connection

    def _open(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _error(self, code: int, reply: bytes | str) -> DeliveryError:
        text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
        if code == CLOSING:
            self._close()
            return _ConnectionLost(f"{code} {text}")
        return refusal(code, text)


def refusal(code: int, text: str) -> DeliveryError:
    """What a server's answer means for the mail."""
    answer = f"{code} {text}"
    found = ENHANCED.search(text)
    enhanced = found[0] if found else ""
    if code in AUTHENTICATION:
        return TransportDown(answer)
    if enhanced.startswith(TOO_FAST):
        return TransportBusy(answer)
    if code < FIRST_PERMANENT or enhanced == MAILBOX_FULL:
        return TemporaryDeliveryError(answer)
    states = [state for pattern, state in PERMANENT if pattern.match(enhanced)]
    if code in SYNTAX and not enhanced:
        states.append(DeliveryState.EMAIL_FAILED_INVALID_FORMAT)
    return PermanentDeliveryError(answer, states[0] if states else DeliveryState.EMAIL_FAILED)
