"""What the platform says of each address, kept as deliveries of ours (notifications.md 9.2, 4.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from notifications.enums import PENDING_STATES, AddressRule, Channel, DeliveryState
from notifications.models import Delivery, Notification
from notifications.transports.notification_platform import ShipmentRecipient
from registry.ids import uuid7

STATES = {state.value.lower(): state for state in DeliveryState} | {
    "email_failed_invalidformat": DeliveryState.EMAIL_FAILED_INVALID_FORMAT
}
FAILED = {Channel.EMAIL: DeliveryState.EMAIL_FAILED, Channel.SMS: DeliveryState.SMS_FAILED}
"""For failures that the API has no name for, such as mails that were too big."""


@dataclass(frozen=True, kw_only=True)
class Result:
    channel: Channel
    address: str
    state: DeliveryState
    at: datetime


def results_of(recipients: Iterable[ShipmentRecipient]) -> Iterator[Result]:
    """Without those on their way: our own delivery would take a delivery that waits for one of its own."""
    for recipient in recipients:
        channel = Channel.SMS if recipient.kind.lower() == "sms" else Channel.EMAIL
        state = _state(channel, recipient.status.lower())
        if state not in PENDING_STATES:
            yield Result(
                channel=channel, address=recipient.destination, state=state, at=recipient.last_update
            )


def store_results(notification: Notification, results: Iterable[Result]) -> list[int]:
    """One delivery for each address, whatever was known of it before; their ids."""
    rows = {(row.channel, row.normalised_address): row for row in _rows(notification, results)}
    Delivery.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["notification", "channel", "normalised_address"],
        update_fields=["state", "state_changed_at"],
    )
    return list(notification.deliveries.values_list("pk", flat=True))


def _state(channel: Channel, word: str) -> DeliveryState:
    if word in STATES:
        return STATES[word]
    return FAILED[channel] if "_failed" in word else DeliveryState.UNKNOWN


def _rows(notification: Notification, results: Iterable[Result]) -> Iterator[Delivery]:
    given = bool(notification.order.address)
    for result in results:
        yield Delivery(
            notification=notification,
            channel=result.channel,
            address=result.address,
            normalised_address=result.address.strip().lower(),
            rule=AddressRule.GIVEN if given else "",
            state=result.state,
            state_changed_at=result.at,
            message_id=str(uuid7()),
            expires_at=result.at,
            created_at=result.at,
        )
