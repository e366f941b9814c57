from django.conf import settings
from django.db import models
from django.db.models import Q

from correspondence.enums import CorrespondenceStatus
from correspondence.models.correspondence import PURGED, Correspondence
from registry.enums import ActorKind

ONCE = (CorrespondenceStatus.PUBLISHED, CorrespondenceStatus.READ, CorrespondenceStatus.CONFIRMED)


class StatusEvent(models.Model):
    """A transition of a letter. Append-only: a trigger refuses UPDATE and DELETE."""

    correspondence = models.ForeignKey(Correspondence, on_delete=models.PROTECT, related_name="status_events")
    status = models.SmallIntegerField(choices=CorrespondenceStatus.choices)
    text = models.TextField()
    at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=0)
    actor_kind = models.CharField(max_length=16, choices=ActorKind.choices)
    actor_party_uuid = models.UUIDField(null=True, blank=True)
    actor_urn = models.CharField(max_length=512, blank=True)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    attachment_id = models.UUIDField(null=True, blank=True, help_text="Of a download; none for all of them.")

    class Meta:
        constraints = [  # each begins with the letter, so that history can be partitioned by it (design.md 13)
            models.UniqueConstraint(
                name="status_event_once", fields=["correspondence", "status"], condition=Q(status__in=ONCE)
            ),
            models.UniqueConstraint(
                name="status_event_one_purge", fields=["correspondence"], condition=Q(status__in=PURGED)
            ),
            models.CheckConstraint(
                name="status_event_status_valid",
                condition=Q(status__in=CorrespondenceStatus.values) & ~Q(status=CorrespondenceStatus.FETCHED),
            ),
            models.CheckConstraint(
                name="status_event_operator_named",
                condition=~Q(actor_kind=ActorKind.OPERATOR) | Q(operator__isnull=False),
            ),
        ]
        indexes = [models.Index(name="status_event_history", fields=["correspondence", "at", "id"])]

    def __str__(self) -> str:
        return f"{CorrespondenceStatus(self.status).wire_name} {self.correspondence_id}"


class Fetch(models.Model):
    """A recipient looked at a letter; once per 15 seconds for one party (lifecycle.md 3.2)."""

    correspondence = models.ForeignKey(Correspondence, on_delete=models.PROTECT, related_name="fetches")
    party_uuid = models.UUIDField(null=True, blank=True)
    party_urn = models.CharField(max_length=512)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "fetches"
        indexes = [models.Index(name="fetch_history", fields=["correspondence", "at", "id"])]

    def __str__(self) -> str:
        return f"Fetched {self.correspondence_id}"
