"""The reports that are stored."""

from typing import IO

from correspondence.enums import ReportFormat
from correspondence.errors import ReportGenerationFailed
from correspondence.models import DailyReport
from correspondence.transports.report_storage import report_storage


def latest_report(kind: ReportFormat) -> DailyReport:
    """The newest one of all days. Raises ReportGenerationFailed."""
    reports = DailyReport.objects.filter(format=kind, day__isnull=True)
    report = reports.order_by("-generated_at", "-pk").first()
    if report is None:
        raise ReportGenerationFailed("No report has been made yet.")
    return report


def open_report(report: DailyReport) -> IO[bytes]:
    """Its bytes, to be streamed. Raises ReportGenerationFailed."""
    try:
        return report_storage().read(report.storage_key)
    except OSError as error:
        raise ReportGenerationFailed("The report is not where it was stored.") from error
