"""`GET /authentication/api/v1/exchange/{provider}` (access.md 3.2)."""

import time
import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse

from correspondence_site.answers import empty, only
from registry.claims import ORGANISATION_AUTHORITY
from registry.enums import Scope, TokenKind
from registry.models import Resource
from registry.services.tokens import InvalidToken, altinn_claims, own_issuer, sign, verified

EXCHANGED_SECONDS = 1800
DROPPED = {"aud", "iss", "client_amr", "sid"}
LEVEL = 3


@only("GET")
def exchange(request: HttpRequest, provider: str) -> HttpResponse:
    """Turns a Maskinporten-style token into an Altinn-style one, as bare text or as a quoted JSON string."""
    if provider != "maskinporten":
        return HttpResponse(
            f"Unknown provider: {provider}.", status=400, content_type="text/plain; charset=utf-8"
        )
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return empty(401)
    try:
        exchanged = exchanged_token(token.strip())
    except InvalidToken:
        return empty(401)
    if _prefers_json(request.headers.get("Accept", "")):
        return JsonResponse(exchanged, safe=False)
    return HttpResponse(exchanged, content_type="text/plain; charset=utf-8")


def exchanged_token(token: str) -> str:
    """Raises InvalidToken, also for tokens of another kind or without an organisation."""
    claims, caller = verified(token)
    consumer = claims.get("consumer")
    if caller.kind != TokenKind.MASKINPORTEN or not caller.consumer_org:
        raise InvalidToken("Only a Maskinporten token of an organisation can be exchanged.")
    if not isinstance(consumer, dict) or consumer.get("authority") != ORGANISATION_AUTHORITY:
        raise InvalidToken("The token's consumer is not an organisation.")
    now = int(time.time())
    kept = {name: value for name, value in claims.items() if name not in DROPPED}
    added = altinn_claims(caller.consumer_org, level=LEVEL)
    if caller.has_scope(Scope.SERVICE_OWNER) and (
        orgcode := Resource.objects.orgcode_of(caller.consumer_org)
    ):
        added["urn:altinn:org"] = orgcode
    times = {"iat": now, "nbf": now, "exp": now + EXCHANGED_SECONDS, "sid": str(uuid.uuid4())}
    return sign({**kept, **added, **times, "iss": own_issuer(TokenKind.ALTINN)})


def _prefers_json(accept: str) -> bool:
    accepted = [value.partition(";")[0].strip().lower() for value in accept.split(",")]
    return "application/json" in accepted and "*/*" not in accepted and "text/plain" not in accepted
