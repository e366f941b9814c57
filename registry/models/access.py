from django.db import models
from django.db.models import Q

from registry.enums import Action, SubjectKind
from registry.models.party import Party
from registry.models.resource import Resource


class AccessGrant(models.Model):
    """`subject` may do `action` on `resource` for `party`; no party: for itself or whoever it represents."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="grants")
    action = models.CharField(max_length=16, choices=Action.choices)
    subject_kind = models.CharField(max_length=16, choices=SubjectKind.choices)
    subject = models.CharField(max_length=512, blank=True, help_text="A URN, role or UUID, by kind.")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, blank=True, related_name="grants")
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="access_grant_once",
                fields=["resource", "action", "subject_kind", "subject", "party"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="access_grant_everyone_has_no_subject",
                condition=Q(subject_kind=SubjectKind.EVERYONE, subject="")
                | (~Q(subject_kind=SubjectKind.EVERYONE) & ~Q(subject="")),
                violation_error_message="A grant names a subject, or is for everyone.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


class AccessListEntry(models.Model):
    """An organisation that may use a resource whose access is by list."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="access_list")
    organisation = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="access_lists")

    class Meta:
        verbose_name_plural = "access list entries"
        constraints = [
            models.UniqueConstraint(name="access_list_entry_once", fields=["resource", "organisation"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} on {self.resource}"
