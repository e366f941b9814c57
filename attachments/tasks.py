import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from attachments.jobs import REMOVE_BYTES
from attachments.services.uses import remove_bytes

STORAGE_DOWN = RetryStrategy(max_attempts=20, exponential_wait=4)


@app.task(name=REMOVE_BYTES, retry=STORAGE_DOWN)
def remove_bytes_of_attachment(attachment_id: str) -> None:
    remove_bytes(attachment_id=uuid.UUID(attachment_id))
