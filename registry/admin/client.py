"""Integrators' systems and our signing keys. Secrets and key material are never shown."""

from django.contrib import admin
from django.http import HttpRequest

from registry.admin.base import DeskAdmin, ReadOnlyMixin, pill
from registry.admin.search import as_organisation_number, text
from registry.models import ApiClient, SigningKey


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnlyMixin, DeskAdmin[ApiClient]):
    list_title = "API clients"
    list_help = "Integrators' systems. Search by exact client id or organisation number."
    empty_help = "API clients come with the registry file."
    list_display = ["client_id", "name", "organisation", "active", "created"]
    list_filter = ["active"]
    list_select_related = ["organisation"]
    search_by = {"client_id": text, "organisation__org_number": as_organisation_number}
    fields = [
        *("client_id", "name", "organisation", "scopes", "authorization_grant_type"),
        *("access_token_lifetime", "active", "has_keys", "created", "updated"),
    ]
    readonly_fields = ["has_keys"]
    ordering = ["-pk"]

    @admin.display(description="public keys", boolean=True)
    def has_keys(self, client: ApiClient) -> bool:
        return bool(client.jwks.get("keys"))


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyMixin, DeskAdmin[SigningKey]):
    list_title = "Signing keys"
    list_help = "Our own keys. manage.py rotate_signing_key makes a new one."
    empty_help = "The first token makes the first key."
    list_display = ["kid", "algorithm", "state", "created_at", "retired_at", "verifies_until"]
    fields = ["kid", "algorithm", "created_at", "retired_at", "verifies_until"]
    ordering = ["-pk"]

    @admin.display(description="state")
    def state(self, key: SigningKey) -> str:
        return pill("retired") if key.retired_at else pill("signs", "good")

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return []
