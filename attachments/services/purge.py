"""A sender withdraws a file that no letter carries (attachments.md 2.4)."""

import uuid

from django.db import transaction
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.errors import (
    FileHasBeenExpired,
    FileHasBeenPurged,
    PurgeAttachmentWithExistingCorrespondence,
)
from attachments.jobs import defer_removal
from attachments.models import Attachment, MessageAttachment
from attachments.services.access import attachment_for_sender
from attachments.services.transitions import Actor, change_status
from registry.callers import Caller
from registry.services.directory import caller_party, store_new_parties


def purge_attachment(*, caller: Caller, attachment_id: uuid.UUID) -> None:
    """Raises the errors of attachments.md 2.4."""
    attachment = attachment_for_sender(caller=caller, attachment_id=attachment_id)
    with transaction.atomic():
        attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
        _check_purgeable(attachment)
        party = caller_party(caller)
        store_new_parties([party])
        change_status(
            [attachment],
            AttachmentStatus.PURGED,
            actor=Actor.of(party),
            at=timezone.now(),
            text="Purged by its sender.",
        )
        if attachment.storage_key:
            defer_removal(attachment_id=attachment.pk)


def _check_purgeable(attachment: Attachment) -> None:
    if attachment.status == AttachmentStatus.PURGED:
        raise FileHasBeenPurged
    if attachment.status == AttachmentStatus.EXPIRED:
        raise FileHasBeenExpired
    if MessageAttachment.objects.filter(attachment=attachment).exists():
        raise PurgeAttachmentWithExistingCorrespondence
