"""Discovery documents and key sets, Maskinporten-style and Altinn-style (access.md 3.3)."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control

from correspondence_site.answers import only
from registry.enums import Scope, TokenKind
from registry.services.keys import current_key, public_keys
from registry.services.tokens import OWN_ALGORITHM, own_issuer

briefly = cache_control(public=True, max_age=300)
"""Shorter than the day for which a retired key goes on verifying."""


@only("GET")
@briefly
def authorization_server(_request: HttpRequest) -> JsonResponse:
    base = settings.PUBLIC_URL
    return JsonResponse(
        {
            "issuer": own_issuer(TokenKind.MASKINPORTEN),
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "grant_types_supported": ["client_credentials"],
            "scopes_supported": [scope.value for scope in Scope],
        }
    )


@only("GET")
@briefly
def openid_configuration(_request: HttpRequest) -> JsonResponse:
    issuer = own_issuer(TokenKind.ALTINN)
    return JsonResponse(
        {
            "issuer": issuer,
            "token_endpoint": f"{settings.PUBLIC_URL}/token",
            "jwks_uri": f"{issuer}.well-known/openid-configuration/jwks",
            "response_types_supported": ["token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [OWN_ALGORITHM],
        }
    )


@only("GET")
@briefly
def key_set(_request: HttpRequest) -> JsonResponse:
    current_key()
    return JsonResponse({"keys": public_keys()})
