"""Events that mail services post in formats of their own, put into the words of our reports by django-anymail."""

import json
from io import BytesIO
from typing import Any

import structlog
from anymail.exceptions import AnymailWebhookValidationFailure
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from notifications.report_providers import ReportProvider
from notifications.transports.registry import mail_service_options

NOT_KEPT = {"opened", "clicked"}
"""What somebody does with a mail is not ours to know."""

log = structlog.get_logger()


class NotSigned(Exception):
    """It does not come from whom it should."""


def events_as_reports(request: HttpRequest, body: bytes, credential: ReportProvider) -> bytes | None:
    """A list of reports, or None when it tells of no mail; the body itself when anymail cannot read it.

    Raises NotSigned.
    """
    reader = event_reader(credential)
    events = WSGIRequest({**request.META, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    try:
        reader.run_validators(events)
        reports = [_report(event) for event in reader.parse_events(events) if _is_kept(event)]
    except AnymailWebhookValidationFailure as error:
        raise NotSigned from error
    except Exception as error:  # noqa: BLE001 - a format that has changed fails anywhere, and operators see the body
        log.warning("mail_service_event_unreadable", provider=credential.name, error=type(error).__name__)
        return body
    return json.dumps(reports).encode() if reports else None


def event_reader(credential: ReportProvider) -> Any:
    """anymail's view for the service. Raises ValueError for a service or an option that it misses."""
    try:
        view = resolve(f"/{credential.service}/tracking/", urlconf="anymail.urls").func
    except Resolver404 as error:
        raise ValueError(f"anymail knows no service {credential.service!r}") from error
    options = mail_service_options(credential.service) | {"webhook_secret": [credential.basic]}
    return view.view_class(**options)  # type: ignore[attr-defined]  # of a class-based view


def _is_kept(event: Any) -> bool:
    return event.event_type not in NOT_KEPT and bool(event.message_id)


def _report(event: Any) -> dict[str, str]:
    said = (event.mta_response, event.description)
    return {
        "reference": str(event.message_id),
        "event": event.event_type,
        "reason": event.reject_reason or "",
        "description": " ".join(str(words) for words in said if words),
    }
