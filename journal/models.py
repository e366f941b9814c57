"""What happened, for subscribers (events) and for operators (follow-ups)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from journal.enums import EventSource, EventType, FollowUpKind
from registry.ids import uuid7


class OutboundEvent(models.Model):
    """A CloudEvent, written in the transaction of its cause; its id is kept over every delivery."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=64, choices=EventType.choices)
    resource_id = models.CharField(max_length=255)
    resource_instance = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=512, blank=True)
    source = models.CharField(max_length=16, choices=EventSource.choices)
    time = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="outbound_event_type_valid", condition=Q(type__in=EventType.values)),
        ]
        indexes = [models.Index(name="outbound_event_resource", fields=["resource_id", "id"])]

    def __str__(self) -> str:
        return f"{self.type} {self.resource_instance}"


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> FollowUpQuerySet:
        return self.filter(resolved_at__isnull=True)


class FollowUp(models.Model):
    """Something a person must look at. One per kind and cause while unresolved."""

    kind = models.CharField(max_length=32, choices=FollowUpKind.choices)
    cause = models.CharField(max_length=128, help_text="What it is about, so that it is opened once.")
    summary = models.TextField(blank=True)
    correspondence = models.ForeignKey(
        "correspondence.Correspondence",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follow_ups",
    )
    order = models.ForeignKey(
        "notifications.Order", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    delivery = models.ForeignKey(
        "notifications.Delivery", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    attachment = models.ForeignKey(
        "attachments.Attachment", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    opened_at = models.DateTimeField(auto_now_add=True, db_index=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="follow_ups"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(blank=True, help_text="Why it needs nobody any more.")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="follow_up_open_once_per_cause",
                fields=["kind", "cause"],
                condition=Q(resolved_at__isnull=True),
            ),
            models.CheckConstraint(name="follow_up_kind_valid", condition=Q(kind__in=FollowUpKind.values)),
            models.CheckConstraint(
                name="follow_up_resolved_coherence",
                condition=Q(resolved_at__isnull=False) | Q(resolved_by__isnull=True, resolution=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
