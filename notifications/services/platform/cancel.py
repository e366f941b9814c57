"""Dropping what the platform has accepted (notifications.md 7.1)."""

import uuid

from django.db import transaction
from django.utils import timezone

from notifications.enums import NotificationState
from notifications.models import Notification
from notifications.services.delivery.completion import finish_orders
from notifications.transports.notification_platform import notification_platform

CANCELLABLE = (NotificationState.REGISTERED, NotificationState.CANCELLED)
"""The second was cancelled here while the platform accepted it."""


def cancel_shipment(*, notification_id: uuid.UUID, reason: str) -> None:
    """Ask once; when it is too late the platform still asks us before it sends. Raises NeighbourFailed."""
    notification = Notification.objects.get(pk=notification_id)
    if notification.state not in CANCELLABLE:
        return
    with notification_platform() as platform:
        cancelled = platform.cancel(notification.shipment_id)
    if cancelled:
        _record(notification, reason)


def _record(notification: Notification, reason: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        Notification.objects.filter(pk=notification.pk, state__in=CANCELLABLE).update(
            state=NotificationState.CANCELLED, state_changed_at=now, reason=reason, look_at=None
        )
        finish_orders([notification.pk], at=now)
