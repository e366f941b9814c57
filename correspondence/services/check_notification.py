"""Whether a notification service that asks just before sending may send (notifications.md 5)."""

import uuid

from correspondence.models import Correspondence


def check_notification(*, correspondence_id: uuid.UUID, is_reminder: bool) -> bool:
    """Nobody's access is asked about, and an unknown letter is not to be told of."""
    letter = Correspondence.objects.filter(pk=correspondence_id).first()
    return letter is not None and letter.is_told_of(is_reminder=is_reminder)
