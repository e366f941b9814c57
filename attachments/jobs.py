"""Names of this app's jobs, and how they are queued."""

import uuid
from collections.abc import Sequence

from registry.queue import defer, defer_many

REMOVE_BYTES = "attachments.remove_bytes"
SCAN = "attachments.scan"
SWEEP = "attachments.sweep"
EXPIRE = "attachments.expire"
RELEASE_WAITING = "correspondence.release_waiting"
FAIL_FOR_ATTACHMENT = "correspondence.fail_for_attachment"
"""Of the app above, by name: letters that wait for a file go on, or fail with it (design.md point 17)."""


def defer_removal(*, attachment_id: uuid.UUID) -> None:
    defer(REMOVE_BYTES, attachment_id=str(attachment_id))


def defer_scans(*, attachment_ids: Sequence[uuid.UUID]) -> None:
    """Look for malware in these files; one statement."""
    defer_many(SCAN, [{"attachment_id": str(identity)} for identity in attachment_ids])


def defer_release(*, attachment_id: uuid.UUID) -> None:
    defer(RELEASE_WAITING, attachment_id=str(attachment_id))


def defer_failing(*, attachment_id: uuid.UUID) -> None:
    defer(FAIL_FOR_ATTACHMENT, attachment_id=str(attachment_id))
