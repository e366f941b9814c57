from django.contrib import admin

from journal.admin.labels import delivery_pill
from journal.models import OutboundEvent
from registry.admin.base import (
    ROWS_SHOWN,
    DeskAdmin,
    ReadOnlyMixin,
    link_to,
    list_of,
    masked_identifier,
    moment,
    table_of,
)
from registry.admin.search import as_uuid, text


@admin.register(OutboundEvent)
class OutboundEventAdmin(ReadOnlyMixin, DeskAdmin[OutboundEvent]):
    list_title = "Events"
    one, many = "event", "events"
    list_help = "What subscribers are told. Search by the event's id, or by the letter, attachment or order."
    empty_help = "The first letter or attachment makes the first event."
    list_display = ["time", "type", "resource_id", "resource_instance", "about"]
    list_filter = ["type"]
    search_by = {"pk": as_uuid, "resource_instance": text}
    fields = ["id", "type", "source", "resource_id", "resource_instance", "about", "time", "sent"]
    readonly_fields = ["about", "sent"]
    ordering = ["-pk"]

    @admin.display(description="subject")
    def about(self, event: OutboundEvent) -> str:
        return masked_identifier(event.subject)

    @admin.display(description="sent to")
    def sent(self, event: OutboundEvent) -> str:
        deliveries = event.deliveries.select_related("subscription").order_by("pk")
        rows = [
            (
                link_to("journal.EventDelivery", delivery.pk, delivery.subscription.for_operators),
                delivery.receiver,
                delivery_pill(delivery.state),
                delivery.attempts,
                delivery.last_answer,
                moment(delivery.finished_at),
            )
            for delivery in deliveries[:ROWS_SHOWN]
        ]
        more = list_of("journal.EventDelivery", q=event.pk)
        headers = ["Subscriber", "Receiver", "State", "Tries", "Last answer", "Ended"]
        return table_of(headers, rows, empty="Nobody had asked for it.", more=more)
