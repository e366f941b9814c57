from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Lower

from notifications.enums import (
    SENT_STATES,
    NotificationChannel,
    NotificationResult,
    NotificationState,
    OrderPurpose,
)
from notifications.models.text import NotificationText
from registry.ids import uuid7


def invalid_key(written: str) -> str:
    """The party key of a number that names no party, as the sender wrote it."""
    return f"invalid:{written}"


class OrderQuerySet(models.QuerySet["Order"]):
    def to_place(self) -> OrderQuerySet:
        """Which the national platform has not taken yet."""
        return self.filter(place_at__isnull=False)

    def firsts(self) -> OrderQuerySet:
        """Those that these repeat, and these themselves where they repeat none."""
        return Order.objects.filter(pk__in=self.annotate(first=Coalesce("repeats_id", "pk")).values("first"))

    def unreached(self, since: datetime) -> OrderQuerySet:
        """Of which something ended since then and nothing has reached anybody, and whose letters wait unread.

        Their repetitions count for them. Without what has nothing to send, and what is being sent again.
        """
        ended = Order.objects.filter(
            notifications__result__in=[NotificationResult.SUCCESS, NotificationResult.MISSING_CONTACT],
            notifications__state=NotificationState.COMPLETED,
            notifications__state_changed_at__gte=since,
        )
        sent = Q(notifications__deliveries__state__in=SENT_STATES)
        repetitions = Order.objects.filter(repeats=OuterRef("pk"))
        return self.filter(
            Q(pk__in=ended.firsts()),
            ~Exists(Order.objects.filter(sent, pk=OuterRef("pk"))),
            ~Exists(repetitions.filter(sent | Q(finished_at__isnull=True))),
            ~Exists(
                Notification.objects.filter(
                    order=OuterRef("pk"), is_reminder=False, result=NotificationResult.FAILURE
                )
            ),
            correspondence__read_at__isnull=True,
            correspondence__confirmed_at__isnull=True,
            correspondence__purged_at__isnull=True,
        )


class Order(models.Model):
    """What one party is told about one letter; its id is the answer's `orderId`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    correspondence = models.ForeignKey(
        "correspondence.Correspondence", on_delete=models.PROTECT, related_name="orders"
    )
    purpose = models.CharField(max_length=16, choices=OrderPurpose.choices, default=OrderPurpose.LETTER)
    party_key = models.CharField(max_length=600, help_text="notifications.md 2.5")
    party_urn = models.CharField(max_length=512, blank=True, help_text="Of a party that is looked up.")
    address = models.CharField(
        max_length=1000,
        blank=True,
        help_text="Given by the sender instead of a party, or by an operator who corrects.",
    )
    party_name = models.CharField(max_length=255, blank=True)
    text = models.ForeignKey(NotificationText, on_delete=models.PROTECT, related_name="orders")
    ignore_reservation = models.BooleanField(null=True, blank=True)
    repeats = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="repetitions"
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True, help_text="Why an operator sent it again.")
    forced = models.BooleanField(
        default=False, help_text="Sent again although the recipient is reserved or has read the letter."
    )
    finished_at = models.DateTimeField(null=True, blank=True, help_text="When nothing more will be sent.")
    created_at = models.DateTimeField()

    by_platform = models.BooleanField(
        default=False, help_text="The national platform sends it, and not our own delivery."
    )
    platform_order_id = models.UUIDField(
        null=True, blank=True, unique=True, help_text="The platform's own, once it has accepted the order."
    )
    place_at = models.DateTimeField(
        null=True, blank=True, help_text="When the platform is asked (again) to take it."
    )
    place_attempts = models.PositiveSmallIntegerField(default=0)
    place_trouble = models.TextField(blank=True, help_text="Why the last try to place it failed.")

    objects = OrderQuerySet.as_manager()

    class Meta:
        permissions = [
            ("resend_order", "Can send a notification again"),
            (
                "force_resend",
                "Can send a notification again to somebody who is reserved or has read the letter",
            ),
        ]
        indexes = [
            models.Index(Lower("address"), name="order_by_address", condition=~Q(address="")),
            models.Index(name="order_to_place", fields=["place_at"], condition=Q(place_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="order_platform_coherence",
                condition=Q(place_at__isnull=True, platform_order_id__isnull=True)
                | Q(by_platform=True, platform_order_id__isnull=True)
                | Q(by_platform=True, place_at__isnull=True),
                violation_error_message="Only an order of the platform's is placed there, and only once.",
            ),
            models.UniqueConstraint(
                name="order_one_per_party",
                fields=["correspondence", "purpose", "party_key"],
                condition=Q(repeats__isnull=True),
            ),
            models.UniqueConstraint(
                name="order_one_unfinished_resend",
                fields=["repeats"],
                condition=Q(repeats__isnull=False, finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="order_is_for_a_party_or_an_address",
                condition=(~Q(party_urn="") & Q(address=""))
                | (Q(party_urn="") & ~Q(address=""))
                | (~Q(party_urn="") & Q(repeats__isnull=False)),
                violation_error_message="An order is for a party or an address; a resend may correct a party's address.",
            ),
            models.CheckConstraint(
                name="order_only_a_resend_is_forced",
                condition=Q(forced=False) | Q(repeats__isnull=False),
            ),
            models.CheckConstraint(
                name="order_resend_has_operator_and_reason",
                condition=Q(repeats__isnull=True) | (Q(operator__isnull=False) & ~Q(reason="")),
                violation_error_message="A resend names its operator and a reason.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def senders_reference(self) -> str:
        """As the national platform is given it and `details` shows it (notifications.md 2.4, 7.3)."""
        is_ours = self.purpose == OrderPurpose.CONFIDENTIAL
        return "corr-" + ("corr-confidential-reminder" if is_ours else self.correspondence.senders_reference)

    @property
    def names_nobody(self) -> bool:
        """The sender gave a number that no party can have; it stands where an address would."""
        return self.address != "" and self.party_key == invalid_key(self.address)

    @property
    def has_corrected_address(self) -> bool:
        return self.repeats is not None and self.address != self.repeats.address


def moot_once_read(notification: str = "") -> Q:
    """Of no use to whoever has read the letter: reminders, and what is sent again unless that was forced.

    A forwarded letter is for somebody else, and always has been read. `notification` is the look-up that leads to it.
    """
    repeated = {f"{notification}order__repeats__isnull": False, f"{notification}order__forced": False}
    is_forward = Q(**{f"{notification}order__purpose": OrderPurpose.FORWARD})
    return Q(**{f"{notification}is_reminder": True}) | (Q(**repeated) & ~is_forward)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, at: datetime) -> NotificationQuerySet:
        """Ours to send: released, not begun, and their time has come."""
        waiting = self.filter(state=NotificationState.REGISTERED, order__by_platform=False)
        return waiting.filter(released_at__isnull=False, send_at__lte=at)


class Notification(models.Model):
    """The main notification or the reminder of an order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="notifications")
    is_reminder = models.BooleanField(default=False)
    shipment_id = models.UUIDField(unique=True, default=uuid7)
    channel = models.SmallIntegerField(choices=NotificationChannel.choices)
    send_at = models.DateTimeField(help_text="Not before.")
    released_at = models.DateTimeField(null=True, blank=True, help_text="When the letter was published.")
    result = models.CharField(max_length=16, choices=NotificationResult.choices)
    state = models.CharField(
        max_length=32, choices=NotificationState.choices, default=NotificationState.REGISTERED
    )
    state_changed_at = models.DateTimeField()
    reason = models.TextField(blank=True, help_text="Why it failed, was cancelled or found nobody.")
    created_at = models.DateTimeField()

    placed_at = models.DateTimeField(null=True, blank=True, help_text="When the platform accepted it.")
    look_at = models.DateTimeField(
        null=True, blank=True, help_text="When the platform is asked (again) what became of it."
    )
    looks = models.PositiveSmallIntegerField(default=0)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notification_main_and_reminder", fields=["order", "is_reminder"]),
            models.CheckConstraint(
                name="notification_state_valid", condition=Q(state__in=NotificationState.values)
            ),
            models.CheckConstraint(
                name="notification_result_valid", condition=Q(result__in=NotificationResult.values)
            ),
            models.CheckConstraint(
                name="notification_looked_at_once_placed",
                condition=Q(look_at__isnull=True) | Q(placed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="notification_due",
                fields=["send_at"],
                condition=Q(state=NotificationState.REGISTERED, released_at__isnull=False),
            ),
            models.Index(
                name="notification_to_look_at", fields=["look_at"], condition=Q(look_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_moot_once_read(self) -> bool:
        """As the query of that name, for one."""
        order = self.order
        is_repeated = order.repeats_id is not None and order.purpose != OrderPurpose.FORWARD
        return self.is_reminder or (is_repeated and not order.forced)
