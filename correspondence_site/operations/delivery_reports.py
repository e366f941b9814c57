"""`POST /notifications/reports/{email|sms}/{provider}`: what providers tell of messages (operator-interface.md)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from correspondence_site.answers import empty, only
from notifications.enums import Channel
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
    if not any(one.has_signed(request.headers, body) for one in credentials):
        return unauthorised
    receive_report(channel=Channel(channel), provider=provider, body=body)
    return empty(200)
