"""Every status change of an attachment, in one place: row lock, allowed transitions, history, event."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, AttachmentStatusEvent
from journal.enums import EventType
from journal.services.events import EventData, record_events
from registry.directory import PartyInfo
from registry.enums import ActorKind

S = AttachmentStatus
ALLOWED = {
    S.UPLOAD_PROCESSING: {S.INITIALIZED, S.UPLOAD_PROCESSING, S.FAILED},
    S.PUBLISHED: {S.UPLOAD_PROCESSING},
    S.FAILED: {S.UPLOAD_PROCESSING},
    S.PURGED: {S.INITIALIZED, S.UPLOAD_PROCESSING, S.PUBLISHED, S.FAILED},
    S.EXPIRED: {S.PUBLISHED},
}
"""By new status: the ones it may follow."""
EVENTS = {
    S.PUBLISHED: EventType.ATTACHMENT_PUBLISHED,
    S.PURGED: EventType.ATTACHMENT_PURGED,
    S.EXPIRED: EventType.ATTACHMENT_EXPIRED,
}
UNSCANNED = "Published without a scan for malware."


@dataclass(frozen=True)
class Actor:
    """Who caused the change: a party, or the system."""

    kind: ActorKind = ActorKind.SYSTEM
    party_uuid: uuid.UUID | None = None
    urn: str = ""

    @classmethod
    def of(cls, party: PartyInfo) -> "Actor":
        return cls(ActorKind.PARTY, party.uuid, party.urn)


def change_status(
    attachments: Sequence[Attachment],
    status: AttachmentStatus,
    *,
    actor: Actor,
    at: datetime,
    text: str = "",
    **fields: Any,
) -> list[Attachment]:
    """Move those that may move, all with the same text and fields; returns them. In the caller's transaction."""
    locked = Attachment.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=[attachment.pk for attachment in attachments], status__in=ALLOWED[status]
    )
    moved = list(locked.order_by("pk"))
    Attachment.objects.filter(pk__in=[attachment.pk for attachment in moved]).update(status=status, **fields)
    for attachment in moved:
        attachment.status = status
        vars(attachment).update(fields)
    record_history(moved, status, actor=actor, at=at, text=text)
    return moved


def record_history(
    attachments: Sequence[Attachment],
    status: AttachmentStatus,
    *,
    actor: Actor,
    at: datetime,
    text: str = "",
    is_announced: bool = True,
) -> None:
    """A history row for each, and the event where the contract has one, unless it is not `is_announced`."""
    AttachmentStatusEvent.objects.bulk_create(
        AttachmentStatusEvent(
            attachment=attachment,
            status=status,
            text=text or status.wire_name,
            at=at,
            actor_kind=actor.kind,
            actor_party_uuid=actor.party_uuid,
            actor_urn=actor.urn,
        )
        for attachment in attachments
    )
    event_type = EventType.ATTACHMENT_INITIALIZED if status == S.INITIALIZED else EVENTS.get(status)
    if event_type and is_announced:
        record_events([attachment_event(event_type, attachment) for attachment in attachments], at=at)


def attachment_event(event_type: EventType, attachment: Attachment) -> EventData:
    return EventData(
        type=event_type,
        resource_id=attachment.resource_id,
        instance=str(attachment.pk),
        subject=attachment.sender_urn,
    )
