from typing import Any

from oauth2_provider.scopes import BaseScopes

from registry.enums import Scope


class ClientScopes(BaseScopes):
    """A client may ask for the scopes it holds; it gets all of them when it names none."""

    def get_all_scopes(self) -> dict[str, str]:
        return {scope.value: scope.label for scope in Scope}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *_: Any, **__: Any
    ) -> list[str]:
        del request
        return list(application.scopes) if application else []

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *_: Any, **__: Any
    ) -> list[str]:
        return self.get_available_scopes(application, request)
