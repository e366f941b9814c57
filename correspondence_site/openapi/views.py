"""The contract as a document, and its interactive page with assets served here."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.views import AcceptAsDeclared


class ContractDocument(SpectacularJSONAPIView):
    """Anonymous; may be kept for ten minutes (api.md 1.1)."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    content_negotiation_class = AcceptAsDeclared

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response["Cache-Control"] = "public, max-age=600"
        return response


class InteractivePage(SpectacularSwaggerSplitView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    content_negotiation_class = AcceptAsDeclared
    renderer_classes = [TemplateHTMLRenderer]
    template_name = "openapi/page.html"
    url_name = "openapi-document"
    url_self = None
