"""A provider's report is kept as it came, and read by a job."""

from django.db import transaction
from django.utils import timezone

from notifications.enums import Channel
from notifications.jobs import defer_report
from notifications.models import ReceivedReport


def receive_report(*, channel: Channel, provider: str, body: bytes) -> ReceivedReport:
    """Whoever calls this has made sure who the provider is."""
    with transaction.atomic():
        received = ReceivedReport.objects.create(
            channel=channel, provider=provider, body=body, received_at=timezone.now()
        )
        defer_report(received.pk)
    return received
