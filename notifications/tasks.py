import uuid

from notifications.jobs import (
    CANCEL_SHIPMENT,
    DELIVER_BY_THE_CLOCK,
    DELIVER_DUE,
    PLACE_DUE,
    REPORT_SIMULATED,
    WORK_ON_REPORT,
    WORK_WITH_PLATFORM,
)
from notifications.services.delivery.deliver import deliver_due
from notifications.services.platform.cancel import cancel_shipment
from notifications.services.platform.work import place_what_is_due, work_with_platform
from notifications.services.reports.apply import work_on_report
from notifications.services.reports.simulate import report_simulated
from registry.queue import job

SENT_ANYWAY = (
    "What is due leaves all the same, within half a minute. A notification is stopped by withdrawing its letter "
    "(its sender: DELETE /correspondence/api/v1/correspondence/{its id}/purge), a reminder also by reading it."
)


@job(DELIVER_DUE, comes_back=SENT_ANYWAY)
def deliver_now(*, job_id: int) -> None:
    deliver_due(job_id=job_id)


@job(DELIVER_BY_THE_CLOCK, every="* * * * * */15", comes_back=SENT_ANYWAY)
def deliver_by_the_clock(*, job_id: int) -> None:
    """Reminders, retries and whatever waited for its time of day."""
    deliver_due(job_id=job_id)


@job(PLACE_DUE, comes_back=SENT_ANYWAY)
def place_now(**_: object) -> None:
    place_what_is_due()


@job(WORK_WITH_PLATFORM, every="* * * * * */15", comes_back=SENT_ANYWAY)
def place_and_follow_by_the_clock(**_: object) -> None:
    """Orders to be placed again, and shipments to be looked at."""
    work_with_platform()


@job(CANCEL_SHIPMENT)
def cancel_on_platform(*, notification_id: str, reason: str, **_: object) -> None:
    cancel_shipment(notification_id=uuid.UUID(notification_id), reason=reason)


@job(WORK_ON_REPORT)
def read_and_apply_report(*, received_id: int, **_: object) -> None:
    work_on_report(received_id=received_id)


@job(REPORT_SIMULATED)
def post_simulated_report(*, delivery_id: int, **_: object) -> None:
    report_simulated(delivery_id=delivery_id)
