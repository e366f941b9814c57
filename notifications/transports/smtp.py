"""E-mail over SMTP: one connection for many mails, replies mapped as notifications.md 9.4 has it."""

import re
import smtplib
import socket
import ssl
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from notifications.enums import DeliveryState
from notifications.transports.base import (
    AddressNotSupported,
    DeliveryError,
    OutgoingMessage,
    PermanentDeliveryError,
    Receipt,
    RecipientUnavailable,
    TemporaryDeliveryError,
    TransportBusy,
    TransportDown,
)
from notifications.transports.mail import as_email

COMMAND_SECONDS = 10
"""For the connection and for each answer until a mail's text begins: trying that again costs nothing."""
TEXT_SECONDS = 30
"""For the text and the answer to it: a mail that is given up there may have been taken, and comes twice."""
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
AUTHENTICATION = {530, 535}
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
PERMANENT = [
    (re.compile(r"^5\.1\.(1|2|6|10)$"), DeliveryState.EMAIL_FAILED_BOUNCED),
    (re.compile(r"^5\.1\.3$"), DeliveryState.EMAIL_FAILED_INVALID_FORMAT),
    (re.compile(r"^5\.7\."), DeliveryState.EMAIL_FAILED_FILTERED_SPAM),
]
SYNTAX = {501, 553}
NO_SMTPUTF8 = "The part before the at-sign has letters outside ASCII, and the server does not offer SMTPUTF8."
CLOSING = 421
MAILBOX_FULL = "5.2.2"
ABOUT_THE_RECIPIENT = re.compile(r"^4\.(1\.[1236]$|2\.)")
TOO_FAST = "4.7."
RATE_WORDS = re.compile(r"\b(rate|too (many|fast)|throttl\w+|slow down)\b", re.IGNORECASE)
FIRST_PERMANENT = 500


class _ConnectionLost(TemporaryDeliveryError):
    """The server ended the connection instead of answering about the mail."""


class _Handover:
    """Remembers whether the text of a mail was begun: from then on the server may have taken it, and has more time."""

    text_begun = False
    sock: socket.socket | None

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.text_begun = True
        self._wait_for(TEXT_SECONDS)
        try:
            return super().data(msg)  # type: ignore[misc,no-any-return]  # smtplib's, mixed in below
        finally:
            self._wait_for(COMMAND_SECONDS)

    def _wait_for(self, seconds: float) -> None:
        if self.sock is not None:  # smtplib's, until it closes
            self.sock.settimeout(seconds)


class _Smtp(_Handover, smtplib.SMTP):
    pass


class _SmtpOverTls(_Handover, smtplib.SMTP_SSL):
    pass


class SmtpTransport:
    """`url`: `smtp://host:port` or `smtps://user:password@host:port` (implicit TLS)."""

    def __init__(self, url: str, *, name: str) -> None:
        parts = urlsplit(url)
        self.scheme, self.host = parts.scheme, parts.hostname or "localhost"
        self.port = parts.port or DEFAULT_PORTS[self.scheme]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.name = name
        self.connection: _Smtp | _SmtpOverTls | None = None

    def send(self, message: OutgoingMessage) -> Receipt:
        """Servers end connections after so many mails or minutes: then the mail goes at once over a new one.

        Not when its text was under way: it may have arrived, so that is an attempt of its own.
        """
        mail = as_email(message)
        connection = self.connection
        if connection is None:
            return self._send(mail, self._connect())
        try:
            return self._send(mail, connection)
        except _ConnectionLost:
            if connection.text_begun:
                raise
        return self._send(mail, self._connect())

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _send(self, mail: EmailMessage, connection: _Smtp | _SmtpOverTls) -> Receipt:
        connection.text_begun = False
        try:
            connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise self._error(code, reply) from error
        except smtplib.SMTPResponseException as error:
            raise self._error(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise AddressNotSupported(NO_SMTPUTF8) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            stalls = isinstance(error.__context__, TimeoutError)  # as smtplib tells of it
            lost = TemporaryDeliveryError if stalls else _ConnectionLost
            raise lost(f"{type(error).__name__}: {error}") from error
        return Receipt(answer=f"accepted by {self.name}")

    def _connect(self) -> _Smtp | _SmtpOverTls:
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

    def _open(self) -> _Smtp | _SmtpOverTls:
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            return _SmtpOverTls(self.host, self.port, timeout=COMMAND_SECONDS, context=context)
        return _Smtp(self.host, self.port, timeout=COMMAND_SECONDS)

    def _error(self, code: int, reply: bytes | str) -> DeliveryError:
        text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
        if code == CLOSING:
            self.close()
            return _ConnectionLost(f"{code} {text}")
        return refusal(code, text)


def refusal(code: int, text: str) -> DeliveryError:
    """What a server's answer means for the mail."""
    answer = f"{code} {text}"
    found = ENHANCED.search(text)
    enhanced = found[0] if found else ""
    if code in AUTHENTICATION:
        return TransportDown(answer)
    if code < FIRST_PERMANENT or enhanced == MAILBOX_FULL:
        return _temporary(answer, enhanced)
    states = [state for pattern, state in PERMANENT if pattern.match(enhanced)]
    if code in SYNTAX and not enhanced:
        states.append(DeliveryState.EMAIL_FAILED_INVALID_FORMAT)
    return PermanentDeliveryError(answer, states[0] if states else DeliveryState.EMAIL_FAILED)


def _temporary(answer: str, enhanced: str) -> TemporaryDeliveryError:
    if enhanced == MAILBOX_FULL or ABOUT_THE_RECIPIENT.match(enhanced):
        return RecipientUnavailable(answer)
    if enhanced.startswith(TOO_FAST) or RATE_WORDS.search(answer):
        return TransportBusy(answer)
    return TemporaryDeliveryError(answer)
