"""Keeps mails and SMS in the database instead of sending them: the demo's outbox."""

from notifications.enums import Channel
from notifications.models import CapturedMessage
from notifications.transports.base import OutgoingMessage, Receipt
from notifications.transports.mail import as_email


class CaptureTransport:
    name = "captured"

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def send(self, message: OutgoingMessage) -> Receipt:
        content = as_email(message).as_string() if self.channel == Channel.EMAIL else message.body
        CapturedMessage.objects.create(
            delivery_id=message.delivery_id,
            recipient=message.recipient,
            subject=message.subject,
            content=content,
        )
        return Receipt(answer="kept in the demo's outbox")

    def close(self) -> None:
        """Nothing is held open."""
