"""Who gets events, and how their receivers are doing."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from journal.admin.event_actions import END, ask_and_do
from journal.admin.labels import delivery_pill
from journal.models import EventSubscription, EventSubscriptionQuerySet
from registry.admin.base import (
    ROWS_SHOWN,
    DeskAdmin,
    ReadOnlyMixin,
    link_to,
    list_of,
    masked_identifier,
    moment,
    pill,
    table_of,
)
from registry.admin.search import as_resource_id, as_urn

MAY_END = "journal.change_eventsubscription"


STATES: dict[str, tuple[str, Callable[[EventSubscriptionQuerySet], QuerySet[EventSubscription]]]] = {
    "attention": ("Needs attention", EventSubscriptionQuerySet.needing_attention),
    "trouble": ("In trouble", EventSubscriptionQuerySet.in_trouble),
    "refuses": ("Refuses", EventSubscriptionQuerySet.refusing),
    "unanswered": (
        "Not validated",
        lambda rows: rows.filter(ended_at__isnull=True, validated_at__isnull=True),
    ),
    "ended": ("Ended", lambda rows: rows.filter(ended_at__isnull=False)),
    "all": ("All", EventSubscriptionQuerySet.all),
}


class StateFilter(admin.SimpleListFilter):
    """Those that have not ended, unless asked otherwise."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in STATES.items()]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "Not ended"}
        yield from others

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[EventSubscription]
    ) -> QuerySet[EventSubscription]:
        if (chosen := STATES.get(self.value() or "")) is None:
            return queryset.filter(ended_at__isnull=True)
        _, narrowed = chosen
        return narrowed(cast(EventSubscriptionQuerySet, queryset))  # the type that Django names is wider


@admin.register(EventSubscription)
class EventSubscriptionAdmin(ReadOnlyMixin, DeskAdmin[EventSubscription]):
    change_form_template = "admin/journal/event_row.html"
    list_title = "Event subscriptions"
    one, many = "subscription", "subscriptions"
    list_help = "Who gets events, and where. Search by the subscriber's number or by resource."
    empty_help = "Integrators subscribe over the API: docs/howto/events.md says how."
    list_display = ["subscriber", "resource_id", "about", "gets", "receiver", "condition", "last_answer"]
    list_filter = [StateFilter]
    search_by = {"party_urn": as_urn, "resource_id": as_resource_id}
    fields = [
        *("subscriber", "receiver", "resource_id", "about", "gets", "condition", "last_answer", "failures"),
        *("paused_until", "created_at", "validated_at", "ended_at", "latest"),
    ]
    readonly_fields = ["subscriber", "receiver", "about", "gets", "condition", "latest"]
    ordering = ["-pk"]
    actions = ["end"]

    def heading(self, row: EventSubscription) -> str:
        return f"Events for {row.for_operators}"

    def has_end_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_END))

    @admin.action(description="End…", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[EventSubscription]) -> HttpResponse | None:
        return ask_and_do(request, queryset, END, self.admin_site.each_context(request))

    def page_context(self, request: HttpRequest) -> dict[str, Any]:
        offered = [END] if self.has_end_permission(request) else []
        return {"offered": offered, "list_url": list_of("journal.EventSubscription")}

    @admin.display(description="subscriber")
    def subscriber(self, subscription: EventSubscription) -> str:
        return subscription.for_operators

    @admin.display(description="about")
    def about(self, subscription: EventSubscription) -> str:
        return masked_identifier(subscription.subject) if subscription.subject else "everyone"

    @admin.display(description="gets")
    def gets(self, subscription: EventSubscription) -> str:
        return " of ".join(filter(None, [subscription.type, subscription.source])) or "all events"

    @admin.display(description="state")
    def condition(self, subscription: EventSubscription) -> str:
        if subscription.ended_at:
            return pill("Ended")
        if subscription.failures:
            return pill("In trouble", "bad" if subscription.is_validated else "warn")
        if not subscription.is_validated:
            return pill("Not validated", "warn")
        if subscription.is_refusing:
            return pill("Refuses", "warn")
        return pill("Listening", "good")

    @admin.display(description="latest deliveries")
    def latest(self, subscription: EventSubscription) -> str:
        rows = [
            (
                moment(delivery.event.time),
                link_to("journal.EventDelivery", delivery.pk, delivery.event.words),
                delivery_pill(delivery.state),
                delivery.attempts,
                delivery.last_answer,
            )
            for delivery in subscription.deliveries.select_related("event").order_by("-event")[:ROWS_SHOWN]
        ]
        return table_of(
            ["Happened", "Event", "State", "Tries", "Last answer"],
            rows,
            empty="Nothing has happened yet that it asked for.",
            more=list_of("journal.EventDelivery", subscription__id__exact=subscription.pk),
        )
