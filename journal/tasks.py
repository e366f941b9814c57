from procrastinate.contrib.django import app

from journal.jobs import RETRY_STALLED_JOBS
from journal.services.stalled_jobs import retry_stalled_jobs
from registry.queue import run_by_the_clock


@app.task(name=RETRY_STALLED_JOBS, queueing_lock=RETRY_STALLED_JOBS)
async def retry_what_has_stalled(timestamp: int) -> None:
    """Every ten seconds, and so soon after a worker's start."""
    del timestamp
    await retry_stalled_jobs()


run_by_the_clock(retry_what_has_stalled)
