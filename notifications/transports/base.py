"""What a channel needs of a provider, and how it fails."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from notifications.enums import DeliveryState, EmailContentType
from notifications.requests import EnclosedFile


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """One mail or SMS. `message_id` is the same on every attempt, so that a receiver can drop a repeat."""

    delivery_id: int
    message_id: str
    recipient: str
    subject: str
    body: str
    content_type: EmailContentType = EmailContentType.PLAIN
    files: tuple[EnclosedFile, ...] = ()
    """In a mail: what it encloses."""
    html: str = ""
    """A mail's HTML part, where it is not the body itself."""
    sender_name: str = ""
    language: str = ""
    unsubscribe_url: str = ""


class DeliveryError(Exception):
    """The message was not taken; the text is the provider's own answer."""


class TemporaryDeliveryError(DeliveryError):
    """Another attempt may succeed."""


class PermanentDeliveryError(DeliveryError):
    """No attempt can succeed; `state` says how the delivery ends."""

    def __init__(self, answer: str, state: DeliveryState) -> None:
        super().__init__(answer)
        self.state = state


class TransportDown(DeliveryError):
    """The provider takes nothing at all now: no message has failed, and none is tried over it for a while."""


class TransportBusy(DeliveryError):
    """The provider asks to be left alone for a while: this message is tried again later, and so are the others."""


class Transport(Protocol):
    """A connection to one provider, held for many messages."""

    name: str

    def send(self, message: OutgoingMessage) -> str:
        """Hand one message over; returns the provider's answer.

        Raises TemporaryDeliveryError, PermanentDeliveryError, TransportBusy, TransportDown.
        """


OpenTransport = AbstractContextManager[Transport]
