"""A recipient downloads an attachment (attachments.md 2.6)."""

import uuid
from contextlib import ExitStack
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.errors import (
    AttachmentNotFound,
    CannotDownloadExpiredAttachment,
    CannotDownloadPurgedAttachment,
)
from attachments.models import Attachment, MessageAttachment
from attachments.services.download import open_stored
from attachments.services.uses import attachments_of
from correspondence.enums import CorrespondenceStatus
from correspondence.errors import CorrespondenceNotFound
from correspondence.services.access import letter_of
from correspondence.services.actors import Actor
from correspondence.services.transitions import locked, transition
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.enums import Action
from registry.errors import NoAccessToResource
from registry.services.access import decide
from registry.services.directory import caller_party, find_resource, store_new_parties


def download_attachment(
    *, caller: Caller, correspondence_id: uuid.UUID, attachment_id: uuid.UUID
) -> tuple[Attachment, IO[bytes]]:
    """The attachment and its bytes. Raises 1001, 2001, 4001, 1001, 2019, 2020, 1001, 4006, 4002.

    A service owner's download is not the recipient's, and is not recorded.
    """
    letter = letter_of(correspondence_id)
    use = attachments_of(message_id=letter.message_id).filter(attachment=attachment_id).first()
    if use is None:
        raise AttachmentNotFound
    resource = find_resource(use.attachment.resource_id)
    decision = decide(caller, action=Action.READ, resource=resource, party_urn=letter.recipient_urn)
    if not decision.granted:
        raise NoAccessToResource
    if letter.is_purged:
        raise CorrespondenceNotFound
    check_downloadable(use, at=timezone.now())
    if not letter.is_available:
        raise CorrespondenceNotFound
    party = caller_party(caller)
    with ExitStack() as when_it_fails:
        stored = open_stored(use.attachment)
        when_it_fails.callback(stored.close)
        if not decision.by_owner:
            text = f"Attachment {attachment_id} was downloaded."
            record_download(letter_id=letter.pk, party=party, text=text, attachment_id=attachment_id)
        when_it_fails.pop_all()
    return use.attachment, stored


def check_downloadable(use: MessageAttachment, *, at: datetime) -> None:
    """Raises 2019, 2020."""
    if use.attachment.status == AttachmentStatus.PURGED:
        raise CannotDownloadPurgedAttachment
    if use.attachment.status == AttachmentStatus.EXPIRED or (use.expires_at and use.expires_at <= at):
        raise CannotDownloadExpiredAttachment


def record_download(
    *, letter_id: uuid.UUID, party: PartyInfo, text: str, attachment_id: uuid.UUID | None = None
) -> None:
    """Raises CorrespondenceNotFound when the letter was purged meanwhile."""
    with transaction.atomic():
        letter = locked(letter_id)
        store_new_parties([party])
        if not transition(
            letter,
            CorrespondenceStatus.ATTACHMENTS_DOWNLOADED,
            actor=Actor.party(party),
            at=timezone.now(),
            text=text,
            attachment_id=attachment_id,
        ):
            raise CorrespondenceNotFound
