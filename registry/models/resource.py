from __future__ import annotations

from django.db import models
from django.db.models import Q

from registry.enums import AuthenticationLevel, Confidentiality
from registry.models.party import Party


class ResourceQuerySet(models.QuerySet["Resource"]):
    def orgcode_of(self, org_number: str) -> str:
        """The short code of a service owner; empty for organisations that own nothing."""
        owned = self.filter(owner__org_number=org_number).exclude(orgcode="")
        return owned.values_list("orgcode", flat=True).first() or ""


class Resource(models.Model):
    """A service that letters are sent under, with its owner and what it demands (access.md 4.2)."""

    identifier = models.CharField(max_length=255, unique=True)
    title = models.JSONField(default=dict, help_text="By language: nb, nn, en.")
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="resources")
    orgcode = models.CharField(max_length=32, blank=True)
    resource_type = models.CharField(max_length=64)
    minimum_level = models.PositiveSmallIntegerField(choices=AuthenticationLevel.choices, default=0)
    minimum_level_org = models.PositiveSmallIntegerField(
        choices=AuthenticationLevel.choices, null=True, blank=True
    )
    confidentiality = models.CharField(
        max_length=16, choices=Confidentiality.choices, default=Confidentiality.NONE
    )
    access_list_only = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="resource_levels_valid",
                condition=Q(minimum_level__range=(0, 4))
                & (Q(minimum_level_org__isnull=True) | Q(minimum_level_org__range=(0, 4))),
                violation_error_message="An authentication level is a number from 0 to 4.",
            ),
            models.CheckConstraint(
                name="resource_confidentiality_valid",
                condition=Q(confidentiality__in=Confidentiality.values),
            ),
        ]

    def __str__(self) -> str:
        return self.identifier
