from notifications.jobs import DELIVER_BY_THE_CLOCK, DELIVER_DUE
from notifications.services.delivery.deliver import deliver_due
from registry.queue import job


@job(DELIVER_DUE)
def deliver_now(*, job_id: int) -> None:
    deliver_due(job_id=job_id)


@job(DELIVER_BY_THE_CLOCK, every="* * * * * */15")
def deliver_by_the_clock(*, job_id: int) -> None:
    """Reminders, retries and whatever waited for its time of day."""
    deliver_due(job_id=job_id)
