"""Jobs of killed workers are taken up again by whoever is alive (design.md point 2)."""

import structlog
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

log = structlog.get_logger()


async def retry_stalled_jobs() -> None:
    """Queue again every job whose worker has given no sign of life for too long.

    A job with a queueing lock runs by the clock and has a younger one behind it, so it only ends.
    """
    silence: float = settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
        try:
            await _take_up(stalled)
        except ConnectorException as error:
            # It has ended, or another worker was faster; the others are still to be looked at.
            log.info("stalled_job_left", job_id=stalled.id, error=type(error).__name__)
        else:
            log.warning("stalled_job_taken_up", job_id=stalled.id, task=stalled.task_name)


async def _take_up(stalled: Job) -> None:
    if stalled.queueing_lock:
        await app.job_manager.finish_job(stalled, status=Status.FAILED, delete_job=True)
    else:
        await app.job_manager.retry_job(stalled)
