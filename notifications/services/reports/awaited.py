"""Which acceptances are followed by a report, and what becomes of those that aren't (notifications.md 9.3)."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from notifications.enums import Channel
from notifications.models import Delivery
from notifications.report_providers import SIMULATOR

GRACE = timedelta(seconds=300)
"""After a delivery's expiry."""


def report_deadline(delivery: Delivery, provider: str) -> datetime | None:
    """When the report of the provider that has taken it must have come; None when its acceptance is final."""
    return delivery.expires_at + GRACE if _reports(Channel(delivery.channel), provider) else None


def _reports(channel: Channel, provider: str) -> bool:
    if provider == SIMULATOR:
        return True
    host = urlsplit(provider).hostname or ""
    return any(one.channel == channel and one.host in {"", host} for one in settings.REPORT_PROVIDERS)
