"""A recipient downloads all attachments of a letter as one zip (attachments.md 2.7)."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from attachments.errors import AttachmentNotFound, TotalAttachmentSizeExceedsLimit
from attachments.models import MessageAttachment
from attachments.services.download import open_stored
from attachments.services.uses import attachments_of
from correspondence.errors import CorrespondenceNotFound
from correspondence.models import Correspondence
from correspondence.services import archive
from correspondence.services.access import letter_of
from correspondence.services.download import check_downloadable, record_download
from correspondence.services.texts import fill_in_name
from registry.callers import Caller
from registry.enums import Action
from registry.errors import NoAccessToResource
from registry.services.access import Decision, decide
from registry.services.directory import caller_party, find_resource

MAX_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Archive:
    file_name: str
    length: int
    chunks: Iterator[bytes]


def download_all(*, caller: Caller, correspondence_id: uuid.UUID) -> Archive:
    """All or nothing. Raises 1001, 4001, 2001, 1001, for each file 4001, 2019, 2020; 4006, 4002, 2023."""
    letter = letter_of(correspondence_id)
    decision = _decision(caller, letter, letter.resource_id)
    uses = list(attachments_of(message_id=letter.message_id))
    if not uses:
        raise AttachmentNotFound
    if not letter.is_available:
        raise CorrespondenceNotFound
    _check_each(caller, letter, uses)
    party = caller_party(caller)
    if sum(use.attachment.size or 0 for use in uses) > MAX_BYTES:
        raise TotalAttachmentSizeExceedsLimit
    if not decision.by_owner:
        record_download(uses, letter_id=letter.pk, party=party, text="All attachments were downloaded.")
    return _archive(letter, uses)


def _decision(caller: Caller, letter: Correspondence, resource_id: str) -> Decision:
    resource = find_resource(resource_id)
    decision = decide(caller, action=Action.READ, resource=resource, party_urn=letter.recipient_urn)
    if not decision.granted:
        raise NoAccessToResource
    return decision


def _check_each(caller: Caller, letter: Correspondence, uses: Sequence[MessageAttachment]) -> None:
    """In turn; each resource is asked about once."""
    at = timezone.now()
    asked = {letter.resource_id}
    for use in uses:
        resource_id = use.attachment.resource_id
        if resource_id not in asked:
            _decision(caller, letter, resource_id)
            asked.add(resource_id)
        check_downloadable(use, at=at)


def _archive(letter: Correspondence, uses: Sequence[MessageAttachment]) -> Archive:
    names = archive.entry_names([use.attachment.file_name for use in uses])
    entries = [
        archive.Entry(name, use.attachment.size or 0, partial(open_stored, use.attachment))
        for name, use in zip(names, uses, strict=True)
    ]
    return Archive(
        file_name=archive.archive_name(fill_in_name(letter.message.title, letter.name_in_texts)),
        length=archive.length(entries),
        chunks=archive.stream(entries, at=timezone.now()),
    )
