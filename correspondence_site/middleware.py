"""What every request gets before anything else looks at it."""

import secrets
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from registry.services.keys import SigningKeyUnreadable

logger = structlog.get_logger()

TRACE_ID_LENGTH = 32
TRACE_PARTS = 4
DOCUMENT = "/correspondence/api/v1/swagger"
CASE_SENSITIVE = ("/admin", "/static")

Handler = Callable[[HttpRequest], HttpResponse]


class RequestIdentityMiddleware:
    """Gives each request a W3C trace id, binds it to the log, and sets the headers of api.md 1.3."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace_id = _trace_id(request.headers.get("traceparent", ""))
        request.META["correspondence.trace_id"] = trace_id
        with structlog.contextvars.bound_contextvars(trace_id=trace_id):
            response = self.get_response(request)
        if not request.path.lower().startswith((*CASE_SENSITIVE, DOCUMENT)):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class SigningKeyMiddleware:
    """Whoever wanted a token that cannot be signed is told to come again; the log and `/health/ready` say why."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, _request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SigningKeyUnreadable):
            return None
        logger.error("tokens cannot be signed", reason=str(error))
        body = {"error": "temporarily_unavailable", "error_description": str(error)}
        return JsonResponse(body, status=503)


class ContractPathMiddleware:
    """Paths match in any case, with or without a trailing slash: routes are written in lower case without one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(CASE_SENSITIVE):
            request.path_info = request.path_info.lower().rstrip("/") or "/"
        return self.get_response(request)


class InboxOriginMiddleware:
    """CORS for the configured inbox front ends, on every answer; a preflight is 204 (access.md 1.8)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.origins = frozenset(settings.CORS_ORIGINS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        if origin not in self.origins:
            return self.get_response(request)
        is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204) if is_preflight else self.get_response(request)
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Vary"] = "Origin"
        if is_preflight:
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, request-id, request-context, traceparent, prefer"
            )
        return response


def _trace_id(traceparent: str) -> str:
    """The caller's trace continued, or a new one: `00-<32 hex>-<16 hex>-<2 hex>`."""
    parts = traceparent.split("-")
    continued = (
        len(parts) == TRACE_PARTS
        and len(parts[1]) == TRACE_ID_LENGTH
        and set(parts[1]) <= set("0123456789abcdef")
    )
    trace = parts[1] if continued else secrets.token_hex(16)
    return f"00-{trace}-{secrets.token_hex(8)}-01"
