"""A letter is passed on by e-mail: the order of its mail, and what is told upwards of its end (design.md point 17)."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db.models import Exists, OuterRef

from notifications.enums import (
    SENT_STATES,
    NotificationChannel,
    NotificationResult,
    NotificationState,
    OrderPurpose,
)
from notifications.jobs import defer_delivery, defer_record_forwarded
from notifications.models import Delivery, Notification, NotificationText, Order
from notifications.requests import ForwardedMail

WORD = "Forward"
"""In place of the template that a sender asks for."""
ENDED = (NotificationState.COMPLETED, NotificationState.CONDITION_NOT_MET, NotificationState.CANCELLED)


def order_forward(mail: ForwardedMail, *, at: datetime) -> None:
    """Send the mail now; the order has the forwarding's id. In the transaction that stores the forwarding."""
    text = NotificationText.objects.create(
        language=mail.language,
        template=WORD,
        email_subject=mail.subject,
        email_body=mail.body,
        files=[asdict(file) for file in mail.files],
    )
    order = Order.objects.create(
        id=mail.forwarding_id,
        correspondence_id=mail.correspondence_id,
        purpose=OrderPurpose.FORWARD,
        party_key=f"forward:{mail.forwarding_id}",  # whoever may forward again after a failure gets a new order
        address=mail.address,
        text=text,
        created_at=at,
    )
    Notification.objects.create(
        order=order,
        channel=NotificationChannel.EMAIL,
        send_at=at,
        released_at=at,
        result=NotificationResult.SUCCESS,
        state_changed_at=at,
        created_at=at,
    )
    defer_delivery()


def report_forwards(notification_ids: Sequence[uuid.UUID]) -> None:
    """Tell how those of the notifications that forward a letter have ended. Telling it again changes nothing."""
    deliveries = Delivery.objects.filter(notification=OuterRef("pk"))
    ended = Notification.objects.filter(
        ~Exists(deliveries.unfinished()),
        pk__in=notification_ids,
        order__purpose=OrderPurpose.FORWARD,
        state__in=ENDED,
    ).annotate(delivered=Exists(deliveries.filter(state__in=SENT_STATES)))
    for order_id, repeats_id, delivered in ended.values_list("order_id", "order__repeats_id", "delivered"):
        defer_record_forwarded(forwarding_id=repeats_id or order_id, delivered=delivered)
