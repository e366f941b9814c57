from django.contrib import admin

from journal.models import OutboundEvent
from registry.admin.base import DeskAdmin, ReadOnlyMixin, masked_identifier
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
    fields = ["id", "type", "source", "resource_id", "resource_instance", "about", "time"]
    readonly_fields = ["about"]
    ordering = ["-pk"]

    @admin.display(description="subject")
    def about(self, event: OutboundEvent) -> str:
        return masked_identifier(event.subject)
