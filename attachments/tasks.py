import uuid

from attachments.jobs import REMOVE_BYTES, SCAN, SWEEP_INCOMING
from attachments.services.incoming import sweep_incoming
from attachments.services.scan import scan
from attachments.services.uses import remove_bytes
from registry.queue import job


@job(REMOVE_BYTES)
def remove_bytes_of_attachment(*, attachment_id: str, **_: object) -> None:
    remove_bytes(attachment_id=uuid.UUID(attachment_id))


@job(SCAN)
def scan_attachment(*, attachment_id: str, **_: object) -> None:
    scan(attachment_id=uuid.UUID(attachment_id))


@job(SWEEP_INCOMING, every="* * * * *")
def sweep_incoming_files(**_: object) -> None:
    sweep_incoming()
