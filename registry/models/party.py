"""Parties: who can send, receive and be acted for (access.md 4.2)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Func, Q

from registry.enums import PartyKind


class NextPartyId(Func):
    """The next free party id; eight digits, never nine (a nine-digit one is taken for an organisation number)."""

    template = "nextval('registry_party_id_seq')"
    output_field = models.BigIntegerField()


class PartyQuerySet(models.QuerySet["Party"]):
    def with_urns(self, urns: Iterable[str]) -> PartyQuerySet:
        """The parties that these URNs name; unknown URNs are left out."""
        return self.filter(urn__in=list(urns)).select_related("main_unit")


class Party(models.Model):
    """An organisation, a person or a self-identified user."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    party_id = models.BigIntegerField(unique=True, db_default=NextPartyId())
    kind = models.CharField(max_length=24, choices=PartyKind.choices)
    urn = models.CharField(max_length=512, unique=True, help_text="In the form of a recipient.")
    display_name = models.CharField(max_length=255, blank=True)
    is_deleted = models.BooleanField(default=False)
    org_number = models.CharField(max_length=9, unique=True, null=True, blank=True)
    unit_type = models.CharField(max_length=16, blank=True)
    main_unit = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="sub_units"
    )
    person_number = models.CharField(max_length=11, unique=True, null=True, blank=True)
    external_id = models.CharField(max_length=320, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(
                name="party_kind_has_its_identifier",
                condition=(
                    Q(kind=PartyKind.ORGANIZATION, org_number__isnull=False)
                    & Q(person_number__isnull=True, external_id__isnull=True)
                )
                | (
                    Q(kind=PartyKind.PERSON, person_number__isnull=False)
                    & Q(org_number__isnull=True, external_id__isnull=True)
                )
                | (
                    Q(kind=PartyKind.SELF_IDENTIFIED, external_id__isnull=False)
                    & Q(org_number__isnull=True, person_number__isnull=True)
                ),
                violation_error_message="A party has exactly the identifier of its kind.",
            ),
            models.CheckConstraint(
                name="party_id_has_at_most_eight_digits",
                condition=Q(party_id__gte=1, party_id__lt=100_000_000),
                violation_error_message="A party id has at most eight digits.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.org_number or str(self.uuid)


class PartyRole(models.Model):
    """`to_party` holds `role` in `from_party`: a general manager, a chair of the board."""

    from_party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="roles_held_by_others")
    to_party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="party_role_once", fields=["from_party", "to_party", "role"]),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.from_party}"


class SystemUser(models.Model):
    """A vendor's system acting for a customer."""

    uuid = models.UUIDField(unique=True)
    organisation = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="system_users")
    vendor = models.CharField(max_length=9)
    """Organisation number; vendors need not be in the registry, which is of those who get letters."""
    system_id = models.CharField(max_length=255)
    external_ref = models.CharField(max_length=255, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.system_id} for {self.organisation}"
