from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator


class ClientCredentialsValidator(OAuth2Validator):
    """django-oauth-toolkit's checks of clients and scopes; tokens are JWTs and are not stored."""

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing to keep: a JWT is verified by its signature, and a stored one could only be stolen."""
