"""The standard wording, which may be edited; each change leaves an audit entry."""

from typing import Any, cast

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from notifications.models import Template
from registry.admin.base import DeskAdmin
from registry.models import User
from registry.services.audit import record_audit


@admin.register(Template)
class TemplateAdmin(DeskAdmin[Template]):
    list_title = "Wording"
    list_help = "Our standard texts; {text} is the place of the sender's own words."
    empty_help = "Migrations bring the standard wording."
    list_display = ["language", "channel", "phase", "subject"]
    list_display_links = ["language", "subject"]
    list_filter = ["language", "channel", "phase"]
    ordering = ["language", "channel", "phase"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Template,
        form: ModelForm[Template],
        change: bool,  # noqa: FBT001 - Django's
    ) -> None:
        super().save_model(request, obj, form, change)
        record_audit(
            operator=cast(User, request.user),
            action="template.change" if change else "template.add",
            object_type="notifications.template",
            object_id=str(obj.pk),
            before={name: form.initial.get(name) for name in form.changed_data} if change else {},
            after=_changed(form),
        )


def _changed(form: ModelForm[Template]) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form.changed_data}
