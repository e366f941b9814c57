"""Receiving a file: claimed by one conditional update, streamed to storage, published when all of it is there.

An upload that ended without stored bytes may be repeated on the same id; a checksum that differs is final.
"""

import uuid
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.errors import (
    CantUploadToExistingCorrespondence,
    FileAlreadyUploaded,
    HashMismatch,
    InvalidFileSize,
    UploadFailed,
)
from attachments.jobs import defer_scans
from attachments.models import Attachment, MessageAttachment
from attachments.services.access import attachment_for_sender
from attachments.services.receiving import Received, receive, upload_errors, with_signs_of_life
from attachments.services.transitions import ALLOWED, UNSCANNED, Actor, change_status
from attachments.transports.scanner import scanner
from attachments.transports.storage import attachment_storage
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.errors import DomainError
from registry.ids import uuid7
from registry.services.directory import caller_party, store_new_parties

MAX_BYTES = 50_000_000_000
ABANDONED = 100
"""Released at once."""
REPEATABLE = "The upload ended before all bytes were stored; it may be repeated."

log = structlog.get_logger()


def upload(
    *, caller: Caller, attachment_id: uuid.UUID, chunks: Iterable[bytes], content_length: int | None
) -> Attachment:
    """Store the bytes of `chunks`, which raises TimeoutError when the sender stalls and OSError when it leaves.

    `content_length`: as announced, None for a chunked body. Raises the errors of attachments.md 2.2.
    """
    attachment = attachment_for_sender(caller=caller, attachment_id=attachment_id)
    if content_length is not None and not 1 <= content_length <= MAX_BYTES:
        raise InvalidFileSize
    _check_uploadable(attachment)
    party = caller_party(caller)
    key = _claim(attachment, party)
    try:
        received = _store(attachment, key, chunks, content_length)
        return _keep(attachment, key, received, party)
    except BaseException as error:
        _release(attachment, key, party, error)
        raise


def _check_uploadable(attachment: Attachment) -> None:
    if attachment.storage_key or attachment.status not in ALLOWED[AttachmentStatus.UPLOAD_PROCESSING]:
        raise FileAlreadyUploaded
    if MessageAttachment.objects.filter(attachment=attachment).exists():
        raise CantUploadToExistingCorrespondence


def _claim(attachment: Attachment, party: PartyInfo) -> str:
    """Mark the attachment as being uploaded by us; only one can. Returns the storage key. Raises FileAlreadyUploaded."""
    now = timezone.now()
    silent_since = now - timedelta(seconds=settings.UPLOAD_LIFE_SECONDS)
    upload_id = uuid7()
    with transaction.atomic():
        store_new_parties([party])
        free = Attachment.objects.filter(pk=attachment.pk, storage_key="").filter(
            Q(upload_id__isnull=True) | Q(upload_seen_at__lt=silent_since)
        )
        if not free.update(upload_id=upload_id, upload_seen_at=now):
            raise FileAlreadyUploaded
        if not change_status([attachment], AttachmentStatus.UPLOAD_PROCESSING, actor=Actor.of(party), at=now):
            raise FileAlreadyUploaded
    attachment.upload_id = upload_id
    return f"{storage_folder(attachment.pk)}/{upload_id}"


def storage_folder(attachment_id: uuid.UUID) -> str:
    """Below two folders made of the id's last digits: there time-ordered ids differ."""
    name = str(attachment_id)
    return f"{name[-2:]}/{name[-4:-2]}/{name}"


def _store(attachment: Attachment, key: str, chunks: Iterable[bytes], content_length: int | None) -> Received:
    """All of the bytes under the key, or none. Raises what is wrong with them."""
    living = with_signs_of_life(chunks, partial(_give_sign_of_life, attachment))
    storage = attachment_storage()
    with upload_errors(), ExitStack() as receiving:
        storage.forget_parts(storage_folder(attachment.pk))
        receiver = receiving.enter_context(storage.receive(key))
        received = receive(receiver, living, most=MAX_BYTES)
        _check_whole(attachment, received, content_length)
        receiver.commit()
    return received


def _check_whole(attachment: Attachment, received: Received, content_length: int | None) -> None:
    if content_length is not None and received.size != content_length:
        raise UploadFailed
    if received.size == 0:
        raise InvalidFileSize
    if attachment.announced_checksum and attachment.announced_checksum.lower() != received.checksum:
        raise HashMismatch


def _give_sign_of_life(attachment: Attachment) -> None:
    Attachment.objects.filter(pk=attachment.pk, upload_id=attachment.upload_id).update(
        upload_seen_at=timezone.now()
    )


def _keep(attachment: Attachment, key: str, received: Received, party: PartyInfo) -> Attachment:
    """The bytes are on disk; now the row says so, and they are published, or scanned first.

    Raises FileAlreadyUploaded when the claim was lost meanwhile, UploadFailed when the attachment was purged.
    """
    stored = {
        "storage_key": key,
        "size": received.size,
        "checksum": received.checksum,
        "upload_seen_at": None,
    }
    with transaction.atomic():
        mine = (
            Attachment.objects.select_for_update(no_key=True)
            .filter(pk=attachment.pk, upload_id=attachment.upload_id)
            .first()
        )
        if mine is None:
            raise FileAlreadyUploaded
        if mine.status != AttachmentStatus.UPLOAD_PROCESSING:
            raise UploadFailed
        if scanner():
            Attachment.objects.filter(pk=mine.pk).update(**stored)
            defer_scans(attachment_ids=[mine.pk])
        else:
            change_status(
                [mine],
                AttachmentStatus.PUBLISHED,
                actor=Actor.of(party),
                at=timezone.now(),
                text=UNSCANNED,
                **stored,
            )
    log.info("attachment_stored", attachment_id=str(attachment.pk), size=received.size)
    return Attachment.objects.get(pk=attachment.pk)


def _release(attachment: Attachment, key: str, party: PartyInfo, error: BaseException) -> None:
    """The upload ended without stored bytes: history says why, and unless it is final the id may be tried again."""
    is_final = isinstance(error, HashMismatch)
    text = str(error) if isinstance(error, DomainError) else REPEATABLE
    if not Attachment.objects.filter(
        pk=attachment.pk, storage_key=key
    ).exists():  # a lost commit may have held
        attachment_storage().forget(key)
    mine = Attachment.objects.filter(pk=attachment.pk, upload_id=attachment.upload_id)
    with transaction.atomic():
        if mine.update(upload_seen_at=None, **({} if is_final else {"upload_id": None})):
            change_status(
                [attachment], AttachmentStatus.FAILED, actor=Actor.of(party), at=timezone.now(), text=text
            )


def release_abandoned() -> None:
    """Uploads whose process died: no bytes were accepted, so the id may be tried again."""
    silent_since = timezone.now() - timedelta(seconds=settings.UPLOAD_LIFE_SECONDS)
    with transaction.atomic():
        dead = list(
            Attachment.objects.abandoned(silent_since).select_for_update(skip_locked=True, no_key=True)[
                :ABANDONED
            ]
        )
        for attachment in dead:
            attachment_storage().forget_parts(storage_folder(attachment.pk))
        freed = Attachment.objects.filter(pk__in=[attachment.pk for attachment in dead])
        freed.update(upload_id=None, upload_seen_at=None)
        change_status(dead, AttachmentStatus.FAILED, actor=Actor(), at=timezone.now(), text=REPEATABLE)
    if dead:
        log.warning("abandoned_uploads_released", attachments=len(dead))
