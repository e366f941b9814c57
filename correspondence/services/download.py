"""A recipient downloads an attachment (attachments.md 2.6)."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from attachments.errors import AttachmentNotFound, CannotDownloadExpiredAttachment
from attachments.models import Attachment, MessageAttachment
from attachments.services.download import check_status, check_stored
from attachments.services.uses import attachments_of
from correspondence.errors import CorrespondenceNotFound
from correspondence.services.access import letter_of
from correspondence.services.activities import record_downloads
from correspondence.services.actors import Actor
from correspondence.services.transitions import DOWNLOADED, locked, transition
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.enums import Action
from registry.errors import NoAccessToResource
from registry.services.access import decide
from registry.services.directory import caller_party, find_resource, store_new_parties


def download_attachment(
    *, caller: Caller, correspondence_id: uuid.UUID, attachment_id: uuid.UUID, begins: Callable[[int], bool]
) -> Attachment:
    """The attachment, whose bytes are there. Raises 1001, 2001, 4001, 1001, 2019, 2020, 1001, 4006, 4002.

    `begins`: whether a download begins with this call, for a file of that size; only then it is recorded. A service
    owner's download is not the recipient's, and never is.
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
    check_stored(use.attachment)
    if not decision.by_owner and begins(use.attachment.size or 0):
        text = f"Attachment {attachment_id} was downloaded."
        record_download([use], letter_id=letter.pk, party=party, text=text, attachment_id=attachment_id)
    return use.attachment


def check_downloadable(use: MessageAttachment, *, at: datetime) -> None:
    """Raises 2019, 2020."""
    check_status(use.attachment)
    if use.expires_at and use.expires_at <= at:
        raise CannotDownloadExpiredAttachment


def record_download(
    files: Sequence[MessageAttachment],
    *,
    letter_id: uuid.UUID,
    party: PartyInfo,
    text: str,
    attachment_id: uuid.UUID | None = None,
) -> None:
    """Raises CorrespondenceNotFound when the letter was purged meanwhile."""
    with transaction.atomic():
        locked(letter_id)  # before the party is stored: every call that does both does them in this order
        store_new_parties([party])
        at = timezone.now()
        if not transition(
            [letter_id],
            DOWNLOADED,
            actor=Actor.party(party),
            at=at,
            texts={letter_id: text},
            attachment_id=attachment_id,
        ):
            raise CorrespondenceNotFound
        record_downloads(letter_id, files, party=party, at=at)
