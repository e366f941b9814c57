"""Names of this app's jobs, and how they are queued."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from registry.queue import defer, defer_many

DELIVER_DUE = "notifications.deliver_due"
DELIVER_BY_THE_CLOCK = "notifications.deliver_by_the_clock"
PLACE_DUE = "notifications.place_due"
WORK_WITH_PLATFORM = "notifications.work_with_platform"
CANCEL_SHIPMENT = "notifications.cancel_shipment"
WORK_ON_REPORT = "notifications.work_on_report"
REPORT_SIMULATED = "notifications.report_simulated"
RECORD_FORWARDED = "correspondence.record_forwarded"
"""Of the app above, by name: how a forwarded mail ended (design.md point 17)."""
RECORD_OUTCOMES = "correspondence.record_outcomes"
"""The same of the others, for letters' dialogs."""


def defer_delivery() -> None:
    """Send what is due now. In the caller's transaction."""
    defer(DELIVER_DUE)


def is_delivery_queued() -> bool:
    """Whether a job waits that will send what is due by now and committed."""
    return _is_queued(DELIVER_DUE)


def defer_placing() -> None:
    """Place the platform's due orders now. In the caller's transaction."""
    defer(PLACE_DUE)


def is_placing_queued() -> bool:
    """Whether a job waits that will place what is due by now and committed."""
    return _is_queued(PLACE_DUE)


def defer_cancelling(notification_ids: Iterable[uuid.UUID], *, reason: str) -> None:
    """Ask the platform to drop what it has accepted. In the caller's transaction."""
    jobs = [{"notification_id": str(identity), "reason": reason} for identity in notification_ids]
    defer_many(CANCEL_SHIPMENT, jobs)


def defer_report(received_id: int, *, at: datetime | None = None) -> None:
    """Read a provider's report, and apply what it says. In the caller's transaction."""
    defer(WORK_ON_REPORT, at=at, received_id=received_id)


def defer_simulated_report(delivery_id: int, *, at: datetime) -> None:
    """Let the simulator report on a message. In the caller's transaction."""
    defer(REPORT_SIMULATED, at=at, delivery_id=delivery_id)


def defer_record_forwarded(*, forwarding_id: uuid.UUID, delivered: bool) -> None:
    defer(RECORD_FORWARDED, forwarding_id=str(forwarding_id), delivered=delivered)


def defer_record_outcomes(notification_ids: Sequence[uuid.UUID]) -> None:
    """Tell upwards how these have ended, where a dialog service wants to know. In the caller's transaction."""
    if notification_ids and settings.DIALOG_SERVICE_URL:
        defer(RECORD_OUTCOMES, notification_ids=[str(identity) for identity in notification_ids])


def _is_queued(name: str) -> bool:
    return ProcrastinateJob.objects.filter(task_name=name, status="todo").exists()
