"""What a channel needs of a provider, and how it fails."""

from dataclasses import dataclass
from typing import Protocol

from notifications.enums import DeliveryState, EmailContentType
from notifications.requests import EnclosedFile
from notifications.segments import Length


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
    length: Length | None = None
    """Of an SMS."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A provider has taken a message: its answer, and the id that it gave the message, if any."""

    answer: str
    reference: str = ""


class DeliveryError(Exception):
    """The message was not taken; the text is the provider's own answer."""


class TemporaryDeliveryError(DeliveryError):
    """Another attempt may succeed."""


class RecipientUnavailable(TemporaryDeliveryError):
    """Another attempt may succeed, and the provider is not to blame: a mailbox is full, an address is not ready."""


class AddressNotSupported(RecipientUnavailable):
    """This provider cannot be told the address; another may be able to."""


class PermanentDeliveryError(DeliveryError):
    """No attempt can succeed; `state` says how the delivery ends."""

    def __init__(self, answer: str, state: DeliveryState) -> None:
        super().__init__(answer)
        self.state = state


class NotSendable(PermanentDeliveryError):
    """Our own finding, in our own words: no provider is asked to send it."""


class TransportDown(DeliveryError):
    """The provider takes nothing at all now: no message has failed, and none is tried over it for a while."""


class TransportBusy(TemporaryDeliveryError):
    """The provider asks to be left alone for `seconds`: this message is tried again, and the others wait."""

    def __init__(self, answer: str, seconds: float | None = None) -> None:
        super().__init__(answer)
        self.seconds = seconds


class Transport(Protocol):
    """One provider. Its connection is made by the first message and held for those that follow."""

    name: str

    def send(self, message: OutgoingMessage) -> Receipt:
        """Hand one message over.

        Raises TemporaryDeliveryError, PermanentDeliveryError, TransportBusy, TransportDown.
        """

    def close(self) -> None:
        """Let the connection go; the next message makes a new one."""
