from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path
from django.utils.html import format_html

from attachments.admin.views import MAY_DOWNLOAD, DownloadView
from attachments.enums import AttachmentStatus, ScanResult
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
SCAN_TONES = {ScanResult.CLEAN: "good", ScanResult.INFECTED: "bad", ScanResult.NOT_SCANNED: "neutral"}
NOT_SCANNED = "Files are not scanned for malware: CLAMD_URL is not set."


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyMixin, DeskAdmin[Attachment]):
    list_title = "Attachments"
    list_help = "Search by id, the beginning of the file name, exact MD5 checksum, or the owner's organisation number."
    empty_help = "Senders announce and upload attachments before, or together with, a letter."
    list_display = ["file_name", "state", "stored", "resource_id", "owner_org", "created_at"]
    list_filter = ["status", "scan_result"]
    change_form_template = "admin/attachments/attachment/change_form.html"
    search_by = {
        "pk": as_uuid,
        "file_name__istartswith": text,
        "checksum": lambda term: text(term).lower(),
        "owner_org": as_organisation_number,
    }
    fields = [
        *("id", "file_name", "display_name", "state", "stored", "checksum", "announced_checksum"),
        *("is_encrypted", "scan", "resource_id", "owner_org", "senders_reference"),
        *("expiration_in_days", "expires_at", "storage_key", "created_at", "uses", "receivers", "history"),
    ]
    readonly_fields = ["state", "stored", "scan", "uses", "receivers", "history"]
    ordering = ["-pk"]

    def get_urls(self) -> list[URLPattern]:
        view = DownloadView.as_view(model_admin=self)
        own = path(
            "<uuid:pk>/download/", self.admin_site.admin_view(view), name="attachments_attachment_download"
        )
        return [own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        words = {} if settings.CLAMD_URL else {"list_help": f"{NOT_SCANNED} {self.list_help}"}
        return super().changelist_view(request, {**words, **(extra_context or {})})

    def page_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_download": request.user.has_perm(MAY_DOWNLOAD)}

    @admin.display(description="malware scan")
    def scan(self, attachment: Attachment) -> str:
        if attachment.status == AttachmentStatus.UPLOAD_PROCESSING and attachment.storage_key:
            return format_html("{} {}", pill("Waits for the scanner", "warn"), attachment.scan_note)
        result = ScanResult(attachment.scan_result)
        return pill(result.label, SCAN_TONES[result])

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

    @admin.display(description="who got it")
    def receivers(self, attachment: Attachment) -> str:
        """Through the letters of the messages that carry it; the latest first."""
        names = ("pk", "recipient_name", "recipient_urn", "published_at", "downloaded_at")
        letters = attachment.uses.filter(message__correspondences__isnull=False).order_by(
            "-message__correspondences"
        )
        columns = [f"message__correspondences__{name}" for name in names]
        rows = [
            (
                link_to("correspondence.Correspondence", pk, name or masked(urn).rpartition(":")[2]),
                moment(published),
                moment(downloaded),
            )
            for pk, name, urn, published, downloaded in letters.values_list(*columns)[:ROWS_SHOWN]
        ]
        return table_of(["Recipient", "Published", "First download"], rows, empty="Nobody yet.")

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
