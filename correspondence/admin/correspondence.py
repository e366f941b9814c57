"""Letters: the list, and each letter's own page with its timeline."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from correspondence.admin.filters import AttentionFilter, PeriodFilter, ResourceFilter, StatusFilter
from correspondence.admin.labels import status_pill
from correspondence.admin.letter_page import letter_page
from correspondence.admin.search import letters_found
from correspondence.admin.views import MAY_RETRY, ResendView, RetryView
from correspondence.models import Correspondence
from journal.models import FollowUp
from notifications.services.resend import MAY_FORCE, MAY_RESEND
from registry.admin.base import DeskAdmin, ReadOnlyMixin, masked_identifier, pill
from registry.admin.search import as_uuid, text


@admin.register(Correspondence)
class CorrespondenceAdmin(ReadOnlyMixin, DeskAdmin[Correspondence]):
    list_title = "Letters"
    one, many = "letter", "letters"
    list_help = (
        "Search by recipient (number or e-mail address), by the sender's exact reference, "
        "or by the id of the letter, request or order, or its idempotency key."
    )
    empty_help = "No letter matches. The first one appears as soon as a sender's request is accepted."
    list_display = [
        "created_at",
        "recipient",
        "resource_id",
        "reference",
        "state",
        "published_at",
        "flag",
    ]
    list_display_links = ["created_at", "recipient"]
    list_filter = [StatusFilter, AttentionFilter, PeriodFilter, ResourceFilter]
    search_by = {"pk": as_uuid, "senders_reference": text}
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correspondence]:
        waiting = FollowUp.objects.open().filter(correspondence=OuterRef("pk"))
        return super().get_queryset(request).annotate(needs_somebody=Exists(waiting))

    def found(self, queryset: QuerySet[Correspondence], term: str) -> QuerySet[Correspondence]:
        return letters_found(queryset, term)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view  # without this wrapper the addresses are public
        resend = ResendView.as_view(model_admin=self)
        retry = RetryView.as_view(model_admin=self)
        own = [
            path(
                "<uuid:pk>/resend/<uuid:order_pk>/", wrap(resend), name="correspondence_correspondence_resend"
            ),
            path("<uuid:pk>/retry/", wrap(retry), name="correspondence_correspondence_retry"),
        ]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The letter's page stands in the place of Django's form."""
        letter = self.get_object(request, unquote(object_id))
        if letter is None:
            messages.warning(request, "There is no letter with that id.")
            return redirect("admin:correspondence_correspondence_changelist")
        if not self.has_view_permission(request, letter):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Letter to {letter.recipient_name or masked_identifier(letter.recipient_urn)}",
            "page": letter_page(letter, may_force=request.user.has_perm(MAY_FORCE)),
            "may_resend": request.user.has_perm(MAY_RESEND),
            "may_retry": request.user.has_perm(MAY_RETRY),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/correspondence/correspondence/letter.html", context)

    @admin.display(description="recipient")
    def recipient(self, letter: Correspondence) -> str:
        name = letter.recipient_name or "(no name)"
        return format_html("{}<small>{}</small>", name, masked_identifier(letter.recipient_urn))

    @admin.display(description="sender's reference")
    def reference(self, letter: Correspondence) -> str:
        return letter.senders_reference

    @admin.display(description="status")
    def state(self, letter: Correspondence) -> str:
        return status_pill(letter.status)

    @admin.display(description="follow-up")
    def flag(self, letter: Correspondence) -> str:
        return pill("open", "warn") if getattr(letter, "needs_somebody", False) else ""
