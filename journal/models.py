"""What happened, for subscribers (events) and for operators (follow-ups)."""

from __future__ import annotations

import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import MD5

from journal.enums import EventDeliveryState, EventSource, EventType, FollowUpKind
from registry.identifiers import masked
from registry.ids import uuid7

ANSWER, ANSWER_OF_SUCCESS = "HTTP ", "HTTP 2"
"""How a subscription's last answer begins when its receiver gave one, and when that was a yes."""
REFUSING = Q(failures=0, last_answer__startswith=ANSWER) & ~Q(last_answer__startswith=ANSWER_OF_SUCCESS)


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

    @property
    def words(self) -> str:
        """What happened, to be read."""
        return EventType(self.type).label.capitalize()


class EventSubscriptionQuerySet(models.QuerySet["EventSubscription"]):
    def of(self, *, party_urn: str, system_user: uuid.UUID | None) -> EventSubscriptionQuerySet:
        """What this party, or this system user of it, has subscribed to and not ended."""
        return self.filter(party_urn=party_urn, system_user=system_user, ended_at__isnull=True)

    def to_serve(self, at: datetime) -> EventSubscriptionQuerySet:
        """Those that something may be sent to now: not ended, and not left alone after a failure."""
        rested = Q(paused_until__isnull=True) | Q(paused_until__lte=at)
        return self.filter(rested, ended_at__isnull=True)

    def with_work(self, at: datetime, *, validated_since: datetime) -> EventSubscriptionQuerySet:
        """Those with an event that is due, or, if they are younger than that moment, with a receiver to be asked."""
        due = EventDelivery.objects.due(at).filter(subscription=OuterRef("pk"))
        to_validate = Q(validated_at__isnull=True, asked_at__gt=validated_since)
        return self.to_serve(at).filter(to_validate | Exists(due))

    def in_trouble(self) -> EventSubscriptionQuerySet:
        """Those whose receivers do not answer, or say that they cannot just now."""
        return self.filter(ended_at__isnull=True, failures__gt=0)

    def refusing(self) -> EventSubscriptionQuerySet:
        """Those whose receivers answer, and took nothing of what they were sent last."""
        return self.filter(REFUSING, ended_at__isnull=True)

    def needing_attention(self) -> EventSubscriptionQuerySet:
        """Those with a receiver that once agreed and takes nothing now, or with events that were given up."""
        failed = EventDelivery.objects.failed().filter(subscription=OuterRef("pk"))
        listening = self.filter(ended_at__isnull=True, validated_at__isnull=False)
        return listening.filter(Q(failures__gt=0) | REFUSING | Exists(failed))


class EventSubscription(models.Model):
    """Who wants which events of one resource, and where. Only a validated one gets any.

    An empty filter lets everything pass. It outlives its end, so that what was sent can be looked up.
    """

    endpoint = models.CharField(max_length=2000)
    resource_id = models.CharField(max_length=255)
    subject = models.CharField(max_length=512, blank=True, help_text="A party's URN.")
    type = models.CharField(max_length=64, choices=EventType.choices, blank=True)
    source = models.CharField(max_length=16, choices=EventSource.choices, blank=True)
    consumer = models.CharField(max_length=512, help_text="The subscriber's name on the wire.")
    party_urn = models.CharField(max_length=512)
    system_user = models.UUIDField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of the token it was made with."
    )
    is_service_owner = models.BooleanField(default=False, help_text="Made with a service owner's token.")
    encrypted_secret = models.BinaryField(
        help_text="Signs what is sent; encrypted with a key from SECRET_KEY."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(help_text="When the subscriber last asked for it to be validated.")
    validated_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row, since its receiver last answered.")
    paused_until = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = EventSubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "party_urn",
                "system_user",
                "resource_id",
                "subject",
                "type",
                "source",
                MD5("endpoint"),
                name="event_subscription_once",
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="event_subscription_filters_valid",
                condition=Q(type__in=["", *EventType.values], source__in=["", *EventSource.values]),
            ),
        ]
        indexes = [
            models.Index(
                name="event_subscription_listening",
                fields=["resource_id"],
                condition=Q(validated_at__isnull=False, ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"

    @property
    def for_operators(self) -> str:
        """The subscriber; a national identity number keeps its birth date only."""
        path, _, name = self.consumer.rpartition("/")
        return f"{path}/{masked(name)}" if path else masked(name)

    @property
    def is_validated(self) -> bool:
        return self.validated_at is not None

    @property
    def is_refusing(self) -> bool:
        """What `REFUSING` says, of one that is loaded."""
        answered = not self.failures and self.last_answer.startswith(ANSWER)
        return answered and not self.last_answer.startswith(ANSWER_OF_SUCCESS)

    @property
    def receiver(self) -> str:
        """Its address without the query, where integrators put keys."""
        return urlsplit(self.endpoint)._replace(query="", fragment="").geturl()


class EventDeliveryQuerySet(models.QuerySet["EventDelivery"]):
    def waiting(self) -> EventDeliveryQuerySet:
        return self.filter(state=EventDeliveryState.WAITING)

    def failed(self) -> EventDeliveryQuerySet:
        return self.filter(state=EventDeliveryState.FAILED)

    def due(self, at: datetime) -> EventDeliveryQuerySet:
        return self.waiting().filter(next_attempt_at__lte=at)

    def told_between(self, since: datetime | None, until: datetime | None) -> EventDeliveryQuerySet:
        """Of events from the first moment on and before the second."""
        begun = self.filter(event__time__gte=since) if since else self
        return begun.filter(event__time__lt=until) if until else begun


class EventDelivery(models.Model):
    """One event on its way to one subscriber."""

    event = models.ForeignKey(OutboundEvent, on_delete=models.CASCADE, related_name="deliveries")
    subscription = models.ForeignKey(
        EventSubscription, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    state = models.CharField(
        max_length=16, choices=EventDeliveryState.choices, default=EventDeliveryState.WAITING
    )
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="When it is given up.")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="Set while a try is under way.")
    finished_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=200, blank=True)

    objects = EventDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "event deliveries"
        constraints = [
            models.UniqueConstraint(name="event_delivery_once", fields=["subscription", "event"]),
            models.CheckConstraint(
                name="event_delivery_state_valid", condition=Q(state__in=EventDeliveryState.values)
            ),
            models.CheckConstraint(
                name="event_delivery_finished_coherence",
                condition=Q(state=EventDeliveryState.WAITING, finished_at__isnull=True)
                | ~Q(state=EventDeliveryState.WAITING) & Q(finished_at__isnull=False, opened_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="event_delivery_waiting",
                fields=["subscription", "next_attempt_at"],
                condition=Q(state=EventDeliveryState.WAITING),
            ),
            models.Index(
                name="event_delivery_oldest",
                fields=["expires_at"],
                condition=Q(state=EventDeliveryState.WAITING),
            ),
            models.Index(
                name="event_delivery_failed",
                fields=["subscription", "id"],
                condition=Q(state=EventDeliveryState.FAILED),
            ),
        ]

    def __str__(self) -> str:
        return f"event delivery {self.pk}"

    @property
    def for_operators(self) -> str:
        return f"{self.event.words}, {self.event.resource_instance}, to {self.subscription.for_operators}"

    @property
    def receiver(self) -> str:
        return self.subscription.receiver

    def next_moment(self) -> datetime:
        """When it can be tried next, at the earliest: not before its receiver's pause is over."""
        pause = self.subscription.paused_until
        return max(self.next_attempt_at, pause) if pause else self.next_attempt_at


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
    subscription = models.ForeignKey(
        EventSubscription, on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups"
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
