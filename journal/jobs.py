RETRY_STALLED_JOBS = "journal.retry_stalled_jobs"
