"""What providers report about messages that they have accepted (notifications.md 9.4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from notifications.enums import Channel, DeliveryState, ReportOutcome
from notifications.models.delivery import Delivery


class ReceivedReport(models.Model):
    """One request of a provider's, as it came in. It may tell of several messages."""

    channel = models.CharField(max_length=8, choices=Channel.choices)
    provider = models.CharField(max_length=63)
    body = models.BinaryField(help_text="As it was received.")
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="When nothing was left to do about it."
    )
    problem = models.TextField(blank=True, help_text="What of it could not be read, and why.")

    class Meta:
        indexes = [
            models.Index(name="report_with_a_problem", fields=["received_at"], condition=~Q(problem="")),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of {self.provider}"


class DeliveryReport(models.Model):
    """What is said of one message. The same thing said again leaves no second row."""

    received = models.ForeignKey(ReceivedReport, on_delete=models.PROTECT, related_name="reports")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    provider = models.CharField(max_length=63)
    reference = models.CharField(max_length=255, help_text="Of the message, as the provider knows it.")
    word = models.CharField(max_length=64, help_text="The provider's word for what happened.")
    state = models.CharField(
        max_length=48, choices=DeliveryState.choices, blank=True, help_text="Empty: it changes nothing."
    )
    detail = models.TextField(blank=True, help_text="The provider's own explanation.")
    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    outcome = models.CharField(max_length=16, choices=ReportOutcome.choices, default=ReportOutcome.WAITING)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="report_once", fields=["channel", "provider", "reference", "word"]),
            models.CheckConstraint(
                name="report_outcome_needs_its_message",
                condition=Q(outcome__in=[ReportOutcome.WAITING, ReportOutcome.NO_MESSAGE])
                | Q(delivery__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.word}"
