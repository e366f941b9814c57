"""A recipient downloads an attachment (attachments.md 2.6)."""

import uuid
from typing import IO

from django.db import transaction
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.errors import (
    AttachmentNotFound,
    CannotDownloadExpiredAttachment,
    CannotDownloadPurgedAttachment,
)
from attachments.models import Attachment
from attachments.services.download import open_stored
from attachments.services.uses import attachments_of
from correspondence.enums import CorrespondenceStatus
from correspondence.errors import CorrespondenceNotFound
from correspondence.services.access import letter_of
from correspondence.services.actors import Actor
from correspondence.services.transitions import locked, transition
from registry.callers import Caller
from registry.enums import Action
from registry.errors import NoAccessToResource
from registry.services.access import decide
from registry.services.directory import caller_party, find_resource, store_new_parties


def download_attachment(
    *, caller: Caller, correspondence_id: uuid.UUID, attachment_id: uuid.UUID
) -> tuple[Attachment, IO[bytes]]:
    """The attachment and its bytes. Raises 1001, 2001, 4001, 2019, 2020, 1001, 4002."""
    letter = letter_of(correspondence_id)
    use = attachments_of(message_id=letter.message_id).filter(attachment=attachment_id).first()
    if use is None:
        raise AttachmentNotFound
    attachment = use.attachment
    resource = find_resource(attachment.resource_id)
    decision = decide(caller, action=Action.READ, resource=resource, party_urn=letter.recipient_urn)
    if not decision.granted:
        raise NoAccessToResource
    _check_downloadable(attachment)
    now = timezone.now()
    if use.expires_at and use.expires_at <= now:
        raise CannotDownloadExpiredAttachment
    if not letter.is_available:
        raise CorrespondenceNotFound
    party = caller_party(caller)
    stored = open_stored(attachment)
    if not decision.by_owner:
        with transaction.atomic():
            store_new_parties([party])
            transition(
                locked(letter.pk),
                CorrespondenceStatus.ATTACHMENTS_DOWNLOADED,
                actor=Actor.party(party),
                at=now,
                text=f"Attachment {attachment.pk} was downloaded.",
                attachment_id=attachment.pk,
            )
    return attachment, stored


def _check_downloadable(attachment: Attachment) -> None:
    if attachment.status == AttachmentStatus.PURGED:
        raise CannotDownloadPurgedAttachment
    if attachment.status == AttachmentStatus.EXPIRED:
        raise CannotDownloadExpiredAttachment
