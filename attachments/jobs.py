"""Names of this app's jobs, and how they are queued."""

import uuid

from registry.queue import defer

REMOVE_BYTES = "attachments.remove_bytes"


def defer_removal(*, attachment_id: uuid.UUID) -> None:
    defer(REMOVE_BYTES, attachment_id=str(attachment_id))
