"""A real SMTP server that keeps the mails it gets, and can be told to refuse, stall, hang up or do something first."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, log

from tests.support.parallel import with_own_connection

log.setLevel("WARNING")  # aiosmtpd tells of every line that it reads


class Mailbox:
    """`replies` by recipient: what the server says instead of taking the mail, once for each entry."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.times: list[float] = []
        """When each came, on the clock that only goes forward."""
        self.replies: dict[str, list[str]] = {}
        self.always = ""
        """What the server says to every recipient; empty: what it says otherwise."""
        self.before_taking: Callable[[], None] | None = None
        self.drops = 0
        """How many mails more it takes and hangs up instead of saying so."""
        self.stalls = 0.0
        """Seconds until it answers about a mail."""
        self.stalls_before = 0.0
        """Seconds until it answers about a recipient."""
        self.hang_up_after = 0
        """Mails that one connection may bring; 0: any number."""
        self.url = ""

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802 - aiosmtpd's name
        session.mails = getattr(session, "mails", 0) + 1
        if self.hang_up_after and session.mails > self.hang_up_after:
            server.transport.close()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(self.stalls_before)
        if self.always:
            return self.always
        waiting = self.replies.get(address, [])
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.before_taking:
            await asyncio.to_thread(with_own_connection, self.before_taking)
        await asyncio.sleep(self.stalls)
        lines = envelope.content.replace(b"\r\n", b"\n")  # as a mail program shows it
        self.times.append(time.monotonic())
        self.mails.append(message_from_bytes(lines, policy=policy.default))
        if self.drops:
            self.drops -= 1
            server.transport.close()
        return "250 taken"


@contextmanager
def smtp_server(*, password: str = "", utf8: bool = False) -> Iterator[Mailbox]:
    """With a password, it refuses those who give another. `utf8`: it takes addresses beyond ASCII."""
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    login = {"auth_require_tls": False, "authenticator": _knows(password)}
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=utf8, **(login if password else {})
    )
    controller.start()
    try:
        mailbox.url = f"smtp://127.0.0.1:{port}"
        yield mailbox
    finally:
        controller.stop()


def _knows(password: str) -> Callable[..., AuthResult]:
    def check(server, session, envelope, mechanism, given) -> AuthResult:
        return AuthResult(success=given.password == password.encode(), handled=False)

    return check
