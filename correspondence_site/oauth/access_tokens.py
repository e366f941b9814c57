"""The hooks by which django-oauth-toolkit's tokens become JWTs of ours. No models: the settings import this."""

from typing import Any

MASKINPORTEN_AMR = "client_secret_basic"


def lifetime(request: Any) -> int:
    """Seconds, as the client's registration says."""
    seconds: int = request.client.access_token_lifetime
    return seconds


def access_token(request: Any) -> str:
    """A token of kind `maskinporten`, in the shape of access.md 1.3."""
    from registry.enums import TokenKind  # noqa: PLC0415 - the settings import this module before apps are ready
    from registry.services.tokens import mint  # noqa: PLC0415 - the same

    client = request.client
    return mint(
        kind=TokenKind.MASKINPORTEN,
        organisation=client.organisation.org_number if client.organisation else None,
        scopes=request.scopes,
        ttl=lifetime(request),
        extra={"client_id": client.client_id, "client_amr": MASKINPORTEN_AMR},
    )
