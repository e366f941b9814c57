"""The message of a delivery, as its provider gets it."""

from django.conf import settings

from notifications.addresses import is_land_line
from notifications.enums import Channel, DeliveryState, OrderPurpose
from notifications.models import Delivery
from notifications.segments import Length, excess_of, length_of
from notifications.services.delivery.enclosures import with_files
from notifications.services.wording import wording
from notifications.transports.base import NotSendable, OutgoingMessage
from registry.addresses import e164


def compose(delivery: Delivery) -> OutgoingMessage:
    """Raises NotSendable for what no provider should be asked to send."""
    notification = delivery.notification
    is_forward = notification.order.purpose == OrderPurpose.FORWARD
    is_sms = delivery.channel == Channel.SMS
    recipient = _mobile(delivery.address) if is_sms else delivery.address
    words = wording(
        notification.order,
        channel=Channel(delivery.channel),
        is_reminder=notification.is_reminder,
        letter_recipient=notification.order.correspondence.recipient_name,
    )
    message = OutgoingMessage(
        delivery_id=delivery.pk,
        message_id=delivery.message_id,
        recipient=recipient,
        subject=words.subject,
        body=words.body,
        content_type=words.content_type,
        html=words.html,
        sender_name=notification.order.text.sender_name,
        language=notification.order.text.language,
        unsubscribe_url="" if is_forward else settings.EMAIL_UNSUBSCRIBE_URL,
        length=_length(words.body) if is_sms else None,
    )
    return with_files(message, notification.order.text)


def _mobile(address: str) -> str:
    number = e164(address)
    if number is None:
        raise NotSendable("The number is not valid.", DeliveryState.SMS_FAILED_INVALID_RECIPIENT)
    if is_land_line(number):
        raise NotSendable("The number is a land line.", DeliveryState.SMS_FAILED_INVALID_RECIPIENT)
    return number


def _length(text: str) -> Length:
    """A text that is cut would tell something else, so one that is too long is not sent."""
    if why := excess_of(text):
        raise NotSendable(why, DeliveryState.SMS_FAILED)
    return length_of(text)
