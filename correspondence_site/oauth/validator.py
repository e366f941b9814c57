from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from registry.models import ApiClient


class ClientCredentialsValidator(OAuth2Validator):
    """django-oauth-toolkit's checks of clients and scopes; tokens are JWTs and are not stored."""

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing to keep: a JWT is verified by its signature, and a stored one could only be stolen."""

    def _load_application(self, client_id: str | None, request: Any) -> ApiClient | None:
        """No client has NUL in its id, and PostgreSQL refuses to look for it."""
        if "\0" in (client_id or ""):
            return None
        client: ApiClient | None = super()._load_application(client_id, request)  # type: ignore[no-untyped-call]
        return client

    def _authenticate_basic_auth(self, request: Any) -> bool:
        """Credentials outside ASCII are no base64, for which the standard library has an error of its own."""
        try:
            return bool(super()._authenticate_basic_auth(request))  # type: ignore[no-untyped-call]
        except ValueError:
            return False
