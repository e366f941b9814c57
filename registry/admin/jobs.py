"""Procrastinate's job pages, as it ships them, without inline styles and with a permission on the actions."""

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob

from registry.admin.base import CappedPaginator, DeskAdmin, masked_identifier, pill

TONES = {"todo": "info", "doing": "info", "failed": "bad", "succeeded": "good"}
LONGEST = 200
WORK = "procrastinate.change_procrastinatejob"

admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(ProcrastinateJobAdmin):
    list_title: ClassVar[str] = "Jobs"
    list_help: ClassVar[str] = "Work that waits, runs or has failed. What succeeded is deleted."
    empty_help: ClassVar[str] = "No job waits and none has failed."
    list_display = ["pk", "task_name", "arguments", "state", "attempts", "scheduled_at"]
    list_filter = ["status", "task_name"]
    fields = ["pk", "task_name", "arguments", "state", "lock", "priority", "scheduled_at", "attempts"]
    readonly_fields = ["arguments", "state"]
    actions = ["retry", "cancel"]
    inlines = []
    paginator = CappedPaginator
    show_full_result_count = False
    ordering = ["-pk"]

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(WORK)
