"""Events on their way to subscribers, and what came of them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from journal.admin.event_actions import DISCARD, SEND_AGAIN, ask_and_do
from journal.admin.labels import delivery_pill
from journal.enums import EventDeliveryState
from journal.models import EventDelivery, OutboundEvent
from registry.admin.base import DeskAdmin, ReadOnlyMixin, link_to, list_of, moment
from registry.admin.search import as_uuid, text

MAY_WORK = "journal.change_eventdelivery"


@admin.register(EventDelivery)
class EventDeliveryAdmin(ReadOnlyMixin, DeskAdmin[EventDelivery]):
    change_form_template = "admin/journal/event_row.html"
    list_title = "Event deliveries"
    one, many = "event delivery", "event deliveries"
    list_help = (
        "Each event to each subscriber. Search by the event's id, or by the letter, attachment or order."
    )
    empty_help = "Nothing was sent yet: subscribers are under Event subscriptions."
    list_display = [
        *("happened", "what", "subscriber", "receiver", "progress", "attempts", "last_answer", "next_try"),
    ]
    list_display_links = ["what"]
    list_filter = ["state"]
    list_select_related = ["event", "subscription"]
    search_by = {"event": as_uuid, "event__resource_instance": text}
    fields = [
        *("told", "subscriber", "receiver", "progress", "attempts", "last_answer"),
        *("next_try", "opened_at", "finished_at", "expires_at"),
    ]
    readonly_fields = ["told", "subscriber", "receiver", "progress", "next_try"]
    ordering = ["-pk"]
    actions = ["send_again", "discard"]

    def heading(self, row: EventDelivery) -> str:
        return row.for_operators

    def found(self, queryset: QuerySet[EventDelivery], term: str) -> QuerySet[EventDelivery]:
        """Asked of the events, whose indexes both look-ups have; over the join neither would be used."""
        told = OutboundEvent.objects.filter(Q(resource_instance=term) | Q(pk=as_uuid(term)))
        return queryset.filter(event__in=told)

    def has_work_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_WORK))

    @admin.action(description="Send again…", permissions=["work"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[EventDelivery]) -> HttpResponse | None:
        return ask_and_do(request, queryset, SEND_AGAIN, self.admin_site.each_context(request))

    @admin.action(description="Discard…", permissions=["work"])
    def discard(self, request: HttpRequest, queryset: QuerySet[EventDelivery]) -> HttpResponse | None:
        return ask_and_do(request, queryset, DISCARD, self.admin_site.each_context(request))

    def page_context(self, request: HttpRequest) -> dict[str, Any]:
        offered = [SEND_AGAIN, DISCARD] if self.has_work_permission(request) else []
        return {"offered": offered, "list_url": list_of("journal.EventDelivery")}

    @admin.display(description="happened")
    def happened(self, delivery: EventDelivery) -> Any:
        return delivery.event.time

    @admin.display(description="event")
    def what(self, delivery: EventDelivery) -> str:
        return delivery.event.words

    @admin.display(description="event")
    def told(self, delivery: EventDelivery) -> str:
        return link_to("journal.OutboundEvent", delivery.event_id, delivery.event)

    @admin.display(description="subscriber")
    def subscriber(self, delivery: EventDelivery) -> str:
        subscription = delivery.subscription
        return link_to("journal.EventSubscription", subscription.pk, subscription.for_operators)

    @admin.display(description="state")
    def progress(self, delivery: EventDelivery) -> str:
        return delivery_pill(delivery.state)

    @admin.display(description="next try")
    def next_try(self, delivery: EventDelivery) -> str:
        """What is due waits for its turn: a receiver in trouble gets one event at a time."""
        if delivery.state != EventDeliveryState.WAITING:
            return moment(None)
        if delivery.opened_at:
            return "Under way"
        if delivery.next_moment() > timezone.now():
            return moment(delivery.next_moment())
        return "After the one before it" if delivery.subscription.failures else "Within seconds"
