"""From an accepted request to stored rows and queued work (initialize.md; design.md points 3 to 6, 15).

`_check` reads like the contract's list of checks; the first that fails is the answer. Registers are asked there,
before the transaction opens; `_store` writes everything in one, with a number of statements that does not depend
on the number of recipients.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from attachments.models import Attachment
from attachments.services.uses import start_uses
from correspondence.enums import CorrespondenceStatus
from correspondence.errors import DuplicateInitCorrespondenceRequest
from correspondence.jobs import defer_publishing
from correspondence.models import Correspondence, Message, StatusEvent
from correspondence.requests import InitializeRequest
from correspondence.services.dialogs import check_host_dialog
from correspondence.services.initialize.rules_access import Permission, check_access
from correspondence.services.initialize.rules_attachments import check_attachments
from correspondence.services.initialize.rules_content import (
    check_dates,
    check_references,
    check_reply_options,
    check_texts,
)
from correspondence.services.initialize.rules_recipients import (
    check_confirmation,
    check_recipients,
    check_reservations,
)
from journal.enums import EventSource, EventType
from journal.services.events import EventData, record_events
from notifications.requests import LetterToTell, MessageToTell, NotificationAnswer
from notifications.services.orders import OrderPlan, place_orders, plan_orders
from notifications.services.rules import check_request, check_template
from registry.callers import Caller
from registry.database import violated_constraint
from registry.directory import PartyInfo
from registry.enums import ActorKind
from registry.identifiers import kind_of
from registry.ids import uuid7
from registry.services.directory import store_new_parties

IDEMPOTENCY_CONSTRAINT = "message_idempotency_key_per_owner"

log = structlog.get_logger()


@dataclass(frozen=True)
class InitializedLetter:
    correspondence_id: uuid.UUID
    status: CorrespondenceStatus
    recipient: str
    """As the answer echoes it (design.md point 19)."""
    notifications: list[NotificationAnswer]


@dataclass(frozen=True)
class InitializeResult:
    correspondences: list[InitializedLetter]
    """In the request's order."""
    attachment_ids: list[uuid.UUID]


@dataclass(frozen=True, kw_only=True)
class _Accepted:
    """A request that passed every check, and what the registers said of it."""

    request: InitializeRequest
    caller: Caller
    at: datetime
    permission: Permission
    parties: dict[str, PartyInfo]
    reserved: set[str]
    attachments: list[Attachment]
    host_dialog_id: uuid.UUID | None

    @property
    def publish_time(self) -> datetime:
        return self.request.requested_publish_time or self.at


def initialize_correspondences(*, caller: Caller, request: InitializeRequest) -> InitializeResult:
    """Accept one request: a message, a letter for each recipient, their orders and the job that publishes them.

    Raises the domain errors of initialize.md 1.5; nothing is stored then.
    """
    accepted = _check(request, caller)
    message = _message(accepted)
    letters = _letters(accepted, message)
    plan = _planned_orders(accepted, letters)
    try:
        answers = _store(accepted, message, letters, plan)
    except IntegrityError as error:
        if violated_constraint(error) == IDEMPOTENCY_CONSTRAINT:
            raise _taken(accepted) from error
        raise
    log.info("message_initialized", message_id=str(message.pk), letters=len(letters))
    return InitializeResult(
        [
            InitializedLetter(
                letter.pk, CorrespondenceStatus(letter.status), recipient.echoed, answers.get(letter.pk, [])
            )
            for letter, recipient in zip(letters, request.recipients, strict=True)
        ],
        list(dict.fromkeys(attachment.pk for attachment in accepted.attachments)),
    )


def _check(request: InitializeRequest, caller: Caller) -> _Accepted:
    at = timezone.now()
    if request.notification:
        check_template(request.notification)
    permission = check_access(request, caller)
    resource = permission.resource
    parties = check_recipients(request)
    check_confirmation(request)
    reserved = check_reservations(request)
    check_dates(request, at)
    check_texts(request)
    check_references(request)
    host_dialog_id = check_host_dialog(
        request, owner_org=resource.owner_org, resource_type=resource.resource_type
    )
    attachments = check_attachments(request, owner_org=resource.owner_org, at=at)
    check_reply_options(request)
    if request.notification:
        check_request(request.notification, recipients=len(request.recipients))
    return _Accepted(
        request=request,
        caller=caller,
        at=at,
        permission=permission,
        parties=parties,
        reserved=reserved,
        attachments=attachments,
        host_dialog_id=host_dialog_id,
    )


def _message(accepted: _Accepted) -> Message:
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


def _letters(accepted: _Accepted, message: Message) -> list[Correspondence]:
    return [
        _letter(accepted, message, accepted.parties[recipient.urn])
        for recipient in accepted.request.recipients
    ]


def _letter(accepted: _Accepted, message: Message, party: PartyInfo) -> Correspondence:
    is_reserved = party.urn in accepted.reserved
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
        status=CorrespondenceStatus.RESERVED if is_reserved else CorrespondenceStatus.READY_FOR_PUBLISH,
        created_at=accepted.at,
        ready_at=None if is_reserved else accepted.at,
        dialog_id=None if accepted.host_dialog_id else uuid7(),
        host_dialog_id=accepted.host_dialog_id,
    )


def _planned_orders(accepted: _Accepted, letters: list[Correspondence]) -> OrderPlan | None:
    request, resource = accepted.request, accepted.permission.resource
    if request.notification is None:
        return None
    told = MessageToTell(
        resource_id=resource.identifier,
        resource_title=resource.title_in(request.language),
        sender_urn=accepted.permission.sender_urn,
        sender_name=request.message_sender or resource.owner_name,
        title=request.title,
        language=request.language,
        publish_time=accepted.publish_time,
        ignore_reservation=request.ignore_reservation,
        letters=tuple(
            LetterToTell(
                correspondence_id=letter.pk,
                recipient_urn=letter.recipient_urn,
                recipient_name=letter.recipient_name,
                is_reserved=letter.recipient_urn in accepted.reserved,
            )
            for letter in letters
        ),
    )
    return plan_orders(request=request.notification, message=told, at=accepted.at)


def _store(
    accepted: _Accepted, message: Message, letters: list[Correspondence], plan: OrderPlan | None
) -> dict[uuid.UUID, list[NotificationAnswer]]:
    with transaction.atomic():
        store_new_parties([accepted.permission.party, *accepted.parties.values()])
        message.save(force_insert=True)
        Correspondence.objects.bulk_create(letters)
        StatusEvent.objects.bulk_create(_history(accepted, letters))
        start_uses(
            message_id=message.pk,
            attachments=accepted.attachments,
            publish_time=accepted.publish_time,
            at=accepted.at,
        )
        record_events(_events(message, letters), at=accepted.at)
        answers = place_orders(plan) if plan else {}
        defer_publishing(message_id=message.pk, at=accepted.publish_time)
    return answers


def _history(accepted: _Accepted, letters: list[Correspondence]) -> list[StatusEvent]:
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
        for status in (CorrespondenceStatus.INITIALIZED, CorrespondenceStatus(letter.status))
    ]


def _events(message: Message, letters: list[Correspondence]) -> list[EventData]:
    return [
        EventData(
            type=EventType.CORRESPONDENCE_INITIALIZED,
            resource_id=message.resource_id,
            instance=str(letter.pk),
            subject=message.sender_urn,
            source=EventSource.CORRESPONDENCE,
        )
        for letter in letters
        if letter.status != CorrespondenceStatus.RESERVED
    ]


def _taken(accepted: _Accepted) -> DuplicateInitCorrespondenceRequest:
    """Another request with the same key was faster; its letter is stored by now."""
    key, owner = accepted.request.idempotency_key, accepted.permission.resource.owner_org
    letter = Correspondence.objects.with_idempotency_key(key, owner_org=owner).first() if key else None
    return DuplicateInitCorrespondenceRequest(existingCorrespondenceId=str(letter.pk) if letter else None)
