from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from notifications.enums import (
    ACCEPTED_STATES,
    PENDING_STATES,
    AddressRule,
    AttemptOutcome,
    Channel,
    DeliveryState,
    NotificationState,
    SmsEncoding,
)
from notifications.models.order import Notification, moot_once_read


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unfinished(self) -> DeliveryQuerySet:
        """Still to be sent, or accepted by a provider whose report is awaited."""
        return self.filter(Q(state__in=PENDING_STATES) | Q(report_by__isnull=False))

    def still_wanted(self) -> DeliveryQuerySet:
        """The letter can be read, nobody is told in vain, and nobody has cancelled."""
        letter = "notification__order__correspondence__"
        available = Q(**{f"{letter}published_at__isnull": False, f"{letter}purged_at__isnull": True})
        failed_since = Q(**{f"{letter}failed_at__gte": F(f"{letter}published_at")})
        seen = Q(**{f"{letter}read_at__isnull": False}) | Q(**{f"{letter}confirmed_at__isnull": False})
        return self.filter(available, notification__state=NotificationState.PROCESSED).exclude(
            failed_since | (moot_once_read("notification__") & seen)
        )


class Delivery(models.Model):
    """One address over one channel of one notification."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=1000, blank=True, help_text="Empty when there was none.")
    normalised_address = models.CharField(max_length=1000, blank=True)
    rule = models.CharField(max_length=16, choices=AddressRule.choices, blank=True)
    state = models.CharField(max_length=48, choices=DeliveryState.choices)
    state_changed_at = models.DateTimeField()
    message_id = models.CharField(max_length=255, unique=True, help_text="The same on every attempt.")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    claimed_by = models.BigIntegerField(null=True, blank=True, help_text="The job that is sending it.")
    created_at = models.DateTimeField()
    report_by = models.DateTimeField(
        null=True, blank=True, help_text="A report is awaited until then; empty when none is."
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                name="delivery_once_per_address", fields=["notification", "channel", "normalised_address"]
            ),
            models.CheckConstraint(name="delivery_state_valid", condition=Q(state__in=DeliveryState.values)),
            models.CheckConstraint(
                name="delivery_pending_has_a_next_attempt",
                condition=~Q(state__in=PENDING_STATES) | Q(next_attempt_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_report_awaited_once_accepted",
                condition=Q(report_by__isnull=True) | Q(state__in=ACCEPTED_STATES),
            ),
        ]
        indexes = [
            models.Index(
                name="delivery_by_address",
                fields=["normalised_address"],
                condition=~Q(normalised_address=""),
            ),
            models.Index(
                name="delivery_unreported",
                fields=["report_by"],
                condition=Q(report_by__isnull=False),
            ),
            models.Index(
                name="delivery_due",
                fields=["channel", "next_attempt_at"],
                condition=Q(state__in=PENDING_STATES),
            ),
            models.Index(
                name="delivery_claimed", fields=["claimed_by"], condition=Q(claimed_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Attempt(models.Model):
    """One try to hand a delivery over; open while the provider is being called."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=128, blank=True, help_text="Empty: none was asked.")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=AttemptOutcome.choices, blank=True)
    answer = models.TextField(blank=True, help_text="The provider's own words, or ours when none was asked.")
    reference = models.CharField(max_length=255, blank=True, help_text="The provider's id of the message.")
    encoding = models.CharField(max_length=8, choices=SmsEncoding.choices, blank=True, help_text="Of an SMS.")
    segments = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many messages the SMS is sent in."
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="attempt_number_once", fields=["delivery", "number"]),
            models.UniqueConstraint(
                name="attempt_one_open", fields=["delivery"], condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="attempt_closed_has_outcome",
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(name="attempt_by_reference", fields=["reference"], condition=~Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}"


class CapturedMessage(models.Model):
    """A mail or SMS that demo kept instead of sending."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="captured")
    captured_at = models.DateTimeField(auto_now_add=True)
    recipient = models.CharField(max_length=1000)
    subject = models.TextField(blank=True)
    content = models.TextField(help_text="The whole mail in MIME, or the text of an SMS.")

    def __str__(self) -> str:
        return f"captured {self.pk}"
