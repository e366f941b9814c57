"""The recipient passes a letter on by e-mail (notifications.md 8.2). The mail is delivered by `notifications`."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from attachments.models import MessageAttachment
from attachments.services.uses import attachments_of
from correspondence.errors import (
    CorrespondenceAlreadyForwardedToRecipient,
    CorrespondenceNotFound,
    ForwardBeforeRead,
    ForwardingNotAllowed,
    ForwardingTextIsNotPlainText,
    ForwardingTextTooLong,
    TooManyForwardings,
)
from correspondence.models import Correspondence, Forwarding
from correspondence.services.access import letter_of, require_recipient
from correspondence.services.forward_mail import mail_of
from correspondence.services.texts import is_plain_text
from correspondence.services.transitions import locked
from notifications.errors import ForwardToEmailAddressTooLong, InvalidEmailProvided
from notifications.services.forward import order_forward
from registry.addresses import can_be_forwarded_to
from registry.callers import Caller
from registry.database import one_at_a_time, violated_constraint
from registry.directory import PartyInfo
from registry.services.directory import caller_party, store_new_parties

MAX_ADDRESS, MAX_TEXT = 1000, 200
HOUR = timedelta(hours=1)
ONCE_PER_ADDRESS = "forwarding_once_per_address"


def may_be_forwarded(*, correspondence_id: uuid.UUID) -> bool:
    """Whether the sender has allowed it; nobody's access is asked about. Raises CorrespondenceNotFound."""
    letter = letter_of(correspondence_id)
    if letter.is_purged:
        raise CorrespondenceNotFound
    return letter.message.allow_forwarding


def forward(*, caller: Caller, correspondence_id: uuid.UUID, address: str, text: str) -> uuid.UUID:
    """Send the letter there; returns the forwarding's id.

    Raises 1001, 4001, 1001, 3011, 3027, 1063, 1066, 1067, 1065, 1064, 4006, 4002, 1001; 1063 and TooManyForwardings
    at a limit; 1064.
    """
    letter = letter_of(correspondence_id)
    uses = list(attachments_of(message_id=letter.message_id))
    require_recipient(caller, letter, *(use.attachment.resource_id for use in uses))
    if not letter.is_available:
        raise CorrespondenceNotFound
    _check_request(letter, address, text)
    _check_history(letter, address)
    party = caller_party(caller)
    try:
        with transaction.atomic():
            return _forward(letter.pk, uses, party, address=address, text=text)
    except IntegrityError as error:
        if violated_constraint(error) == ONCE_PER_ADDRESS:
            raise CorrespondenceAlreadyForwardedToRecipient from error
        raise


def _check_request(letter: Correspondence, address: str, text: str) -> None:
    """Raises 3011, 3027, 1063, 1066, 1067."""
    if not can_be_forwarded_to(address):
        raise InvalidEmailProvided("The e-mail address to forward to is not valid.")
    if len(address) > MAX_ADDRESS:
        raise ForwardToEmailAddressTooLong
    if not letter.message.allow_forwarding:
        raise ForwardingNotAllowed
    if len(text.encode("utf-16-le")) // 2 > MAX_TEXT:  # as the contract counts characters
        raise ForwardingTextTooLong
    if not is_plain_text(text):
        raise ForwardingTextIsNotPlainText


def _check_history(letter: Correspondence, address: str) -> None:
    """Raises 1065, 1064."""
    if not letter.read_at:
        raise ForwardBeforeRead
    reached = Q(failed_at__isnull=True) | Q(delivered_at__isnull=False)  # later, when it was sent again
    if letter.forwardings.filter(reached, address=address.lower()).exists():
        raise CorrespondenceAlreadyForwardedToRecipient


def _forward(
    letter_id: uuid.UUID, uses: Sequence[MessageAttachment], party: PartyInfo, *, address: str, text: str
) -> uuid.UUID:
    """Under the letter's lock: what a purge or another forwarding has changed meanwhile counts."""
    letter = locked(letter_id)
    if not letter.is_available:
        raise CorrespondenceNotFound
    now = timezone.now()
    _check_limits(letter, party, now)
    store_new_parties([party])
    forwarding = Forwarding.objects.create(
        correspondence=letter,
        address=address.lower(),
        text=text,
        party_uuid=party.uuid,
        party_urn=party.urn,
        created_at=now,
    )
    order_forward(mail_of(forwarding, uses, address=address, at=now), at=now)
    return forwarding.pk


def _check_limits(letter: Correspondence, party: PartyInfo, at: datetime) -> None:
    """Raises ForwardingNotAllowed, TooManyForwardings (docs/decisions/forwarding.md)."""
    most = settings.FORWARDINGS_PER_LETTER
    if letter.forwardings.filter(failed_at__isnull=True).count() >= most:
        raise ForwardingNotAllowed(f"The correspondence has been forwarded {most} times already.")
    one_at_a_time(f"forward {party.urn}")
    recent = Forwarding.objects.filter(party_urn=party.urn, created_at__gt=at - HOUR)
    latest = recent.order_by("-created_at").values_list("created_at", flat=True)
    times = list(latest[: settings.FORWARDINGS_PER_HOUR])
    if len(times) == settings.FORWARDINGS_PER_HOUR:
        raise TooManyForwardings(times[-1] + HOUR - at)
