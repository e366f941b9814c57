"""From an accepted request to stored rows and queued work (initialize.md; design.md points 3 to 6, 15).

`_check` reads like the contract's list of checks; the first that fails is the answer. Registers are asked there,
before the transaction opens; `_store` writes everything in one, with a number of statements that does not depend
on the number of recipients.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from attachments.models import Attachment
from attachments.services.incoming import NewFile, store_with_files
from attachments.services.transitions import Actor as AttachmentActor
from attachments.services.uses import start_uses
from correspondence.enums import CorrespondenceStatus
from correspondence.errors import DuplicateInitCorrespondenceRequest
from correspondence.jobs import defer_publishing
from correspondence.models import Correspondence, Message, StatusEvent
from correspondence.requests import InitializeRequest
from correspondence.services.dialogs import check_host_dialog
from correspondence.services.initialize.rows import (
    Accepted,
    events_of,
    history_of,
    letters_of,
    message_of,
    new_attachments_of,
)
from correspondence.services.initialize.rules_access import check_access
from correspondence.services.initialize.rules_attachments import (
    check_attachments,
    check_checksums,
    hold_attachments,
)
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
from journal.services.events import record_events
from notifications.requests import LetterToTell, MessageToTell, NotificationAnswer
from notifications.services.orders import OrderPlan, place_orders, plan_orders
from notifications.services.rules import check_request, check_template
from registry.callers import Caller
from registry.database import again_when_given_up, violated_constraint
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


def initialize_correspondences(
    *, caller: Caller, request: InitializeRequest, files: Sequence[NewFile] = ()
) -> InitializeResult:
    """Accept one request: a message, a letter for each recipient, their orders and the job that publishes them.

    `files` came with it. Raises the domain errors of initialize.md 1.5; nothing is stored then.
    """
    accepted = _check(request, caller, files)
    message = message_of(accepted)
    letters = letters_of(accepted, message)
    plan = _planned_orders(accepted, letters)
    try:
        answers = again_when_given_up(partial(_store, accepted, message, letters, plan))
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
        list(dict.fromkeys(accepted.files.ids)),
    )


def _check(request: InitializeRequest, caller: Caller, incoming: Sequence[NewFile]) -> Accepted:
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
    host_dialog_id = check_host_dialog(request, resource=resource)
    files = check_attachments(request, incoming, owner_org=resource.owner_org, at=at)
    check_reply_options(request)
    if request.notification:
        check_request(request.notification, recipients=len(request.recipients))
    check_checksums(files.new)
    return Accepted(
        request=request,
        caller=caller,
        at=at,
        permission=permission,
        parties=parties,
        reserved=reserved,
        files=files,
        host_dialog_id=host_dialog_id,
    )


def _planned_orders(accepted: Accepted, letters: list[Correspondence]) -> OrderPlan | None:
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
    accepted: Accepted, message: Message, letters: list[Correspondence], plan: OrderPlan | None
) -> dict[uuid.UUID, list[NotificationAnswer]]:
    parties = {party.urn: party for party in (accepted.permission.party, *accepted.parties.values())}
    with transaction.atomic():
        store_new_parties(
            sorted(parties.values(), key=attrgetter("urn"))
        )  # in one order, so none waits in a circle
        message.save(force_insert=True)
        Correspondence.objects.bulk_create(letters)
        StatusEvent.objects.bulk_create(history_of(accepted, letters))
        hold_attachments(accepted.files.existing)
        new_attachments = _store_new_files(accepted)
        start_uses(
            message_id=message.pk,
            attachments=[*new_attachments, *accepted.files.existing],
            publish_time=accepted.publish_time,
            at=accepted.at,
        )
        record_events(events_of(message, letters), at=accepted.at)
        answers = place_orders(plan) if plan else {}
        if any(letter.status != CorrespondenceStatus.RESERVED for letter in letters):
            defer_publishing(message_id=message.pk, at=accepted.publish_time)
    return answers


def _store_new_files(accepted: Accepted) -> list[Attachment]:
    attachments = new_attachments_of(accepted)
    if attachments:
        store_with_files(
            attachments,
            [matched.file for matched in accepted.files.new],
            actor=AttachmentActor.of(accepted.permission.party),
            at=accepted.at,
        )
    return attachments


def _taken(accepted: Accepted) -> DuplicateInitCorrespondenceRequest:
    """Another request with the same key was faster; its letter is stored by now."""
    key, owner = accepted.request.idempotency_key, accepted.permission.resource.owner_org
    letter = Correspondence.objects.with_idempotency_key(key, owner_org=owner).first() if key else None
    return DuplicateInitCorrespondenceRequest(existingCorrespondenceId=str(letter.pk) if letter else None)
