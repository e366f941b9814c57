"""An order as the national platform takes it (notifications.md 2.4, 2.5, 2.7)."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from notifications.enums import Channel, OrderPurpose
from notifications.models import Notification, Order
from notifications.services.orders import reminder_delay
from notifications.services.wording import Wording, wording
from registry.enums import RecipientKind
from registry.identifiers import RESOURCE_PREFIX, identifier_of, kind_of

EARLIEST = timedelta(seconds=20)
"""The platform refuses a time that has passed when it looks."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
"""Hosts at which the platform would find itself."""


def order_body(order: Order, parts: Sequence[Notification], *, at: datetime) -> dict[str, Any]:
    """The first of the parts is the order itself, a second one its reminder.

    A reminder whose main notification cannot be sent is an order of its own.
    """
    first, *reminders = parts
    return {
        **_common(order, first),
        "requestedSendTime": _utc(send_time(first, at)),
        "dialogportenAssociation": None,
        "idempotencyId": str(idempotency_id(order, is_reminder=first.is_reminder)),
        "reminders": [
            {**_common(order, reminder), "delayDays": reminder_delay().days} for reminder in reminders
        ]
        or None,
    }


def send_time(notification: Notification, at: datetime) -> datetime:
    """What the platform is told; the row keeps the time that was meant."""
    return max(notification.send_at, at + EARLIEST)


def idempotency_id(order: Order, *, is_reminder: bool) -> uuid.UUID:
    """The same for the same order, whoever places it; what is sent again is another order."""
    is_first = order.purpose == OrderPurpose.LETTER and order.repeats_id is None
    namespace = order.correspondence_id if is_first else order.pk
    return uuid.uuid5(namespace, order.party_key + (":reminder" if is_reminder else ""))


def _common(order: Order, notification: Notification) -> dict[str, Any]:
    return {
        "sendersReference": f"corr-{order.correspondence.senders_reference}",
        "conditionEndpoint": _condition_endpoint(order, is_reminder=notification.is_moot_once_read),
        "recipient": _recipient(order, notification),
    }


def _condition_endpoint(order: Order, *, is_reminder: bool) -> str | None:
    if urlsplit(settings.PUBLIC_URL).hostname in LOOPBACK:
        return None
    letter = f"{settings.PUBLIC_URL}/correspondence/api/v1/correspondence/{order.correspondence_id}"
    return f"{letter}/notification/check" + ("" if is_reminder else "/main")


def _recipient(order: Order, notification: Notification) -> dict[str, Any]:
    texts = _texts(order, is_reminder=notification.is_reminder)
    if "@" in order.address:
        return {"recipientEmail": {"emailAddress": order.address, "emailSettings": texts["emailSettings"]}}
    if order.address:
        return {"recipientSms": {"phoneNumber": order.address, "smsSettings": texts["smsSettings"]}}
    resource = f"{RESOURCE_PREFIX}{order.correspondence.resource_id}"
    party = {"resourceId": resource, "channelSchema": notification.channel, **texts}
    identifier = identifier_of(order.party_urn)
    match kind_of(order.party_urn):
        case RecipientKind.ORGANIZATION:
            return {"recipientOrganization": {"orgNumber": identifier, **party}}
        case RecipientKind.PERSON:
            ignores = order.ignore_reservation
            reservation = {} if ignores is None else {"ignoreReservation": ignores}
            return {"recipientPerson": {"nationalIdentityNumber": identifier, **party, **reservation}}
    return {"recipientExternalIdentity": {"externalIdentity": order.party_urn, **party}}


def _texts(order: Order, *, is_reminder: bool) -> dict[str, Any]:
    """The platform fills in the names of parties that it notifies: it asks its registers when it sends."""

    def words(channel: Channel) -> Wording:
        name = order.correspondence.recipient_name
        return wording(
            order,
            channel=channel,
            is_reminder=is_reminder,
            letter_recipient=name,
            names_party=bool(order.address),
        )

    email, sms = words(Channel.EMAIL), words(Channel.SMS)
    has_email = email.subject.strip() and email.body.strip()
    return {
        "emailSettings": {
            "subject": email.subject,
            "body": email.body,
            "contentType": email.content_type.value,
        }
        if has_email
        else None,
        "smsSettings": {"body": sms.body} if sms.body.strip() else None,
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
