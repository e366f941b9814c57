"""Which acceptances are followed by a report, and what becomes of those that aren't (notifications.md 9.3)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from notifications.enums import Channel
from notifications.jobs import defer_simulated_report
from notifications.models import Delivery
from notifications.report_providers import SIMULATOR, ReportProvider
from notifications.simulation import REPORT_AFTER, SILENCE
from notifications.transports.urls import host_of

GRACE = timedelta(seconds=300)
"""After a delivery's expiry."""


def await_report(delivery: Delivery, provider: str) -> datetime | None:
    """When the report of the provider that has taken it must have come; None when its acceptance is final.

    The simulator's report is on its way then. In the transaction that records the acceptance.
    """
    if provider == SIMULATOR:
        now = timezone.now()
        defer_simulated_report(delivery.pk, at=now + REPORT_AFTER)
        return now + SILENCE
    return delivery.expires_at + GRACE if _reporters(Channel(delivery.channel), provider) else None


def may_report(reporter: str, *, channel: Channel, provider: str) -> bool:
    """Whether the one of that name in `DELIVERY_REPORTS` speaks for the provider that took a message."""
    return any(one.name == reporter for one in _reporters(channel, provider))


def _reporters(channel: Channel, provider: str) -> list[ReportProvider]:
    host = host_of(provider)
    return [one for one in settings.REPORT_PROVIDERS if one.channel == channel and one.host in {"", host}]
