"""What a report changes: a delivery's state goes forward and never back (notifications.md 9.4)."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from notifications.enums import (
    ACCEPTED_STATES,
    SENT_STATES,
    AttemptOutcome,
    Channel,
    DeliveryState,
    ReportOutcome,
)
from notifications.jobs import defer_report
from notifications.models import Attempt, Delivery, DeliveryReport, ReceivedReport
from notifications.services.delivery.attempts import SENDING, report_failure
from notifications.services.delivery.claims import NEW
from notifications.services.delivery.completion import settle
from notifications.services.reports.awaited import GRACE, may_report
from notifications.services.reports.read import Report, read_reports

PATIENCE = timedelta(minutes=5)
"""How long a report may be ahead of what we have committed ourselves."""
RETRY = timedelta(seconds=15)

log = structlog.get_logger()


def work_on_report(*, received_id: int) -> None:
    """Read it, keep what it says, and apply it; what is not known yet is looked for again. Repeatable."""
    with transaction.atomic():
        received = ReceivedReport.objects.select_for_update(no_key=True).get(pk=received_id)
        if received.finished_at is not None:
            return
        reading = read_reports(channel=Channel(received.channel), body=bytes(received.body))
        _keep(received, reading.reports)
        if reading.problem and not received.problem:
            log.warning("delivery_report_unreadable", received_id=received.pk, provider=received.provider)
        received.problem = reading.problem
        waiting = list(received.reports.filter(outcome=ReportOutcome.WAITING).order_by("reference", "pk"))
        is_last_try = timezone.now() >= received.received_at + PATIENCE
        for report in waiting:
            _work_on(report, is_last_try=is_last_try)
        if any(report.outcome == ReportOutcome.WAITING for report in waiting):
            defer_report(received.pk, at=timezone.now() + RETRY)
        else:
            received.finished_at = timezone.now()
        received.save(update_fields=["problem", "finished_at"])


def _keep(received: ReceivedReport, reports: Sequence[Report]) -> None:
    """What the same provider has said before is no news."""
    DeliveryReport.objects.bulk_create(
        [
            DeliveryReport(
                received=received,
                channel=received.channel,
                provider=received.provider,
                reference=report.reference,
                word=report.word,
                state=report.state or "",
                detail=report.detail,
                received_at=received.received_at,
            )
            for report in reports
        ],
        ignore_conflicts=True,
    )


def _work_on(report: DeliveryReport, *, is_last_try: bool) -> None:
    channel = Channel(report.channel)
    delivery = _delivery(channel, report)
    if delivery is None or delivery.state == SENDING[channel]:
        if not is_last_try:
            return
        report.outcome = ReportOutcome.NO_MESSAGE
    else:
        report.delivery = delivery
        report.outcome = _apply(delivery, report)
    report.save(update_fields=["delivery", "outcome"])
    log.info("delivery_report", provider=report.provider, word=report.word, outcome=report.outcome)


def _delivery(channel: Channel, report: DeliveryReport) -> Delivery | None:
    """Locked; by our id of the message, or by the provider's own."""
    found = Delivery.objects.filter(channel=channel, message_id__in=_our_ids(channel, report.reference))
    if not found.exists():
        found = Delivery.objects.filter(pk__in=_by_their_id(channel, report))
    return found.select_related("notification__order").select_for_update(of=("self",), no_key=True).first()


def _our_ids(channel: Channel, reference: str) -> list[str]:
    """Providers write a `Message-ID` with or without its brackets."""
    bare = reference.strip("<>")
    return [f"<{bare}>", bare] if channel == Channel.EMAIL else [reference.lower()]


def _by_their_id(channel: Channel, report: DeliveryReport) -> list[int]:
    """Of what they have taken themselves: another provider may have given the same id."""
    attempts = Attempt.objects.filter(reference=report.reference, delivery__channel=channel)
    return [
        one.delivery_id
        for one in attempts
        if may_report(report.provider, channel=channel, provider=one.provider)
    ]


def _apply(delivery: Delivery, report: DeliveryReport) -> ReportOutcome:
    """A message that nobody has been asked to take, or whose end is known, stays as it is."""
    if report.received_at > delivery.expires_at + GRACE:
        return ReportOutcome.LATE
    if not report.state or not _may_change(delivery):
        return ReportOutcome.UNCHANGED
    now = timezone.now()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState(report.state), state_changed_at=now, report_by=None, next_attempt_at=None
    )
    if report.state not in SENT_STATES:
        report_failure(delivery, f"{report.provider} reports: {report.word} {report.detail}".strip())
    settle([delivery.pk], at=now)
    return ReportOutcome.APPLIED


def _may_change(delivery: Delivery) -> bool:
    """Also one that is to be tried again: its provider may have taken what it seemed to refuse."""
    if delivery.state in ACCEPTED_STATES:
        return True
    tried = {AttemptOutcome.TEMPORARY, AttemptOutcome.INTERRUPTED}
    is_new = delivery.state == NEW[Channel(delivery.channel)]
    return is_new and delivery.attempts.filter(outcome__in=tried).exists()
