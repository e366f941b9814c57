"""Bearer tokens, checked locally (access.md 1.2, 1.6)."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registry.api.errors import JsonAnswer, PlainAnswer
from registry.callers import Caller
from registry.enums import TokenKind
from registry.services.tokens import InvalidToken, verify

EXCHANGE_FIRST = (
    "Exchange the Maskinporten token for an Altinn token first: "
    "GET /authentication/api/v1/exchange/maskinporten with the token as bearer."
)


class MaskinportenTokenNotTaken(JsonAnswer):
    """A raw Maskinporten token where only exchanged ones are taken (access.md 1.6)."""

    def __init__(self) -> None:
        document = {"title": "IDX10205: Issuer validation failed", "status": 403, "detail": EXCHANGE_FIRST}
        super().__init__(403, document, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


class BearerAuthentication(BaseAuthentication):
    """Turns `Authorization: Bearer …` into a `Caller`; a token of a kind that the view does not take is refused."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            caller = verify(token.strip())
        except InvalidToken as error:
            raise AuthenticationFailed(str(error)) from error
        self._refuse_other_kinds(request, caller)
        return caller, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def _refuse_other_kinds(self, request: Request, caller: Caller) -> None:
        view: Any = (request.parser_context or {})["view"]
        if caller.kind in view.policy.takes:
            return
        if caller.kind == TokenKind.MASKINPORTEN:
            raise MaskinportenTokenNotTaken
        if caller.kind == TokenKind.DIALOGPORTEN:
            raise PlainAnswer(403)  # as upstream's own test asserts (lifecycle.md 10.7)
        raise AuthenticationFailed("The token's issuer is not accepted here.")
