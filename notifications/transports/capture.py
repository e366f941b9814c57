"""Keeps mails and SMS in the database instead of sending them: the demo's outbox."""

from types import TracebackType
from typing import Self

from notifications.enums import Channel
from notifications.models import CapturedMessage
from notifications.transports.base import OutgoingMessage
from notifications.transports.mail import as_email


class CaptureTransport:
    name = "captured"

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def send(self, message: OutgoingMessage) -> str:
        content = as_email(message).as_string() if self.channel == Channel.EMAIL else message.body
        CapturedMessage.objects.create(
            delivery_id=message.delivery_id,
            recipient=message.recipient,
            subject=message.subject,
            content=content,
        )
        return "kept in the demo's outbox"
