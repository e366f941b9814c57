import uuid

from attachments.jobs import REMOVE_BYTES
from attachments.services.uses import remove_bytes
from registry.queue import job


@job(REMOVE_BYTES)
def remove_bytes_of_attachment(*, attachment_id: str, **_: object) -> None:
    remove_bytes(attachment_id=uuid.UUID(attachment_id))
