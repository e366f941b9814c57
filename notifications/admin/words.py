"""What was said to whom, word for word: made again from the rows that sending uses."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from notifications.enums import Channel, NotificationChannel, NotificationTemplate, Phase
from notifications.models import Notification, TemplateVersion
from notifications.services.wording import version_field, wording
from notifications.transports.mail import parts_of
from registry.admin.base import link_to

MEDIA = {NotificationChannel.EMAIL: [Channel.EMAIL], NotificationChannel.SMS: [Channel.SMS]}


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    html: str
    made_from: SafeString | str


def words_of(notification: Notification, channel: Channel) -> Words:
    """Of a main notification or a reminder over this medium."""
    order = notification.order
    said = wording(
        order,
        channel=channel,
        is_reminder=notification.is_reminder,
        letter_recipient=order.correspondence.recipient_name,
    )
    text, html = parts_of(body=said.body, content_type=said.content_type, html=said.html)
    return Words(said.subject, text, html, _made_from(notification, channel))


def media_of(notification: Notification) -> list[Channel]:
    """The media that it can go over: an address given is written to with its own."""
    if address := notification.order.address:
        return [Channel.EMAIL if "@" in address else Channel.SMS]
    return MEDIA.get(NotificationChannel(notification.channel), [Channel.EMAIL, Channel.SMS])


def as_written(text: str) -> SafeString | str:
    """Never rendered: what a sender writes as HTML is shown as it is written."""
    return format_html('<pre class="letter-text">{}</pre>', text) if text else "–"


def _made_from(notification: Notification, channel: Channel) -> SafeString | str:
    text = notification.order.text
    if text.template == NotificationTemplate.CUSTOM_MESSAGE.label:
        return "The sender's own words"
    phase = Phase.REMINDER if notification.is_reminder else Phase.MAIN
    version: TemplateVersion | None = getattr(text, version_field(channel, phase))
    if version is None:
        return "The standard wording, before its versions were kept"
    return link_to(
        "notifications.Template", version.template_id, f"The standard wording, version {version.number}"
    )
