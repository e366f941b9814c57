"""E-mail over SMTP: one connection for many mails, replies mapped as notifications.md 9.4 has it."""

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from html import unescape
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from django.conf import settings

from notifications.enums import DeliveryState, EmailContentType
from notifications.transports.base import (
    DeliveryError,
    OutgoingMessage,
    PermanentDeliveryError,
    TemporaryDeliveryError,
    TransportDown,
)

TIMEOUT_SECONDS = 30
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
AUTHENTICATION = {530, 535}
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
TAGS = re.compile(r"<[^>]+>")
PERMANENT = [
    (re.compile(r"^5\.1\.(1|2|6|10)$"), DeliveryState.EMAIL_FAILED_BOUNCED),
    (re.compile(r"^5\.1\.3$"), DeliveryState.EMAIL_FAILED_INVALID_FORMAT),
    (re.compile(r"^5\.7\."), DeliveryState.EMAIL_FAILED_FILTERED_SPAM),
]
SYNTAX = {501, 553}
MAILBOX_FULL = "5.2.2"
FIRST_PERMANENT = 500


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
        """A lost connection is opened again for the next message."""
        connection = self.connection or self._connect()
        try:
            refused = connection.send_message(as_email(message), to_addrs=[message.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise _error(code, reply) from error
        except smtplib.SMTPResponseException as error:
            raise _error(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise TemporaryDeliveryError(f"{type(error).__name__}: {error}") from error
        return f"250 accepted by {self.name}" if not refused else str(refused)

    def _connect(self) -> smtplib.SMTP:
        try:
            connection = self._open()
            if self.user:
                connection.login(self.user, self.password)
        except (smtplib.SMTPException, OSError) as error:
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


def as_email(message: OutgoingMessage) -> EmailMessage:
    """The mail with its headers; HTML always has a plain text beside it."""
    email = EmailMessage()
    email["From"] = settings.EMAIL_FROM
    email["To"] = message.recipient
    email["Subject"] = message.subject
    email["Date"] = formatdate(localtime=False)
    email["Message-ID"] = message.message_id
    email["Auto-Submitted"] = "auto-generated"
    if message.content_type == EmailContentType.HTML:
        email.set_content(unescape(TAGS.sub("", message.body)))
        email.add_alternative(message.body, subtype="html")
    else:
        email.set_content(message.body)
    return email


def _error(code: int, reply: bytes | str) -> DeliveryError:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    answer = f"{code} {text}"
    found = ENHANCED.search(text)
    enhanced = found[0] if found else ""
    if code in AUTHENTICATION:
        return TransportDown(answer)
    if code < FIRST_PERMANENT or enhanced == MAILBOX_FULL:
        return TemporaryDeliveryError(answer)
    for pattern, state in PERMANENT:
        if pattern.match(enhanced):
            return PermanentDeliveryError(answer, state)
    if code in SYNTAX and not enhanced:
        return PermanentDeliveryError(answer, DeliveryState.EMAIL_FAILED_INVALID_FORMAT)
    return PermanentDeliveryError(answer, DeliveryState.EMAIL_FAILED)
