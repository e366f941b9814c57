"""The standard wording: a list, and for each text a page to change it, with a preview and the versions so far."""

from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import Truncator

from notifications.admin.forms import WordingForm
from notifications.admin.labels import channel_word
from notifications.admin.wording_preview import LANGUAGES, preview, style_sources
from notifications.admin.wording_versions import version_panels
from notifications.enums import Channel, Phase
from notifications.errors import WordingRefused
from notifications.models import Template, TemplateVersion
from notifications.services.templates import KEYWORDS, save_wording
from registry.admin.base import DeskAdmin, moment
from registry.models import User

LIST = "admin:notifications_template_changelist"
PAGE = "admin:notifications_template_change"


@admin.register(Template)
class TemplateAdmin(DeskAdmin[Template]):
    list_title = "Wording"
    list_help = "Our standard texts, as letters sent with GenericAltinnMessage use them."
    empty_help = "Migrations bring the standard wording."
    list_display = ["language_word", "medium", "what", "says", "version"]
    list_display_links = ["language_word", "says"]
    list_filter = ["language", "channel", "phase"]
    ordering = ["channel", "phase", "language"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Template]:
        newest = Prefetch("versions", TemplateVersion.objects.newest(), to_attr="current")
        return super().get_queryset(request).prefetch_related(newest)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        template = self.get_object(request, unquote(object_id))
        if template is None:
            messages.warning(request, "There is no such text.")
            return redirect(LIST)
        if not self.has_view_permission(request, template):
            raise PermissionDenied

        @csp_update({"style-src": [SELF, *style_sources()]})  # the preview shows the mail with its styles
        def page(request: HttpRequest) -> HttpResponse:
            return self._page(request, template)

        return cast(HttpResponse, page(request))

    def _page(self, request: HttpRequest, template: Template) -> HttpResponse:
        may_change = self.has_change_permission(request, template)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            form = WordingForm(request.POST, channel=Channel(template.channel))
            if form.is_valid() and "save" in request.POST and _saved(request, template, form):
                return redirect(PAGE, template.pk)
        else:
            form = _first_form(request, template)
        subject, body = form.text
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.heading(template),
            "list_title": self.list_title,
            "keywords": KEYWORDS,
            "form": form if may_change else None,
            "cards": [] if form.errors else preview(template, subject=subject, body=body),
            "versions": version_panels(template),
        }
        return TemplateResponse(request, "admin/notifications/template/wording.html", context)

    def heading(self, row: Template) -> str:
        return f"{channel_word(row.channel)}, {_phase(row)}, {LANGUAGES.get(row.language, row.language)}"

    @admin.display(description="language")
    def language_word(self, template: Template) -> str:
        return LANGUAGES.get(template.language, template.language)

    @admin.display(description="channel")
    def medium(self, template: Template) -> str:
        return channel_word(template.channel)

    @admin.display(description="what")
    def what(self, template: Template) -> str:
        return _phase(template).capitalize()

    @admin.display(description="says")
    def says(self, template: Template) -> str:
        newest = _newest(template)
        return Truncator(newest.subject or newest.body).chars(70)

    @admin.display(description="version")
    def version(self, template: Template) -> str:
        newest = _newest(template)
        return f"{newest.number}, {moment(newest.created_at)}"


def _phase(template: Template) -> str:
    return "reminder" if template.phase == Phase.REMINDER else "main notification"


def _newest(template: Template) -> TemplateVersion:
    """As the queryset of these pages brings it."""
    (newest,) = template.current  # type: ignore[attr-defined]  # prefetched under that name
    return cast(TemplateVersion, newest)


def _first_form(request: HttpRequest, template: Template) -> WordingForm:
    """What the text says now, or what it said in the version that is to be used again."""
    newest = start = _newest(template)
    if (number := request.GET.get("version", "")).isdecimal():
        start = template.versions.filter(number=number).first() or newest
    initial = {"subject": start.subject, "body": start.body, "seen": newest.number}
    return WordingForm(initial=initial, channel=Channel(template.channel))


def _saved(request: HttpRequest, template: Template, form: WordingForm) -> bool:
    subject, body = form.text
    try:
        version = save_wording(
            template=template,
            subject=subject,
            body=body,
            seen=form.cleaned_data["seen"],
            operator=cast(User, request.user),
            reason=form.cleaned_data["reason"],
        )
    except WordingRefused as refused:
        form.refuse(str(refused), seen=_newest(template).number)
        return False
    messages.success(request, f"Saved as version {version.number}. Letters accepted from now on use it.")
    return True
