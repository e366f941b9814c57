"""The accepted requests; their letters are listed with them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html

from correspondence.admin.labels import status_pill
from correspondence.admin.search import messages_found
from correspondence.models import Message
from registry.admin.base import (
    ROWS_SHOWN,
    DeskAdmin,
    ReadOnlyMixin,
    link_to,
    list_of,
    masked_identifier,
    table_of,
)
from registry.admin.search import text


@admin.register(Message)
class MessageAdmin(ReadOnlyMixin, DeskAdmin[Message]):
    list_title = "Requests"
    one, many = "request", "requests"
    list_help = (
        "One row is one accepted request, with a letter for each recipient. "
        "Search by id, idempotency key or the sender's exact reference."
    )
    empty_help = "Nobody has sent a letter yet."
    list_display = [
        "title",
        "resource_id",
        "owner_org",
        "senders_reference",
        "requested_publish_time",
        "created_at",
    ]
    search_by = {"pk": text}
    fields = [
        *("id", "title", "letters", "summary", "text", "language", "resource_id", "owner_org"),
        *("sender", "message_sender", "senders_reference", "idempotency_key", "requested_publish_time"),
        *(
            "due_date_time",
            "is_confirmation_needed",
            "is_confidential",
            "ignore_reservation",
            "allow_forwarding",
        ),
        *("external_references", "reply_options", "property_list", "created_at", "created_by_client"),
    ]
    readonly_fields = ["letters", "text", "sender"]
    ordering = ["-pk"]

    def found(self, queryset: QuerySet[Message], term: str) -> QuerySet[Message]:
        return messages_found(queryset, term)

    @admin.display(description="body")
    def text(self, message: Message) -> str:
        return format_html('<pre class="letter-text">{}</pre>', message.body)

    @admin.display(description="sender")
    def sender(self, message: Message) -> str:
        return masked_identifier(message.sender_urn)

    @admin.display(description="letters")
    def letters(self, message: Message) -> str:
        rows = [
            (
                link_to("correspondence.Correspondence", letter.pk, letter.recipient_name or "(no name)"),
                masked_identifier(letter.recipient_urn),
                status_pill(letter.status),
            )
            for letter in message.correspondences.order_by("pk")[:ROWS_SHOWN]
        ]
        more = list_of("correspondence.Correspondence", message__id__exact=message.pk)
        return table_of(["Recipient", "Number or address", "Status"], rows, empty="None.", more=more)
