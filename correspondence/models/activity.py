from __future__ import annotations

from django.db import models
from django.db.models import Q

from correspondence.enums import ActivityKind
from correspondence.models.correspondence import Correspondence
from registry.ids import uuid7


class DialogActivityQuerySet(models.QuerySet["DialogActivity"]):
    def untold(self) -> DialogActivityQuerySet:
        """What the dialog service has not been told, also while there is no dialog yet."""
        return self.filter(told_at__isnull=True)

    def to_tell(self) -> DialogActivityQuerySet:
        """Untold, of letters whose dialog is in the service; in the order in which it happened."""
        shown = self.untold().filter(
            correspondence__dialog_created_at__isnull=False, correspondence__dialog_removed_at__isnull=True
        )
        return shown.select_related("correspondence__message").order_by("at", "pk")


class DialogActivity(models.Model):
    """Something that happened to a letter, for its dialog in the dialog service; its id is the service's too."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    correspondence = models.ForeignKey(Correspondence, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=32, choices=ActivityKind.choices)
    cause = models.CharField(
        max_length=600,
        blank=True,
        help_text="Of what it is the only one of its kind; empty for the letter itself.",
    )
    at = models.DateTimeField(help_text="When it happened.")
    performer_urn = models.CharField(
        max_length=512, blank=True, help_text="The party that did it; empty for the service owner."
    )
    channel = models.CharField(max_length=8, blank=True)
    destination = models.CharField(max_length=1000, blank=True, help_text="An address, as it may be shown.")
    title = models.TextField(blank=True, help_text="Of the letter or the file.")
    text = models.TextField(blank=True, help_text="What the person who forwarded wrote.")
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When the dialog service had it, or no dialog any more."
    )

    objects = DialogActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dialog activities"
        constraints = [
            models.UniqueConstraint(name="dialog_activity_once", fields=["correspondence", "kind", "cause"]),
            models.CheckConstraint(
                name="dialog_activity_kind_valid", condition=Q(kind__in=ActivityKind.values)
            ),
        ]
        indexes = [
            models.Index(
                name="dialog_activity_untold", fields=["correspondence"], condition=Q(told_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.correspondence_id}"
