import uuid

from attachments.jobs import EXPIRE, REMOVE_BYTES, SCAN, SWEEP
from attachments.services.expire import expire_due
from attachments.services.incoming import sweep_incoming
from attachments.services.scan import scan
from attachments.services.upload import release_abandoned
from attachments.services.uses import remove_bytes
from registry.queue import WhileDown, job


@job(REMOVE_BYTES)
def remove_bytes_of_attachment(*, attachment_id: str, **_: object) -> None:
    remove_bytes(attachment_id=uuid.UUID(attachment_id))


@job(SCAN, retry=WhileDown())
def scan_attachment(*, attachment_id: str, **_: object) -> None:
    scan(attachment_id=uuid.UUID(attachment_id))


@job(EXPIRE, every="* * * * *")
def expire_attachments(**_: object) -> None:
    expire_due()


@job(SWEEP, every="* * * * *")
def sweep_what_processes_left(**_: object) -> None:
    sweep_incoming()
    release_abandoned()
