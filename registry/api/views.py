"""The base of every endpoint: the order of checks of api.md 1.2, and what it answers before a handler runs."""

import re
import uuid
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.api.errors import ContractValidationError, PlainAnswer
from registry.api.fields import parse_loose_guid
from registry.api.parsers import read_json
from registry.api.permissions import DenyAll, ScopePolicy
from registry.callers import Caller

ANY_JSON = re.compile(r"(application|text)/json|application/[^/]+\+json")


class AcceptAsDeclared(BaseContentNegotiation):
    """Always the first renderer; whether `Accept` admits it is the view's own, stricter rule."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        renderer: BaseRenderer = renderers[0]
        return renderer, renderer.media_type


class ContractView(APIView):
    """An endpoint of the contract.

    405 and 415 are answered before the token is looked at, then 401 and 403, then 406, then 400.
    """

    content_negotiation_class = AcceptAsDeclared
    parser_classes = (JSONParser,)  # named for the document; bodies are read by `document`
    policies: ClassVar[dict[str, type[ScopePolicy]]] = {}
    """The scope policy by method (`get`, `post`, `delete`); a method without one is denied."""
    consumes: ClassVar[str | None] = None
    """The one media type of the body; others are 415."""
    requires_content_type: ClassVar[bool] = False
    """Whether a body without a type is 415 too, once the token is accepted."""
    takes_any_json: ClassVar[bool] = False
    """Whether a body may be of every JSON type, and of no other: 415, once the token is accepted."""
    produces: ClassVar[str | None] = "application/json"
    """What `Accept` must admit; None for endpoints without a declared type."""
    body_parameter: ClassVar[str] = "request"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self._check_method_and_type()
            self.initial(self.request, *args, **kwargs)
            handler = getattr(self, (request.method or "").lower())
            response = handler(self.request, *args, **kwargs)
        except Exception as exc:  # noqa: BLE001 - the handler of all errors sits behind handle_exception
            response = self.handle_exception(exc)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        neg = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = neg
        self.perform_authentication(request)
        self.check_permissions(request)
        self._check_accept()
        self._check_type_of_body()

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> Any:
        if request.user is None:
            raise NotAuthenticated
        raise PermissionDenied

    def get_permissions(self) -> list[BasePermission]:
        return [self.policy()]

    @property
    def policy(self) -> type[ScopePolicy]:
        return self.policies.get((self.request.method or "").lower(), DenyAll)

    @property
    def caller(self) -> Caller:
        caller: Caller = self.request.user  # type: ignore[assignment]
        return caller

    @property
    def allowed_methods(self) -> list[str]:
        return [name.upper() for name in ("get", "post", "delete") if hasattr(self, name)]

    def document(self) -> Any:
        """The body, read as the contract reads JSON."""
        return read_json(self.request.META, parameter=self.body_parameter)

    def guid(self, name: str, text: str) -> uuid.UUID:
        """A GUID of the path or query, in any of the usual spellings; else a validation problem under `name`."""
        guid = parse_loose_guid(text)
        if guid is None:
            bound = tuple(_camel(parameter) for parameter in self.kwargs)
            raise ContractValidationError({name: [f"The value '{text}' is not valid."]}, bound=bound)
        return guid

    def _check_method_and_type(self) -> None:
        if self.request.method not in self.allowed_methods:
            raise PlainAnswer(405, headers={"Allow": ", ".join(self.allowed_methods)})
        sent = self._content_type()
        if self.request.method == "POST" and self.consumes and sent and sent != self.consumes:
            raise PlainAnswer(415)

    def _check_type_of_body(self) -> None:
        """What is found when the body is bound, so after the token (api.md 2.4)."""
        sent = self._content_type()
        is_missing = self.requires_content_type and not sent
        is_unknown = self.takes_any_json and ANY_JSON.fullmatch(sent) is None
        if self.request.method == "POST" and (is_missing or is_unknown):
            raise UnsupportedMediaType

    def _check_accept(self) -> None:
        accept = self.request.META.get("HTTP_ACCEPT")
        if self.produces is None or accept is None:
            return
        accepted = {value.partition(";")[0].strip().lower() for value in accept.split(",")}
        if not accepted & {self.produces, "*/*"}:
            raise PlainAnswer(406, text=f"Supported media types: {self.produces}")

    def _content_type(self) -> str:
        return str(self.request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class UnsupportedMediaType(Exception):
    """No content type that can be bound: the framework's own problem document (api.md 2.4)."""
