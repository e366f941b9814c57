"""Files whose every use has ended (attachments.md 6.2): expired, and their bytes deleted."""

import structlog
from django.db import transaction
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.jobs import defer_removal
from attachments.models import Attachment
from attachments.services.transitions import Actor, change_status

CHUNK = 500
TEXT = "Expired: the last letter's time for it has run out."

log = structlog.get_logger()


def expire_due() -> int:
    """Expire what is due, in chunks; returns how many files. A use that begins meanwhile keeps its file."""
    expired = 0
    while chunk := _expire_chunk():
        expired += chunk
    return expired


def _expire_chunk() -> int:
    now = timezone.now()
    with transaction.atomic():
        due = list(
            Attachment.objects.expired(now).order_by("expires_at")[:CHUNK].select_for_update(skip_locked=True)
        )
        expired = change_status(due, AttachmentStatus.EXPIRED, actor=Actor(), at=now, text=TEXT)
        for attachment in expired:
            defer_removal(attachment_id=attachment.pk)
    if expired:
        log.info("attachments_expired", attachments=len(expired))
    return len(expired)
