"""Jobs of killed workers are taken up again by whoever is alive."""

from django.conf import settings
from procrastinate.contrib.django import app

from journal.jobs import RETRY_STALLED_JOBS


@app.periodic(cron="* * * * * */10", periodic_id=RETRY_STALLED_JOBS)
@app.task(name=RETRY_STALLED_JOBS, queueing_lock=RETRY_STALLED_JOBS)
async def retry_stalled_jobs(timestamp: int) -> None:
    """Every ten seconds, and so at a worker's start; a job whose worker gave no sign of life is queued again."""
    del timestamp
    silence: float = settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
        await app.job_manager.retry_job(stalled)
