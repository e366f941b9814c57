"""Names of this app's jobs, and how they are queued."""

import uuid
from datetime import datetime

from registry.queue import defer

PUBLISH_MESSAGE = "correspondence.publish_message"
PUBLISH_OVERDUE = "correspondence.publish_overdue"
RELEASE_WAITING = "correspondence.release_waiting"
FAIL_FOR_ATTACHMENT = "correspondence.fail_for_attachment"
"""Queued by `attachments`, by these names."""


def defer_publishing(*, message_id: uuid.UUID, at: datetime) -> None:
    """Publish the message's letters at that time, or at once when it is past. In the caller's transaction."""
    defer(PUBLISH_MESSAGE, at=at, message_id=str(message_id))
