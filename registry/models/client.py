"""OAuth clients and the keys that sign their tokens."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from registry.models.party import Party


class ApiClient(AbstractApplication):
    """An integrator's system: its organisation becomes the token's `consumer`."""

    organisation = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="api_clients"
    )
    scopes = ArrayField(models.CharField(max_length=128), default=list, blank=True)
    jwks = models.JSONField(default=dict, blank=True, help_text="Public keys of the client's assertions.")
    access_token_lifetime = models.PositiveIntegerField(default=600, help_text="Seconds.")
    active = models.BooleanField(default=True)

    class Meta(AbstractApplication.Meta):
        verbose_name = "API client"

    def __str__(self) -> str:
        return str(self.name or self.client_id)

    def is_usable(self, request: object) -> bool:  # noqa: ARG002 - django-oauth-toolkit's signature
        """django-oauth-toolkit asks before it gives a token."""
        return self.active


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def signing(self) -> SigningKey | None:
        """The key that new tokens are signed with."""
        return self.filter(retired_at__isnull=True).order_by("-pk").first()

    def verifying(self) -> SigningKeyQuerySet:
        """The keys whose tokens may still be good."""
        return self.filter(
            models.Q(verifies_until__isnull=True) | models.Q(verifies_until__gt=timezone.now())
        )


class SigningKey(models.Model):
    """One of our own keys. The newest one that is not retired signs; all unexpired ones verify."""

    kid = models.CharField(max_length=64, unique=True)
    algorithm = models.CharField(max_length=8, default="RS256")
    public_jwk = models.JSONField()
    encrypted_private_key = models.BinaryField(help_text="Encrypted with a key derived from SECRET_KEY.")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Since when it signs no more.")
    verifies_until = models.DateTimeField(null=True, blank=True, help_text="When its last token has expired.")

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="signing_key_retired_has_an_end",
                condition=models.Q(retired_at__isnull=True, verifies_until__isnull=True)
                | models.Q(retired_at__isnull=False, verifies_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.kid
