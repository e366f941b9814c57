from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from notifications.enums import Channel

FULL_WEIGHT = 100
PLATFORM = "platform"
"""The channel of the national platform, which finds each recipient's own and is no outlet of the settings."""


class ProviderQuerySet(models.QuerySet["Provider"]):
    def in_trouble(self, at: datetime) -> ProviderQuerySet:
        """Those that are given no message, or only one to see whether they work again."""
        return self.filter(Q(weight=0) | Q(paused_until__gt=at))

    def platform(self) -> ProviderQuerySet:
        """The national platform, in one row; none before its first call."""
        return self.filter(channel=PLATFORM)


class Provider(models.Model):
    """An outlet of a channel and its health, as all workers see it. Its address stands in the settings only.

    The national platform has a row of its own: full weight, or none from a call that fails to one that is answered.
    """

    channel = models.CharField(max_length=8, choices=[*Channel.choices, (PLATFORM, "Platform")])
    name = models.CharField(max_length=128, help_text="Its address without passwords.")
    weight = models.PositiveSmallIntegerField(
        default=FULL_WEIGHT,
        help_text="Of a hundred messages, how many it may take before the next provider is asked.",
    )
    weight_changed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="Since the time below.")
    failures_since = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, help_text="Its last answer that cost it weight or a pause.")
    trouble_at = models.DateTimeField(null=True, blank=True)
    free_at = models.DateTimeField(
        null=True, blank=True, help_text="When a provider with a limit may be given the next message."
    )

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="provider_once", fields=["channel", "name"]),
            models.CheckConstraint(
                name="provider_weight_is_a_share", condition=Q(weight__range=(0, FULL_WEIGHT))
            ),
        ]

    def __str__(self) -> str:
        return self.name
