"""The operators' interface: Django's own admin, with an operations page and its list grouped by subject."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.urls import re_path
from django.utils import timezone
from django.views.decorators.http import require_safe


class OperatorsClock(ZoneInfo):
    """A time zone that also shows the last hours of the year 9999, which senders may ask for: as they are in UTC."""

    def fromutc(self, dt: datetime, /) -> datetime:
        try:
            return super().fromutc(dt)
        except OverflowError:
            return dt


OSLO = OperatorsClock("Europe/Oslo")
OTHERS_PAGES = "oauth2_provider."
GROUPS: dict[str, list[str]] = {
    "Follow-ups": ["journal.FollowUp"],
    "Letters": ["correspondence.Correspondence", "correspondence.Message"],
    "Notifications": [
        "notifications.Order",
        "notifications.Notification",
        "notifications.Delivery",
        "notifications.Provider",
        "notifications.DeliveryReport",
        "notifications.ReceivedReport",
        "notifications.CapturedMessage",
        "notifications.Template",
    ],
    "Attachments": ["attachments.Attachment"],
    "Registry": [
        "registry.Party",
        "registry.PartyRole",
        "registry.ContactPoint",
        "registry.Reservation",
        "registry.Resource",
    ],
    "Access & keys": [
        "registry.AccessGrant",
        "registry.AccessListEntry",
        "registry.SystemUser",
        "registry.ApiClient",
        "registry.SigningKey",
    ],
    "Jobs & events": ["procrastinate.ProcrastinateJob", "journal.OutboundEvent"],
    "Operators": ["registry.AuditEntry", "registry.User", "auth.Group"],
}
"""Subjects of the front page and the sidebar, in the order of an operator's day."""


class CorrespondenceAdminSite(AdminSite):
    site_header = "Correspondence"
    site_title = "Correspondence"
    index_title = "Operations"
    site_url = None
    enable_nav_sidebar = True
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """django-oauth-toolkit's pages are left out: tokens and codes are nobody's to read, clients have our page."""
        if not (admin_class and admin_class.__module__.startswith(OTHERS_PAGES)):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Operators see the time on their own clock; the API and the database keep UTC."""
        guarded = super().admin_view(view, cacheable)

        def in_local_time(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with timezone.override(OSLO):
                response = guarded(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response

        return in_local_time

    def get_urls(self) -> list[Any]:
        """Django adds slashes only where APPEND_SLASH is set for every route, and the API's have none."""
        *pages, unknown = super().get_urls()
        return [*pages, re_path(r".*[^/]$", with_slash), unknown]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """By subject, not by app; a single app's page stays Django's."""
        if app_label:
            return super().get_app_list(request, app_label)
        by_label = {
            model["model"]._meta.label: self._named(model)  # noqa: SLF001 - Django documents it
            for app in super().get_app_list(request)
            for model in app["models"]
        }
        groups = {
            name: [by_label[label] for label in labels if label in by_label]
            for name, labels in GROUPS.items()
        }
        return [_group(name, models) for name, models in groups.items() if models]

    def _named(self, model: dict[str, Any]) -> dict[str, Any]:
        page = self._registry[model["model"]]
        return {**model, "name": getattr(page, "list_title", model["name"])}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from correspondence_site.admin_desk import desk_for  # noqa: PLC0415 - models load after this module

        return super().index(request, {"desk": desk_for(request.user), **(extra_context or {})})


@require_safe
def with_slash(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))


def _group(name: str, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "app_label": name, "app_url": "", "has_module_perms": True, "models": models}
