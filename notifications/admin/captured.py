"""The demo's outbox: mails and SMS that were kept instead of sent."""

import email
from email import policy

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from notifications.admin.labels import channel_word
from notifications.enums import Channel
from notifications.models import CapturedMessage
from registry.admin.base import DeskAdmin, ReadOnlyMixin


@admin.register(CapturedMessage)
class CapturedMessageAdmin(ReadOnlyMixin, DeskAdmin[CapturedMessage]):
    list_title = "Demo outbox"
    one, many = "message", "messages"
    list_help = "E-mails and SMS that this installation keeps instead of sending, newest first."
    empty_help = "Nothing was kept. Messages land here while EMAIL_URL or SMS_GATEWAY_URL is not set."
    list_display = ["captured_at", "recipient", "channel", "subject"]
    list_select_related = ["delivery"]
    fields = ["captured_at", "recipient", "channel", "subject", "text"]
    readonly_fields = ["channel", "text"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CapturedMessage]:
        return super().get_queryset(request).select_related("delivery")

    def heading(self, row: CapturedMessage) -> str:
        return row.subject or f"{channel_word(row.delivery.channel)} to {row.recipient}"

    @admin.display(description="channel")
    def channel(self, captured: CapturedMessage) -> str:
        return channel_word(captured.delivery.channel)

    @admin.display(description="text")
    def text(self, captured: CapturedMessage) -> str:
        is_email = captured.delivery.channel == Channel.EMAIL
        return format_html(
            '<pre class="letter-text">{}</pre>',
            _text_of_mail(captured.content) if is_email else captured.content,
        )


def _text_of_mail(mime: str) -> str:
    """The readable part of a mail, as text: HTML is shown as it is written, never rendered."""
    body = email.message_from_string(mime, policy=policy.default).get_body(preferencelist=("plain", "html"))
    return str(body.get_content()) if body else mime
