"""Every error that leaves the API, in the contract's form (api.md 2)."""

from http import HTTPStatus
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.response import Response

from correspondence_site.admin_problems import is_in_admin, page
from correspondence_site.answers import empty
from registry.api.errors import (
    ContractValidationError,
    ExplainedRefusal,
    JsonAnswer,
    PlainAnswer,
)
from registry.api.views import UnsupportedMediaType
from registry.errors import DomainError

RFC9110 = "https://tools.ietf.org/html/rfc9110#section-15."
TYPES = {
    400: f"{RFC9110}5.1",
    401: f"{RFC9110}5.2",
    403: f"{RFC9110}5.4",
    404: f"{RFC9110}5.5",
    408: f"{RFC9110}5.9",
    409: f"{RFC9110}5.10",
    415: f"{RFC9110}5.16",
    422: f"{RFC9110}5.21",
    429: "https://tools.ietf.org/html/rfc6585#section-4",
    500: f"{RFC9110}6.1",
    502: f"{RFC9110}6.3",
}
OTHER_STATUS = {
    1001: 404, 1029: 404, 1030: 422, 1032: 500, 1034: 409, 1054: 404, 1062: 404, 2001: 404, 2002: 502, 2022: 408,
    3001: 404, 4001: 401, 4006: 401, 6001: 404, 6002: 500,
}  # fmt: skip
"""HTTP status by number (errors.csv) where it is not 400."""

log = structlog.get_logger()


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | HttpResponse:
    """DRF's exception handler: domain errors, validation problems, bare answers; anything else is a 500."""
    request = context["request"]
    view = context["view"]
    if isinstance(exc, DomainError):
        return _problem(domain_problem(exc, request), view)
    if isinstance(exc, ContractValidationError):
        return _problem(validation_problem(exc, request), view)
    if isinstance(exc, UnsupportedMediaType):
        return _problem(_head(415, request), view)
    if isinstance(exc, ExplainedRefusal):
        return _problem({**_head(exc.status_code, request), "detail": exc.text}, view, exc.headers)
    return _bare(exc) or server_error(request, exc)


def domain_problem(error: DomainError, request: Any) -> dict[str, Any]:
    """The numbered problem of api.md 2.1."""
    status = OTHER_STATUS.get(error.code, 400)
    return {
        **_head(status, request),
        "detail": str(error),
        "code": f"CORR-{error.code:05}",
        "statusDescription": _reason(status),
        "errorCode": error.code,
        **error.extra,
    }


def validation_problem(error: ContractValidationError, request: Any) -> dict[str, Any]:
    """The validation problem of api.md 2.2, in both of its shapes."""
    entries = [
        {"code": "CORR.VLD-00000", "title": message, "paths": [key.replace(".", "/")]}
        for key, messages in error.errors.items()
        for message in messages
    ]
    return {
        **_head(400, request),
        "code": "STD-00000",
        "statusDescription": _reason(400),
        "validationErrors": entries,
        "errors": {**{name: [] for name in error.bound}, **error.errors},
    }


def server_error(request: Any, exc: Exception | None = None) -> HttpResponse:
    """An unhandled exception: nothing of it shows but the trace id."""
    log.error("request_failed", exc_info=exc, path=request.path)
    if is_in_admin(request):
        return page(request, 500)
    body = {**_head(500, request), "detail": "", "instance": request.path}
    return JsonResponse(body, status=500, content_type="application/problem+json")


def _head(status: int, request: Any) -> dict[str, Any]:
    return {
        "type": TYPES[status],
        "title": _reason(status),
        "status": status,
        "traceId": request.META.get("correspondence.trace_id"),
    }


def _reason(status: int) -> str:
    return {422: "Unprocessable Entity"}.get(status, HTTPStatus(status).phrase)


def _problem(body: dict[str, Any], view: Any, headers: dict[str, str] | None = None) -> Response:
    declared_json = getattr(view, "produces", None) == "application/json"
    media_type = "application/json" if declared_json else "application/problem+json"
    return Response(body, status=body["status"], headers=headers, content_type=f"{media_type}; charset=utf-8")


def _bare(exc: Exception) -> HttpResponse | None:
    """401, 403, 405, 406, 413, 415: an empty body or one line of text."""
    if isinstance(exc, JsonAnswer):
        return JsonResponse(
            exc.document,
            status=exc.status_code,
            headers=exc.headers,
            content_type="application/json; charset=utf-8",
        )
    if isinstance(exc, PlainAnswer):
        answer = empty(exc.status_code, exc.headers)
        answer.content = exc.text.encode()
        return answer
    if isinstance(exc, PermissionDenied):
        return empty(403)
    if isinstance(exc, NotAuthenticated | AuthenticationFailed):
        return empty(401, {"WWW-Authenticate": _challenge(exc)})
    return None


def _challenge(exc: NotAuthenticated | AuthenticationFailed) -> str:
    if isinstance(exc, NotAuthenticated):
        return "Bearer"
    return f'Bearer error="invalid_token", error_description="{exc.detail}"'


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No route matches: 404 with an empty body."""
    del exception  # Django hands it over by name
    return page(request, 404, frame=True) if is_in_admin(request) else empty(404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An operator lacks the right; the API's own refusals are DRF's, above."""
    del exception  # Django hands it over by name
    return page(request, 403, frame=True) if is_in_admin(request) else empty(403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django itself refuses the request (its host, the number of its fields): 400 with an empty body."""
    del exception  # Django hands it over by name
    return page(request, 400) if is_in_admin(request) else empty(400)
