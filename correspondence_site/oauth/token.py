"""`POST /token`: django-oauth-toolkit's authorization server, `client_credentials` only."""

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.views.mixins import OAuthLibMixin

LONGEST_BODY = 1_000_000
"""Bytes; an assertion with a chain of certificates has a tenth of this."""
UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)


class FormParameters(OAuthLibCore):
    """A parameter without a value counts as omitted (RFC 6749 3.2)."""

    def extract_body(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in request.POST.items() if str(value).strip()]


@method_decorator(sensitive_post_parameters("client_secret", "assertion"), name="dispatch")
class TokenEndpoint(OAuthLibMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        if fault := _fault(request):
            return JsonResponse({"error": "invalid_request", "error_description": fault}, status=400)
        _url, headers, body, status = self.create_token_response(request)  # type: ignore[no-untyped-call]
        return HttpResponse(body, status=status, headers={**headers, "Content-Type": "application/json"})


def _fault(request: HttpRequest) -> str:
    """What is wrong with the form as such (RFC 6749 3.2); empty: nothing."""
    if request.META.get("QUERY_STRING"):
        return "Parameters belong in the body."
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
        return f"The body is longer than {LONGEST_BODY} bytes."
    try:
        repeated = any(len(values) > 1 for _, values in request.POST.lists())
    except UNREADABLE:
        return "The body is no form in UTF-8."
    return "A parameter is repeated." if repeated else ""
