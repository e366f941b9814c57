"""An attachment's places in messages: looked up for a new one, begun with it, ended when its letters are purged."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Subquery

from attachments.enums import AttachmentStatus
from attachments.jobs import defer_removal
from attachments.models import Attachment, MessageAttachment, MessageAttachmentQuerySet
from attachments.services.transitions import Actor, change_status
from attachments.transports.storage import attachment_storage


def find_existing(*, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Attachment]:
    """Those that exist, whoever's they are, in one query."""
    return Attachment.objects.in_bulk(list(ids)) if ids else {}


def latest_ends(*, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime | None]:
    """By attachment that is in use: when its last live use ends; None when one has no end."""
    ends: dict[uuid.UUID, datetime | None] = {}
    uses = MessageAttachment.objects.live().filter(attachment__in=list(ids))
    latest_first = uses.order_by("attachment_id", F("expires_at").desc(nulls_first=True))
    for attachment_id, end in latest_first.values_list("attachment_id", "expires_at"):
        ends.setdefault(attachment_id, end)
    return ends


def start_uses(
    *, message_id: uuid.UUID, attachments: Sequence[Attachment], publish_time: datetime, at: datetime
) -> None:
    """Put the attachments on the message, in their order, once each. In the transaction that stores it."""
    once = list(dict.fromkeys(attachments))
    if once:
        MessageAttachment.objects.bulk_create(
            MessageAttachment(
                message_id=message_id,
                attachment=attachment,
                position=position,
                created_at=at,
                expires_at=_expiry(attachment, max(publish_time, at)),
            )
            for position, attachment in enumerate(once)
        )
        _set_expiry([attachment.pk for attachment in once])


def _set_expiry(ids: Collection[uuid.UUID]) -> None:
    """When the last live use of each file ends; never while one has no end, or none is left. One statement."""
    uses = MessageAttachment.objects.live().filter(attachment=OuterRef("pk"))
    last = uses.order_by(F("expires_at").desc(nulls_first=True)).values("expires_at")[:1]
    Attachment.objects.filter(pk__in=list(ids)).update(expires_at=Subquery(last))


def _expiry(attachment: Attachment, begins: datetime) -> datetime | None:
    """attachments.md 6.1; a lifetime beyond the calendar never ends."""
    if attachment.expiration_in_days is None:
        return None
    try:
        return begins + timedelta(days=attachment.expiration_in_days)
    except OverflowError:
        return None


def end_uses(*, message_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """The message's last letter is purged: files that no other message uses go with it. In its transaction."""
    uses = MessageAttachment.objects.live().filter(message_id=message_id)
    ids = list(uses.values_list("attachment_id", flat=True))
    if not ids:
        return
    locked = list(Attachment.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    uses.update(ended_at=at)
    _set_expiry(ids)
    elsewhere = MessageAttachment.objects.live().filter(attachment=OuterRef("pk"))
    unused = list(
        Attachment.objects.filter(~Exists(elsewhere), pk__in=[attachment.pk for attachment in locked])
    )
    for attachment in change_status(unused, AttachmentStatus.PURGED, actor=actor, at=at):
        if attachment.storage_key:
            defer_removal(attachment_id=attachment.pk)


def attachments_of(*, message_id: uuid.UUID) -> MessageAttachmentQuerySet:
    """The message's attachments in order, each with its row."""
    return MessageAttachment.objects.filter(message_id=message_id).select_related("attachment")


def remove_bytes(*, attachment_id: uuid.UUID) -> None:
    """Delete the stored file of a purged or expired attachment; may run twice."""
    gone = (AttachmentStatus.PURGED, AttachmentStatus.EXPIRED)
    attachment = Attachment.objects.filter(pk=attachment_id, status__in=gone).exclude(storage_key="").first()
    if attachment is not None:
        attachment_storage().delete(attachment.storage_key)
