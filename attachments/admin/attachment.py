from django.contrib import admin
from django.template.defaultfilters import filesizeformat

from attachments.enums import AttachmentStatus
from attachments.models import Attachment
from registry.admin.base import ROWS_SHOWN, DeskAdmin, ReadOnlyMixin, link_to, moment, pill, table_of
from registry.admin.search import as_organisation_number, as_uuid, text
from registry.enums import ActorKind
from registry.identifiers import masked

TONES = {
    AttachmentStatus.PUBLISHED: "good",
    AttachmentStatus.FAILED: "bad",
    AttachmentStatus.PURGED: "warn",
    AttachmentStatus.EXPIRED: "warn",
}


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyMixin, DeskAdmin[Attachment]):
    list_title = "Attachments"
    list_help = "Search by id, exact MD5 checksum, or the owner's organisation number."
    empty_help = "Senders announce and upload attachments before, or together with, a letter."
    list_display = ["file_name", "state", "stored", "resource_id", "owner_org", "created_at"]
    list_filter = ["status", "scan_result"]
    search_by = {
        "pk": as_uuid,
        "checksum": lambda term: text(term).lower(),
        "owner_org": as_organisation_number,
    }
    fields = [
        *("id", "file_name", "display_name", "state", "stored", "checksum", "announced_checksum"),
        *("is_encrypted", "scan_result", "resource_id", "owner_org", "senders_reference"),
        *("expiration_in_days", "storage_key", "created_at", "uses", "history"),
    ]
    readonly_fields = ["state", "stored", "uses", "history"]
    ordering = ["-pk"]

    @admin.display(description="status", ordering="status")
    def state(self, attachment: Attachment) -> str:
        status = AttachmentStatus(attachment.status)
        return pill(status.label, TONES.get(status, "info"))

    @admin.display(description="size")
    def stored(self, attachment: Attachment) -> str | None:
        return None if attachment.size is None else filesizeformat(attachment.size)

    @admin.display(description="used in")
    def uses(self, attachment: Attachment) -> str:
        latest = attachment.uses.select_related("message").order_by("-pk")[:ROWS_SHOWN]
        rows = [
            (
                link_to("correspondence.Message", use.message_id, use.message),
                moment(use.created_at),
                moment(use.expires_at),
                moment(use.ended_at),
            )
            for use in latest
        ]
        return table_of(["Request", "Since", "Expires", "Ended"], rows, empty="No letter uses it.")

    @admin.display(description="history")
    def history(self, attachment: Attachment) -> str:
        events = attachment.status_events.order_by("at", "pk")
        rows = [
            (
                moment(event.at),
                AttachmentStatus(event.status).label,
                event.text,
                _who(event.actor_kind, event.actor_urn),
            )
            for event in events
        ]
        return table_of(["When", "Status", "Text", "Who"], rows, empty="No history.")


def _who(kind: str, urn: str) -> str:
    return masked(urn).rpartition(":")[2] if kind == ActorKind.PARTY else str(kind)
