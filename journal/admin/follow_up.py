"""The operators' work list."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from journal.admin.forms import AssignForm, ResolveForm
from journal.admin.views import MAY_WORK, assign, resolve
from journal.enums import FollowUpKind
from journal.models import FollowUp, FollowUpQuerySet
from journal.services.case_work import CaseWorkRefused, assign_follow_up
from registry.admin.base import DeskAdmin, ReadOnlyMixin, link_to, pill
from registry.admin.search import as_uuid
from registry.models import User

TONES: dict[str, str] = {
    FollowUpKind.MISSING_CONTACT: "warn",
    FollowUpKind.FAILED_DELIVERY: "warn",
    FollowUpKind.FAILED_PUBLISH: "bad",
    FollowUpKind.INFECTED_ATTACHMENT: "bad",
    FollowUpKind.SCANNER_DOWN: "bad",
    FollowUpKind.UNREAD_CONFIDENTIAL: "info",
    FollowUpKind.FAILED_DIALOG: "warn",
    FollowUpKind.FAILED_EVENTS: "warn",
    FollowUpKind.ORDERS_NOT_PLACED: "bad",
}


class StateFilter(admin.SimpleListFilter):
    """Open ones unless asked otherwise: the list is for work."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("resolved", "Resolved"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "Open"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        if self.value() == "all":
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() != "resolved")


class AssigneeFilter(admin.SimpleListFilter):
    title = "who has it"
    parameter_name = "with"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("me", "Me"), ("nobody", "Nobody"), ("others", "Colleagues")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        match self.value():
            case "me":
                return queryset.filter(assigned_to=request.user.pk)
            case "nobody":
                return queryset.filter(assigned_to__isnull=True)
            case "others":
                return queryset.filter(assigned_to__isnull=False).exclude(assigned_to=request.user.pk)
        return queryset


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyMixin, DeskAdmin[FollowUp]):
    change_form_template = "admin/journal/followup/change_form.html"
    list_title = "Follow-ups"
    one, many = "follow-up", "follow-ups"
    list_help = "What needs a person. Search by the id of the letter, order or attachment it is about."
    empty_help = "Nothing needs you here. Missing contacts, failed deliveries, letters, dialogs and events appear by themselves."
    list_display = ["opened_at", "what", "summary", "letter", "assigned_to", "done"]
    list_display_links = ["what"]
    list_filter = [StateFilter, "kind", AssigneeFilter]
    list_select_related = ["correspondence", "assigned_to", "resolved_by"]
    search_by = {"correspondence": as_uuid, "order": as_uuid, "attachment": as_uuid}
    readonly_fields = ["what", "letter", "notification", "file", "subscriber"]
    ordering = ["-opened_at", "-pk"]
    actions = ["take"]

    def heading(self, row: FollowUp) -> str:
        return row.get_kind_display().capitalize()

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_WORK)

    @admin.action(description="Assign to me", permissions=["work"])
    def take(self, request: HttpRequest, queryset: FollowUpQuerySet) -> None:
        operator, taken = cast(User, request.user), 0
        for follow_up in queryset.open():
            try:
                assign_follow_up(follow_up=follow_up, to=operator, operator=operator)
            except CaseWorkRefused:
                continue  # a colleague was quicker
            taken += 1
        messages.success(request, f"Assigned to you: {taken}.")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view  # without this wrapper the addresses are public
        own = [
            path("<int:pk>/assign/", wrap(assign), name="journal_followup_assign"),
            path("<int:pk>/resolve/", wrap(resolve), name="journal_followup_resolve"),
        ]
        return own + super().get_urls()

    def get_fields(self, request: HttpRequest, obj: FollowUp | None = None) -> Any:
        """Its links, and how it ended once it has."""
        open_ones = ["letter", "notification", "file", "subscriber", "opened_at", "assigned_to"]
        return (
            [*open_ones, "resolved_at", "resolved_by", "resolution"] if obj and obj.resolved_at else open_ones
        )

    def page_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "may_work": self.has_work_permission(request),
            "assign_form": AssignForm(),
            "resolve_form": ResolveForm(),
        }

    @admin.display(description="what", ordering="kind")
    def what(self, follow_up: FollowUp) -> str:
        return pill(follow_up.get_kind_display().capitalize(), TONES.get(follow_up.kind, "neutral"))

    @admin.display(description="letter to")
    def letter(self, follow_up: FollowUp) -> str:
        recipient = follow_up.correspondence.recipient_name if follow_up.correspondence else ""
        return link_to(
            "correspondence.Correspondence", follow_up.correspondence_id, recipient or "Open the letter"
        )

    @admin.display(description="notification")
    def notification(self, follow_up: FollowUp) -> str:
        return link_to("notifications.Order", follow_up.order_id, follow_up.order_id)

    @admin.display(description="attachment")
    def file(self, follow_up: FollowUp) -> str:
        return link_to("attachments.Attachment", follow_up.attachment_id, follow_up.attachment_id)

    @admin.display(description="subscriber")
    def subscriber(self, follow_up: FollowUp) -> str:
        return link_to("journal.EventSubscription", follow_up.subscription_id, "Open the subscription")

    @admin.display(description="resolved")
    def done(self, follow_up: FollowUp) -> str:
        return str(follow_up.resolved_by or "by itself") if follow_up.resolved_at else pill("open", "info")
