from procrastinate.contrib.django import app

from journal.jobs import DELIVER_EVENTS, DISPATCH_EVENTS, RETRY_STALLED_JOBS
from journal.services.deliver_events import deliver_events
from journal.services.event_dispatch import dispatch_events
from journal.services.stalled_jobs import retry_stalled_jobs
from registry.queue import job, run_by_the_clock

SENT_ANYWAY = "What is due is sent all the same, within seconds. To stop it, discard the deliveries or end the subscription."


@app.task(name=RETRY_STALLED_JOBS, queueing_lock=RETRY_STALLED_JOBS)
async def retry_what_has_stalled(timestamp: int) -> None:
    """Every ten seconds, and so soon after a worker's start."""
    del timestamp
    await retry_stalled_jobs()


run_by_the_clock(retry_what_has_stalled)


@job(DISPATCH_EVENTS)
def dispatch_what_is_due(**_: object) -> None:
    """Every other second: that is how late an event is, and all that it costs when there is none."""
    dispatch_events()


@job(DELIVER_EVENTS, comes_back=SENT_ANYWAY)
def deliver_to_subscriber(*, subscription_id: int, **_: object) -> None:
    deliver_events(subscription_id=subscription_id)
