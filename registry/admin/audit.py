from django.contrib import admin

from registry.admin.base import DeskAdmin, ReadOnlyMixin
from registry.admin.labels import action_word
from registry.admin.search import text
from registry.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyMixin, DeskAdmin[AuditEntry]):
    list_title = "Audit trail"
    list_help = "What operators and clients changed, and why. Search by the id of what was changed."
    empty_help = "Nobody has changed anything yet: resends, retries and resolved follow-ups appear here."
    list_display = ["at", "what", "who", "object_type", "object_id", "reason"]
    list_display_links = ["what"]
    list_filter = ["actor_kind", "at"]
    list_select_related = ["operator"]
    search_by = {"object_id": text}
    ordering = ["-at", "-pk"]

    def heading(self, row: AuditEntry) -> str:
        return action_word(row.action)

    @admin.display(description="what")
    def what(self, entry: AuditEntry) -> str:
        return action_word(entry.action)

    @admin.display(description="who")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.operator or entry.client_id or "system")
