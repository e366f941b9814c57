from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.enums import ActorKind


class AuditEntry(models.Model):
    """A change by an operator or a client. Append-only: a trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_kind = models.CharField(max_length=16, choices=ActorKind.choices)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    client_id = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict, blank=True, help_text="Personal numbers are masked.")
    after = models.JSONField(default=dict, blank=True, help_text="Personal numbers are masked.")

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(
                name="audit_entry_operator_named",
                condition=~Q(actor_kind=ActorKind.OPERATOR) | Q(operator__isnull=False),
            ),
        ]
        indexes = [models.Index(name="audit_entry_object", fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
