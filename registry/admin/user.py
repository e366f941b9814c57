"""Operators and their groups: Django's own pages, and an audit entry for each change."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse

from registry.admin.readable import ReadableFiltersAdmin
from registry.models import User
from registry.services.audit import record_audit

admin.site.unregister(Group)


class AuditedAdmin(ReadableFiltersAdmin[Any]):
    """Who may do what is itself worth a trail: who changed it, what it was before and what it is now."""

    subject: ClassVar[str]
    audited: ClassVar[list[str]]
    """The fields that are written down; a password is none of them."""

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's
    ) -> None:
        super().save_related(request, form, formsets, change)
        changed = [name for name in form.changed_data if name in self.audited]
        if changed or not change:
            before = {name: form.initial.get(name) for name in changed} if change else {}
            after = {name: form.cleaned_data[name] for name in changed}
            self.record(request, form.instance, "change" if change else "add", before=before, after=after)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            self.record(request, obj, "delete", before=self.state(obj))
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for row in queryset:
                self.record(request, row, "delete", before=self.state(row))
            super().delete_queryset(request, queryset)

    def state(self, row: Model) -> dict[str, Any]:
        return model_to_dict(row, fields=self.audited)

    def record(
        self,
        request: HttpRequest,
        row: Model,
        verb: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        record_audit(
            operator=cast(User, request.user),
            action=f"{self.subject}.{verb}",
            object_type=row._meta.label_lower,  # noqa: SLF001 - Django documents it
            object_id=str(row.pk),
            before={name: _told(value) for name, value in (before or {}).items()},
            after={name: _told(value) for name, value in (after or {}).items()},
        )


@admin.register(User)
class OperatorAdmin(AuditedAdmin, UserAdmin[User]):
    list_title = "Operators"
    one, many = "operator", "operators"
    subject = "user"
    audited = [
        *("username", "first_name", "last_name", "email"),
        *("is_active", "is_staff", "is_superuser", "groups", "user_permissions"),
    ]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's name
        """That it was set is written down, and nothing of it."""
        rows = User.objects.filter(pk=id) if id.isdecimal() else User.objects.none()
        before = rows.values_list("password", flat=True).first()
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            user = rows.first()
            if user and user.password != before:
                self.record(request, user, "password")
        return answer


@admin.register(Group)
class OperatorGroupAdmin(AuditedAdmin, GroupAdmin):
    list_title = "Groups"
    subject = "group"
    audited = ["name", "permissions"]


def _told(value: Any) -> Any:
    """As JSON: groups and permissions by name, in order."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted(_name(row) for row in value)
    return value


def _name(row: Any) -> str:
    return f"{row.content_type.app_label}.{row.codename}" if isinstance(row, Permission) else str(row)
