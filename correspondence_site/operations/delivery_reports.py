"""`POST /notifications/reports/{email|sms}/{provider}`: what providers tell of messages (operator-interface.md)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from correspondence_site.answers import empty, only
from correspondence_site.operations.mail_service_events import NotSigned, events_as_reports
from notifications.enums import Channel
from notifications.report_providers import ReportProvider
from notifications.services.reports.receive import receive_report
from registry.api.errors import PlainAnswer
from registry.api.parsers import read_body


@only("POST")
def delivery_report(request: HttpRequest, channel: str, provider: str) -> HttpResponse:
    """Kept as it is, and 200: whether it can be read is found out by a job. Nothing of a stranger's is read."""
    credentials = [one for one in settings.REPORT_PROVIDERS if (one.channel, one.name) == (channel, provider)]
    if not credentials:
        return empty(404)
    scheme = "Basic" if any(one.basic for one in credentials) else "Signature"
    unauthorised = empty(401, {"WWW-Authenticate": f'{scheme} realm="delivery reports"'})
    credentials = [one for one in credentials if one.may_be(request.headers)]
    if not credentials:
        return unauthorised
    try:
        body = read_body(request.META, limit=settings.MAX_REPORT_BYTES)
    except PlainAnswer as error:
        return empty(error.status_code)
    try:
        report = _report(request, body, credentials)
    except NotSigned:
        return unauthorised
    if report is not None:
        receive_report(channel=Channel(channel), provider=provider, body=report)
    return empty(200)


def _report(request: HttpRequest, body: bytes, credentials: list[ReportProvider]) -> bytes | None:
    """What is kept of the body; None when it tells of no mail of ours. Raises NotSigned."""
    signed = next((one for one in credentials if one.has_signed(request.headers, body)), None)
    if signed is None:
        raise NotSigned
    return events_as_reports(request, body, signed) if signed.service else body
