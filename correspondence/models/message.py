from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from registry.ids import uuid7


class MessageQuerySet(models.QuerySet["Message"]):
    def past_due_date(self, at: datetime) -> MessageQuerySet:
        """Their due date has passed, and nobody has looked what became of their letters."""
        return self.filter(due_date_time__lte=at, due_date_seen_at__isnull=True)


class Message(models.Model):
    """One accepted request: everything that its recipients' letters have in common."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resource_id = models.CharField(max_length=255)
    owner_org = models.CharField(max_length=9)
    sender_urn = models.CharField(max_length=512)
    senders_reference = models.CharField(max_length=4096)
    message_sender = models.CharField(max_length=255, blank=True)
    idempotency_key = models.UUIDField(null=True, blank=True)
    language = models.CharField(max_length=2, help_text="As written in the request.")
    title = models.CharField(max_length=255)
    summary = models.CharField(max_length=255, blank=True)
    body = models.TextField()
    requested_publish_time = models.DateTimeField()
    due_date_time = models.DateTimeField(null=True, blank=True)
    due_date_seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was looked at who had not read or confirmed by then."
    )
    external_references = models.JSONField(default=list, blank=True)
    reply_options = models.JSONField(default=list, blank=True)
    property_list = models.JSONField(default=dict, blank=True)
    ignore_reservation = models.BooleanField(null=True, blank=True)
    is_confirmation_needed = models.BooleanField(default=False)
    is_confidential = models.BooleanField(default=False)
    allow_forwarding = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by_client = models.CharField(max_length=100, blank=True)
    created_by_urn = models.CharField(max_length=512, blank=True)
    created_by_party_uuid = models.UUIDField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="message_idempotency_key_per_owner",
                fields=["owner_org", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
            ),
            models.CheckConstraint(
                name="message_confirmation_has_due_date",
                condition=Q(is_confirmation_needed=False) | Q(due_date_time__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="message_owner_created", fields=["owner_org", "-id"]),
            models.Index(
                name="message_due_date",
                fields=["due_date_time"],
                condition=Q(due_date_time__isnull=False, due_date_seen_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title
