"""The daily summary over HTTP; not in the document (api.md 13, access.md 1.5)."""

import base64
import hmac
import math
from typing import Any

from django.conf import settings
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from correspondence.api.serializers.statistics import DailySummaryRequest
from correspondence.enums import ReportFormat
from correspondence.errors import Altinn2NotSupported, ReportGenerationFailed
from correspondence.models import DailyReport
from correspondence.services.reports.limit import CALLS, Turn, take_turn
from correspondence.services.reports.make import store_reports
from correspondence.services.reports.stored import latest_report, open_report
from registry.api.binding import bind
from registry.api.body import content_length
from registry.api.client_address import client_address
from registry.api.errors import JsonAnswer
from registry.api.fields import time_on_the_wire
from registry.api.views import ContractView


class StatisticsView(ContractView):
    """Guarded by a key instead of a token, and by how often an address calls."""

    authentication_classes = ()
    consumes = "application/json"

    def check_permissions(self, request: Request) -> None:
        """A call without the key is not counted. Raises JsonAnswer, 401 and 429."""
        check_key(request.META.get("HTTP_X_API_KEY", ""))
        turn = take_turn(client_address(request.META))
        self.headers.update(limit_headers(turn))
        if not turn.is_allowed:
            raise too_often(turn)

    def includes_altinn2(self) -> bool:
        """What the body asks for; no body asks for nothing. Raises ContractValidationError."""
        if not content_length(self.request.META) and "HTTP_TRANSFER_ENCODING" not in self.request.META:
            return False
        body = bind(DailySummaryRequest(data=self.document()), parameter=self.body_parameter)
        return bool(body.get("altinn2Included", False))


class GenerateDailySummary(StatisticsView):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        if self.includes_altinn2():
            raise ReportGenerationFailed("Reports with letters of Altinn 2 are not offered.")
        (report,) = store_reports([ReportFormat.PARQUET])
        return Response(
            {
                "filePath": report.storage_key,
                "fileHash": base64.b64encode(bytes.fromhex(report.md5)).decode(),
                "fileSizeBytes": report.size,
                "serviceOwnerCount": report.owners,
                "totalCorrespondenceCount": report.letters,
                "generatedAt": time_on_the_wire(report.generated_at),
                "environment": settings.CORRESPONDENCE_ENV,
                "altinn2Included": False,
            }
        )


class DownloadDailyReport(StatisticsView):
    """The newest stored file, under both of its names: neither makes one."""

    produces = None

    @extend_schema(exclude=True)
    def post(self, request: Request) -> FileResponse:
        if self.includes_altinn2():
            raise Altinn2NotSupported
        report = latest_report(ReportFormat.PARQUET)
        return FileResponse(
            open_report(report),
            as_attachment=True,
            filename=report.name,
            content_type="application/octet-stream",
            headers=report_headers(report),
        )


def check_key(sent: str) -> None:
    """Raises JsonAnswer, 401: the same for a wrong key and for none being set here."""
    if not sent.strip():
        raise JsonAnswer(401, {"error": "The header X-API-Key is missing."})
    expected = settings.STATISTICS_API_KEY.encode()
    if not hmac.compare_digest(sent.encode(), expected) or not expected:
        raise JsonAnswer(401, {"error": "The key in X-API-Key is not valid."})


def limit_headers(turn: Turn) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(CALLS),
        "X-RateLimit-Remaining": str(turn.remaining),
        "X-RateLimit-Reset": str(math.ceil(turn.resets_at.timestamp())),
    }


def too_often(turn: Turn) -> JsonAnswer:
    seconds = max(1, math.ceil((turn.resets_at - timezone.now()).total_seconds()))
    document: dict[str, Any] = {
        "error": f"At most {CALLS} calls are allowed within an hour.",
        "retryAfter": seconds,
        "resetTime": time_on_the_wire(turn.resets_at),
    }
    return JsonAnswer(429, document, headers={"Retry-After": str(seconds)})


def report_headers(report: DailyReport) -> dict[str, str]:
    return {
        "Content-Length": str(report.size),
        "X-File-Hash": report.md5,
        "X-File-Size": str(report.size),
        "X-Service-Owner-Count": str(report.owners),
        "X-Total-Correspondence-Count": str(report.letters),
        "X-Generated-At": time_on_the_wire(report.generated_at),
        "X-Environment": settings.CORRESPONDENCE_ENV,
        "X-Altinn2-Included": "false",
    }
