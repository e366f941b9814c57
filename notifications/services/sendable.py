"""Whether an order has something to say that can be sent at all (notifications.md 2.9, 4.1)."""

from notifications.enums import Channel, NotificationChannel, Phase
from notifications.models import Order
from notifications.segments import excess_of
from notifications.services.wording import wording

NO_TEXT = "The request holds no text for this recipient's channel."


def why_without_text(order: Order, channel: NotificationChannel, *, is_reminder: bool) -> str:
    """Empty when what this party would be sent exists; an address given is written to with its own medium."""
    phase = Phase.REMINDER if is_reminder else Phase.MAIN
    email, sms = order.text.speaks(Channel.EMAIL, phase), order.text.speaks(Channel.SMS, phase)
    if order.address:
        speaks = email if "@" in order.address else sms
    else:
        speaks = (email or channel == NotificationChannel.SMS) and (
            sms or channel == NotificationChannel.EMAIL
        )
    return "" if speaks else NO_TEXT


def why_too_long(order: Order, *, letter_recipient: str, is_reminder: bool) -> str:
    """Why its SMS is not sent, once the names are filled in; empty when it fits."""
    words = wording(order, channel=Channel.SMS, is_reminder=is_reminder, letter_recipient=letter_recipient)
    return excess_of(words.body)
