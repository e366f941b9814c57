"""Deliveries and every try to hand them over."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from notifications.admin.labels import channel_word, delivery_pill, outcome_pill
from notifications.admin.report import DeliveryReportInline
from notifications.admin.words import Words, as_written, words_of
from notifications.enums import PENDING_STATES, SENT_STATES, Channel, SmsEncoding
from notifications.models import Attempt, Delivery
from registry.admin.base import DeskAdmin, ReadOnlyMixin, link_to
from registry.admin.search import as_address, as_uuid, text


class ProgressFilter(admin.SimpleListFilter):
    title = "progress"
    parameter_name = "progress"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("pending", "On its way"), ("sent", "Sent"), ("failed", "Failed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        match self.value():
            case "pending":
                return queryset.filter(state__in=PENDING_STATES)
            case "sent":
                return queryset.filter(state__in=SENT_STATES)
            case "failed":
                return queryset.exclude(state__in=PENDING_STATES + SENT_STATES)
        return queryset


class AttemptInline(ReadOnlyMixin, admin.TabularInline[Attempt, Delivery]):
    model = Attempt
    fields = ["number", "provider", "opened_at", "closed_at", "how_it_went", "length", "answer", "reference"]
    readonly_fields = ["how_it_went", "length"]

    @admin.display(description="outcome")
    def how_it_went(self, attempt: Attempt) -> str:
        return outcome_pill(attempt.outcome)

    @admin.display(description="length")
    def length(self, attempt: Attempt) -> str:
        """Of an SMS, as it is paid for."""
        if not attempt.segments:
            return "–"
        word = "segment" if attempt.segments == 1 else "segments"
        return f"{attempt.segments} {word}, {SmsEncoding(attempt.encoding).label}"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyMixin, DeskAdmin[Delivery]):
    inlines = [AttemptInline, DeliveryReportInline]
    list_title = "Deliveries"
    list_help = "One address over one channel. Search by the whole address, notification id or Message-ID."
    empty_help = "Deliveries are made when a notification falls due."
    list_display = ["created_at", "address", "medium", "progress", "next_attempt_at", "letter"]
    list_filter = [ProgressFilter, "channel"]
    list_select_related = ["notification__order"]
    search_by = {"normalised_address": as_address, "notification": as_uuid, "message_id": text}
    fields = [
        *("letter", "medium", "address", "rule", "progress", "state_changed_at"),
        *("message_id", "next_attempt_at", "expires_at", "report_by", "claimed_by", "created_at"),
        *("made_from", "subject", "says", "html"),
    ]
    readonly_fields = ["letter", "medium", "progress", "made_from", "subject", "says", "html"]
    ordering = ["-pk"]

    def heading(self, row: Delivery) -> str:
        return f"{channel_word(row.channel)} to {row.address or 'nobody'}"

    @admin.display(description="channel")
    def medium(self, delivery: Delivery) -> str:
        return channel_word(delivery.channel)

    @admin.display(description="state")
    def progress(self, delivery: Delivery) -> str:
        return delivery_pill(delivery.state)

    @admin.display(description="letter")
    def letter(self, delivery: Delivery) -> str:
        letter_id = delivery.notification.order.correspondence_id
        return link_to("correspondence.Correspondence", letter_id, "Open the letter")

    @admin.display(description="wording")
    def made_from(self, delivery: Delivery) -> str:
        return self._words(delivery).made_from

    @admin.display(description="subject")
    def subject(self, delivery: Delivery) -> str:
        return self._words(delivery).subject or "–"

    @admin.display(description="text")
    def says(self, delivery: Delivery) -> str:
        return as_written(self._words(delivery).text)

    @admin.display(description="as HTML")
    def html(self, delivery: Delivery) -> str:
        return as_written(self._words(delivery).html)

    def _words(self, delivery: Delivery) -> Words:
        return words_of(delivery.notification, Channel(delivery.channel))
