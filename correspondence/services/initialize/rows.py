"""The rows of an accepted request, unsaved (initialize.md 8)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from attachments.enums import AttachmentStatus
from attachments.models import Attachment
from attachments.transports.scanner import scanner
from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, Message, StatusEvent
from correspondence.requests import InitializeRequest
from correspondence.services.initialize.rules_access import Permission
from correspondence.services.initialize.rules_attachments import Files
from journal.enums import EventType
from journal.services.events import EventData
from registry.callers import Caller
from registry.directory import PartyInfo
from registry.enums import ActorKind
from registry.identifiers import kind_of
from registry.ids import uuid7


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A request that passed every check, and what the registers said of it."""

    request: InitializeRequest
    caller: Caller
    at: datetime
    permission: Permission
    parties: dict[str, PartyInfo]
    reserved: set[str]
    files: Files
    host_dialog_id: uuid.UUID | None

    @property
    def publish_time(self) -> datetime:
        return self.request.requested_publish_time or self.at

    @property
    def waits_for_files(self) -> bool:
        """Existing files are published by rule; new ones are, unless they are scanned first."""
        return bool(self.files.new) and scanner() is not None


def message_of(accepted: Accepted) -> Message:
    request, permission = accepted.request, accepted.permission
    return Message(
        resource_id=permission.resource.identifier,
        owner_org=permission.resource.owner_org,
        sender_urn=permission.sender_urn,
        senders_reference=request.senders_reference,
        message_sender=request.message_sender,
        idempotency_key=request.idempotency_key,
        language=request.language,
        title=request.title,
        summary=request.summary,
        body=request.body,
        requested_publish_time=accepted.publish_time,
        due_date_time=request.due_date_time,
        external_references=[
            {"referenceType": reference.type, "referenceValue": reference.value}
            for reference in request.external_references
        ],
        reply_options=[{"linkURL": option.url, "linkText": option.text} for option in request.reply_options],
        property_list=request.property_list,
        ignore_reservation=request.ignore_reservation,
        is_confirmation_needed=request.is_confirmation_needed,
        is_confidential=request.is_confidential,
        allow_forwarding=request.allow_forwarding,
        created_at=accepted.at,
        created_by_client=accepted.caller.client_id,
        created_by_urn=permission.party.urn,
        created_by_party_uuid=permission.party.uuid,
    )


def letters_of(accepted: Accepted, message: Message) -> list[Correspondence]:
    return [
        _letter(accepted, message, accepted.parties[recipient.urn])
        for recipient in accepted.request.recipients
    ]


def _letter(accepted: Accepted, message: Message, party: PartyInfo) -> Correspondence:
    status = _first_status(accepted, party)
    return Correspondence(
        message=message,
        resource_id=message.resource_id,
        owner_org=message.owner_org,
        senders_reference=message.senders_reference,
        requested_publish_time=message.requested_publish_time,
        recipient_urn=party.urn,
        recipient_kind=kind_of(party.urn),
        recipient_party_uuid=party.uuid,
        recipient_name=party.name,
        status=status,
        created_at=accepted.at,
        ready_at=accepted.at if status == CorrespondenceStatus.READY_FOR_PUBLISH else None,
        dialog_id=None if accepted.host_dialog_id else uuid7(),
        host_dialog_id=accepted.host_dialog_id,
    )


def _first_status(accepted: Accepted, party: PartyInfo) -> CorrespondenceStatus:
    """initialize.md 7.1."""
    if party.urn in accepted.reserved:
        return CorrespondenceStatus.RESERVED
    if accepted.waits_for_files:
        return CorrespondenceStatus.INITIALIZED
    return CorrespondenceStatus.READY_FOR_PUBLISH


def new_attachments_of(accepted: Accepted) -> list[Attachment]:
    """The files that came with the request, as attachments of the resource's owner."""
    resource = accepted.permission.resource
    status = AttachmentStatus.UPLOAD_PROCESSING if accepted.waits_for_files else AttachmentStatus.PUBLISHED
    return [
        Attachment(
            id=matched.file.attachment_id,
            resource_id=resource.identifier,
            owner_org=resource.owner_org,
            sender_urn=accepted.permission.sender_urn,
            file_name=matched.described.file_name,
            display_name=matched.described.display_name,
            is_encrypted=matched.described.is_encrypted,
            senders_reference=matched.described.senders_reference,
            expiration_in_days=matched.described.expiration_in_days,
            announced_checksum=matched.described.checksum,
            checksum=matched.file.received.checksum,
            size=matched.file.received.size,
            status=status,
            storage_key=matched.file.storage_key,
        )
        for matched in accepted.files.new
    ]


def history_of(accepted: Accepted, letters: list[Correspondence]) -> list[StatusEvent]:
    party = accepted.permission.party
    return [
        StatusEvent(
            correspondence=letter,
            status=status,
            text=status.wire_name,
            at=accepted.at,
            actor_kind=ActorKind.PARTY,
            actor_party_uuid=party.uuid,
            actor_urn=party.urn,
        )
        for letter in letters
        for status in sorted({CorrespondenceStatus.INITIALIZED, CorrespondenceStatus(letter.status)})
    ]


def events_of(message: Message, letters: list[Correspondence]) -> list[EventData]:
    return [
        EventData(
            type=EventType.CORRESPONDENCE_INITIALIZED,
            resource_id=message.resource_id,
            instance=str(letter.pk),
            subject=message.sender_urn,
        )
        for letter in letters
        if letter.status != CorrespondenceStatus.RESERVED
    ]
