"""Publishing: one job for a message, walking its letters in chunks, each chunk one transaction (design.md point 3).

A repeated or parallel job publishes nothing twice, and a purged letter is never published: `transition` sees to it.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.models import AttachmentStatusEvent, MessageAttachment
from correspondence.enums import CorrespondenceStatus
from correspondence.jobs import defer_confidential_reminders, defer_dialogs
from correspondence.models import Correspondence, Message
from correspondence.services.actors import SYSTEM
from correspondence.services.confidential import reminder_age
from correspondence.services.initialize.rules_recipients import organisations_without_a_role
from correspondence.services.transitions import FAILED, PUBLISHED, READY, transition
from registry.ids import uuid7
from registry.services.directory import find_parties, reserved_persons

CHUNK = 500
OVERDUE = timedelta(seconds=20)
"""A letter that is due for so long has lost its job."""
OVERDUE_MESSAGES = 100

UNKNOWN_SENDER = "The sender is not in the register."
UNKNOWN_RECIPIENT = "The recipient is not in the register any more."
RESERVED_NOW = "The recipient has reserved against digital communication."
NO_ROLE = "Nobody in the organisation has a role that may read confidential letters; send it on paper."

log = structlog.get_logger()


def publish_message(*, message_id: uuid.UUID, at: datetime | None = None) -> int:
    """Publish what is due and ready of the message, fail what cannot be; returns how many were published."""
    at = at or timezone.now()
    message = Message.objects.get(pk=message_id)
    if message.requested_publish_time > at or not attachments_are_ready(message):
        return 0
    published = 0
    while chunk := _next_chunk(message, at):
        reasons = _reasons_to_fail(message, {letter.recipient_urn for letter in chunk})
        published += _publish_chunk(message, chunk, reasons, at)
    return published


def publish_overdue() -> None:
    """The safety net: letters that are due and that no job has published."""
    late = Correspondence.objects.publishable(timezone.now() - OVERDUE)
    ready = late.exclude(Exists(_files_to_wait_for().filter(message=OuterRef("message"))))
    oldest_first = ready.values("message").annotate(since=Min("requested_publish_time")).order_by("since")
    for message_id in list(oldest_first.values_list("message", flat=True)[:OVERDUE_MESSAGES]):
        try:
            publish_message(message_id=message_id)
        except Exception:
            # One message that cannot be published must not keep the others waiting; its turn comes again.
            log.exception("overdue_message_not_published", message_id=str(message_id))


def attachments_are_ready(message: Message) -> bool:
    return not _files_to_wait_for().filter(message=message).exists()


def _files_to_wait_for() -> QuerySet[MessageAttachment]:
    """Places of files that were never published; what has expired since keeps no letter back (lifecycle.md 2.2)."""
    published = AttachmentStatusEvent.objects.filter(
        attachment=OuterRef("attachment"), status=AttachmentStatus.PUBLISHED
    )
    return MessageAttachment.objects.filter(~Exists(published))


def _next_chunk(message: Message, at: datetime) -> list[Correspondence]:
    letters = Correspondence.objects.publishable(at).filter(message=message).order_by("pk")
    return list(letters.only("status", "recipient_urn", "host_dialog_id")[:CHUNK])


def _reasons_to_fail(message: Message, urns: Collection[str]) -> dict[str, str]:
    """By recipient: why the letter cannot be published. The registers are asked here, before the transaction."""
    parties = find_parties({*urns, message.sender_urn})
    if message.sender_urn not in parties:
        return dict.fromkeys(urns, UNKNOWN_SENDER)
    reasons = {urn: UNKNOWN_RECIPIENT for urn in urns if urn not in parties}
    if not message.ignore_reservation:
        reasons = {**dict.fromkeys(reserved_persons(urns), RESERVED_NOW), **reasons}
    if message.is_confidential:
        reasons = {**dict.fromkeys(organisations_without_a_role(urns), NO_ROLE), **reasons}
    return reasons


def _publish_chunk(
    message: Message, chunk: list[Correspondence], reasons: dict[str, str], at: datetime
) -> int:
    failing = {one.pk: reasons[one.recipient_urn] for one in chunk if one.recipient_urn in reasons}
    publishing = [one for one in chunk if one.pk not in failing]
    with transaction.atomic():
        published = _publish(message, publishing, at)
        failed = transition(failing, FAILED, actor=SYSTEM, at=at, texts=failing)
    log.info("letters_published", message_id=str(message.pk), published=published, failed=len(failed))
    return published


def _publish(message: Message, letters: list[Correspondence], at: datetime) -> int:
    """In the caller's transaction. A letter is ready before it is published, if only for a moment."""
    initialized = [one.pk for one in letters if one.status == CorrespondenceStatus.INITIALIZED]
    transition(initialized, READY, actor=SYSTEM, at=at)
    published = transition([one.pk for one in letters], PUBLISHED, actor=SYSTEM, at=at)
    if published and letters[0].host_dialog_id:
        # A transmission has one recipient (1045), so one id will do; the dialog service takes version 7 only.
        Correspondence.objects.filter(pk__in=published).update(transmission_id=uuid7())
    if published:
        defer_dialogs(message_id=message.pk)
    if published and message.is_confidential:
        defer_confidential_reminders(message_id=message.pk, at=at + reminder_age())
    return len(published)


def mark_ready(*, message: Message, at: datetime) -> None:
    """Nothing holds the message's letters back any more but their time."""
    initialized = Correspondence.objects.waiting().filter(
        message=message, status=CorrespondenceStatus.INITIALIZED
    )
    with transaction.atomic():
        transition(list(initialized.values_list("pk", flat=True)), READY, actor=SYSTEM, at=at)
