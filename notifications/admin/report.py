"""What providers have reported, as they put it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from notifications.admin.labels import channel_word, delivery_word, report_pill
from notifications.models import Delivery, DeliveryReport, ReceivedReport
from registry.admin.base import DeskAdmin, ReadOnlyMixin, link_to
from registry.admin.search import text


class _Words(ReadOnlyMixin):
    @admin.display(description="channel")
    def medium(self, report: DeliveryReport | ReceivedReport) -> str:
        return channel_word(report.channel)

    @admin.display(description="what became of it")
    def ended(self, report: DeliveryReport) -> str:
        return report_pill(report.outcome)

    @admin.display(description="means")
    def meaning(self, report: DeliveryReport) -> str:
        return delivery_word(report.state) if report.state else "Nothing new"


class DeliveryReportInline(_Words, admin.TabularInline[DeliveryReport, Delivery]):
    model = DeliveryReport
    fields = ["received_at", "provider", "word", "meaning", "ended", "detail"]
    readonly_fields = ["meaning", "ended"]


class ReportPartInline(_Words, admin.TabularInline[DeliveryReport, ReceivedReport]):
    model = DeliveryReport
    fields = ["reference", "word", "meaning", "ended", "detail"]
    readonly_fields = ["meaning", "ended"]


@admin.register(DeliveryReport)
class DeliveryReportAdmin(_Words, DeskAdmin[DeliveryReport]):
    list_title = "Delivery reports"
    list_help = "What providers tell of messages that they have accepted. Search by the message's reference."
    empty_help = "Reports come from the providers that DELIVERY_REPORTS names."
    list_display = ["received_at", "provider", "medium", "word", "meaning", "ended", "message"]
    list_filter = ["outcome", "channel"]
    search_by = {"reference": text}
    fields = [
        *("message", "provider", "medium", "reference", "word", "meaning", "ended", "detail"),
        *("received_at", "request"),
    ]
    readonly_fields = ["message", "medium", "meaning", "ended", "request"]
    ordering = ["-pk"]

    @admin.display(description="message")
    def message(self, report: DeliveryReport) -> str:
        return link_to("notifications.Delivery", report.delivery_id, "Open the delivery")

    @admin.display(description="received as")
    def request(self, report: DeliveryReport) -> str:
        return link_to("notifications.ReceivedReport", report.received_id, "Open what came in")


class ReadableFilter(admin.SimpleListFilter):
    title = "how it was read"
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("problem", "With a problem")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ReceivedReport]) -> QuerySet[ReceivedReport]:
        return queryset.exclude(problem="") if self.value() == "problem" else queryset


@admin.register(ReceivedReport)
class ReceivedReportAdmin(_Words, DeskAdmin[ReceivedReport]):
    inlines = [ReportPartInline]
    list_title = "Reports as received"
    list_help = "Each request of a provider's as it came in, also what could not be read."
    empty_help = "Reports come from the providers that DELIVERY_REPORTS names."
    list_display = ["received_at", "provider", "medium", "finished_at", "problem"]
    list_filter = [ReadableFilter, "channel"]
    fields = ["provider", "medium", "received_at", "finished_at", "problem", "text"]
    readonly_fields = ["medium", "text"]
    ordering = ["-pk"]

    @admin.display(description="text")
    def text(self, received: ReceivedReport) -> str:
        return bytes(received.body).decode(errors="replace")
