"""Figures of a period, and the stored files of the daily summary."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html

from correspondence.admin.statistics import statistics_context
from correspondence.errors import ReportGenerationFailed
from correspondence.models import DailyReport
from correspondence.services.reports.stored import open_report
from registry.admin.base import DeskAdmin, ReadOnlyMixin

NEWEST = 10


@admin.register(DailyReport)
class DailyReportAdmin(ReadOnlyMixin, DeskAdmin[DailyReport]):
    """The list's place is taken by the page of figures; the list of all files is one click away."""

    list_title = "Statistics"
    one, many = "file", "files"
    list_help = (
        "Every stored file of the daily summary. One is made each night, in each format that can be written."
    )
    empty_help = "No file yet. The first one is made in the first hour after midnight."
    list_display = ["generated_at", "format", "of_day", "letters", "file_size", "file"]
    list_display_links = None
    list_filter = ["format"]
    ordering = ["-generated_at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view  # without this wrapper the addresses are public
        own = [
            path("files/", wrap(self.files_view), name="correspondence_dailyreport_files"),
            path("<int:pk>/file/", wrap(self.file_view), name="correspondence_dailyreport_file"),
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        self._check(request)
        context = {
            **self.admin_site.each_context(request),
            **statistics_context(request.GET),
            "opts": self.opts,
            "title": self.list_title,
            "newest": DailyReport.objects.order_by(*self.ordering)[:NEWEST],
        }
        return TemplateResponse(request, "admin/correspondence/dailyreport/statistics.html", context)

    def files_view(self, request: HttpRequest) -> HttpResponse:
        above = {"title": self.list_title, "address": reverse("admin:correspondence_dailyreport_changelist")}
        return super().changelist_view(request, {"title": "Report files", "above": above})

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        self._check(request)
        report = get_object_or_404(DailyReport, pk=pk)
        try:
            content = open_report(report)
        except ReportGenerationFailed as error:
            messages.error(request, str(error))
            return redirect("admin:correspondence_dailyreport_changelist")
        return FileResponse(
            content, as_attachment=True, filename=report.name, content_type="application/octet-stream"
        )

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    @admin.display(description="of")
    def of_day(self, report: DailyReport) -> str:
        return date_format(report.day, "j M Y") if report.day else "all days"

    @admin.display(description="size")
    def file_size(self, report: DailyReport) -> str:
        return filesizeformat(report.size)

    @admin.display(description="file")
    def file(self, report: DailyReport) -> str:
        address = reverse("admin:correspondence_dailyreport_file", args=[report.pk])
        return format_html('<a href="{}">{}</a><small>MD5 {}</small>', address, report.name, report.md5)
