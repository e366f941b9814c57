"""How notifications have ended, address by address, as the app above tells it to dialogs (notifications.md 6.3)."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.addresses import masked
from notifications.enums import (
    PENDING_STATES,
    SENT_STATES,
    UNCONFIRMED_STATES,
    Channel,
    DeliveryState,
    NotificationChannel,
    NotificationState,
    Outcome,
)
from notifications.models import Notification
from notifications.services.delivery.prepare import media
from notifications.services.platform.follow import NOT_CONFIRMED

UNTOLD_STATES = (*PENDING_STATES, DeliveryState.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class NotificationOutcome:
    """One address of a notification; `cause` tells it from all others."""

    correspondence_id: uuid.UUID
    cause: str
    outcome: Outcome
    is_reminder: bool
    channel: Channel
    address: str
    """As the letter's recipient may see it: what the sender gave for somebody else is masked. Empty if unknown."""
    at: datetime


def outcomes_of(*, notification_ids: Sequence[uuid.UUID]) -> list[NotificationOutcome]:
    """Of those that have ended and whose letters are not purged. Two queries, however many."""
    ended = (
        Notification.objects.filter(
            pk__in=notification_ids,
            state=NotificationState.COMPLETED,
            order__correspondence__purged_at__isnull=True,
        )
        .select_related("order__correspondence")
        .prefetch_related("deliveries")
    )
    return [outcome for notification in ended for outcome in _outcomes(notification)]


def _outcomes(notification: Notification) -> Iterator[NotificationOutcome]:
    ended = [one for one in notification.deliveries.all() if one.state not in UNTOLD_STATES]
    for delivery in ended:
        state, channel = DeliveryState(delivery.state), Channel(delivery.channel)
        yield _outcome(
            notification,
            cause=f"delivery {delivery.pk}",
            outcome=_meaning(state),
            channel=channel,
            address=delivery.address,
            at=delivery.state_changed_at,
        )
    if notification.reason == NOT_CONFIRMED:
        for channel in _media(notification) - {Channel(one.channel) for one in ended}:
            yield _outcome(
                notification,
                cause=f"{channel} of {notification.pk}",
                outcome=Outcome.UNCONFIRMED,
                channel=channel,
                address=notification.order.address,
                at=notification.state_changed_at,
            )


def _outcome(
    notification: Notification, *, cause: str, outcome: Outcome, channel: Channel, address: str, at: datetime
) -> NotificationOutcome:
    order = notification.order
    is_own = order.party_urn == order.correspondence.recipient_urn
    return NotificationOutcome(
        correspondence_id=order.correspondence_id,
        cause=cause,
        outcome=outcome,
        is_reminder=notification.is_reminder,
        channel=channel,
        address=address if is_own else masked(address),
        at=at,
    )


def _meaning(state: DeliveryState) -> Outcome:
    if state in SENT_STATES:
        return Outcome.SENT
    return Outcome.UNCONFIRMED if state in UNCONFIRMED_STATES else Outcome.FAILED


def _media(notification: Notification) -> set[Channel]:
    address = notification.order.address
    if address:
        return {Channel.EMAIL if "@" in address else Channel.SMS}
    return set(media(NotificationChannel(notification.channel)))
