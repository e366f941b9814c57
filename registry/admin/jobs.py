"""Procrastinate's job pages, without its inline styles and with a permission, a reason and an audit entry for its actions."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from registry.admin.base import DeskAdmin, ReadOnlyMixin, pill
from registry.admin.job_actions import CANCEL, RUN_AGAIN, ask_and_do

TONES = {"todo": "info", "doing": "info", "failed": "bad", "succeeded": "good"}
LONGEST_ARGUMENTS = 400
MAY_WORK = "procrastinate.change_procrastinatejob"

admin.site.unregister(ProcrastinateJob)


class EventInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]  # their models are untyped
    model = ProcrastinateEvent
    verbose_name_plural = "what happened to it"


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyMixin, DeskAdmin[ProcrastinateJob], ProcrastinateJobAdmin):
    inlines = [EventInline]
    list_title = "Jobs"
    one, many = "job", "jobs"
    list_help = "Work that waits, runs or has failed. What succeeded is deleted."
    empty_help = "No job waits and none has failed."
    list_display = ["pk", "task_name", "arguments", "state", "attempts", "scheduled_at"]
    list_filter = ["status", "task_name"]
    search_by = {}
    fields = ["pk", "task_name", "arguments", "state", "lock", "priority", "scheduled_at", "attempts"]
    ordering = ["-pk"]
    actions = ["retry", "cancel"]

    def has_work_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_WORK))

    @admin.action(description="Run again (failed jobs)…", permissions=["work"])
    def retry(self, request: HttpRequest, queryset: QuerySet[ProcrastinateJob]) -> HttpResponse | None:
        return ask_and_do(request, queryset, RUN_AGAIN, self.admin_site.each_context(request))

    @admin.action(description="Cancel (waiting jobs)…", permissions=["work"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[ProcrastinateJob]) -> HttpResponse | None:
        return ask_and_do(request, queryset, CANCEL, self.admin_site.each_context(request))

    @admin.display(description="arguments")
    def arguments(self, job: ProcrastinateJob) -> str:
        return format_html("<code>{}</code>", json.dumps(job.args)[:LONGEST_ARGUMENTS])

    @admin.display(description="state", ordering="status")
    def state(self, job: ProcrastinateJob) -> str:
        return pill(job.status, TONES.get(job.status, "neutral"))
