"""Accepted messages whose report never came (notifications.md 9.3)."""

from django.db import transaction
from django.utils import timezone

from notifications.enums import Channel, DeliveryState
from notifications.models import Delivery
from notifications.services.delivery.attempts import report_failure
from notifications.services.delivery.completion import complete_finished

UNREPORTED = {Channel.EMAIL: DeliveryState.EMAIL_FAILED_TTL, Channel.SMS: DeliveryState.SMS_FAILED_TTL}
CHUNK = 500


def expire_unreported() -> None:
    """End what a provider has accepted and not reported in time: nobody knows whether it arrived."""
    now = timezone.now()
    with transaction.atomic():
        silent = Delivery.objects.filter(report_by__lte=now, claimed_by__isnull=True).order_by("report_by")
        held = silent.select_related("notification__order").select_for_update(
            of=("self",), skip_locked=True, no_key=True
        )
        expired = list(held[:CHUNK])
        for delivery in expired:
            report_failure(delivery, "It was accepted, and no report of its delivery came in time.")
        for channel, state in UNREPORTED.items():
            ids = [delivery.pk for delivery in expired if delivery.channel == channel]
            Delivery.objects.filter(pk__in=ids).update(state=state, state_changed_at=now, report_by=None)
        complete_finished([delivery.notification_id for delivery in expired], at=now)
