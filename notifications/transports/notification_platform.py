"""The national notification platform over HTTP: placing orders, looking at shipments, cancelling (notifications.md 2.7, 2.10)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from django.conf import settings

from registry.neighbours import FIRST_REFUSAL, NeighbourDown, NeighbourFailed, call

SHOWN_OF_AN_ANSWER = 300
MISCONFIGURED = {403, 404, 405}
"""When an order is placed: a token without scope or owner, or not the platform's address."""
NO_ADDRESS, WE_WENT_AWAY = 422, 499
UNKNOWN, TOO_LATE = 404, 409


class NoUsableAddress(Exception):
    """The party of the order, or of its reminder, has no address for the channel; nothing was stored."""


class OrderRefused(Exception):
    """The platform will not take this order as it is; the text is its own answer, for operators and not for logs."""


@dataclass(frozen=True, kw_only=True)
class PlacedOrder:
    order_id: uuid.UUID
    shipment_ids: list[uuid.UUID]
    """Of the order itself, then of its reminder if it has one."""


@dataclass(frozen=True, kw_only=True)
class ShipmentRecipient:
    """One address; `kind` and `status` in the platform's words, the address empty where nobody was found."""

    kind: str
    destination: str
    status: str
    last_update: datetime


@dataclass(frozen=True, kw_only=True)
class Shipment:
    status: str
    last_update: datetime
    recipients: list[ShipmentRecipient]


class NotificationPlatform:
    """Each call raises NeighbourDown or NeighbourFailed."""

    def __init__(self, session: requests.Session) -> None:
        self.session = session
        self.answers = 0
        """So many calls were answered by more than an outage."""

    def place(self, order: dict[str, Any]) -> PlacedOrder:
        """Place it, or find it placed by an earlier call with the same key. Raises NoUsableAddress, OrderRefused."""
        answer = self._call("POST", "/future/orders", order)
        status = answer.status_code
        if status == NO_ADDRESS:
            raise NoUsableAddress
        if status in MISCONFIGURED:
            raise NeighbourDown(f"HTTP {status}")
        if status == WE_WENT_AWAY:
            raise NeighbourFailed(f"HTTP {status}")
        if status >= FIRST_REFUSAL:
            raise OrderRefused(f"{status} {_reason(answer)}".strip())
        return _placed(answer)

    def shipment(self, shipment_id: uuid.UUID) -> Shipment:
        answer = self._call("GET", f"/future/shipment/{shipment_id}")
        if answer.status_code >= FIRST_REFUSAL:
            raise NeighbourFailed(f"HTTP {answer.status_code}")
        return _shipment(answer)

    def cancel(self, shipment_id: uuid.UUID) -> bool:
        """Whether it is cancelled now; False when it is too late for that, or not the platform's."""
        answer = self._call("PUT", f"/orders/{shipment_id}/cancel")
        if answer.status_code in {UNKNOWN, TOO_LATE}:
            return False
        if answer.status_code >= FIRST_REFUSAL:
            raise NeighbourFailed(f"HTTP {answer.status_code}")
        return True

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        if not settings.NOTIFICATION_PLATFORM_URL:
            raise NeighbourDown("NOTIFICATION_PLATFORM_URL is not set any more.")
        url = f"{settings.NOTIFICATION_PLATFORM_URL}{path}"
        answer = call(self.session, method, url, token=settings.NOTIFICATION_PLATFORM_TOKEN.read(), body=body)
        self.answers += 1
        return answer


@contextmanager
def notification_platform() -> Iterator[NotificationPlatform]:
    """One connection for many calls."""
    with requests.Session() as session:
        yield NotificationPlatform(session)


def _reason(answer: requests.Response) -> str:
    """What a validation problem says of each field, else the beginning of whatever came."""
    try:
        errors = answer.json()["errors"]
        text = "; ".join(f"{field}: {' '.join(sentences)}" for field, sentences in errors.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        text = answer.text
    return text[:SHOWN_OF_AN_ANSWER]


def _placed(answer: requests.Response) -> PlacedOrder:
    try:
        order = answer.json()
        notification = order["notification"]
        shipments = [notification, *(notification.get("reminders") or [])]
        return PlacedOrder(
            order_id=uuid.UUID(order["notificationOrderId"]),
            shipment_ids=[uuid.UUID(shipment["shipmentId"]) for shipment in shipments],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NeighbourFailed("The answer is no placed order.") from error


def _shipment(answer: requests.Response) -> Shipment:
    try:
        shipment = answer.json()
        return Shipment(
            status=str(shipment["status"]),
            last_update=_moment(shipment["lastUpdate"]),
            recipients=[_recipient(recipient) for recipient in shipment.get("recipients") or []],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NeighbourFailed("The answer is no shipment.") from error


def _recipient(recipient: dict[str, Any]) -> ShipmentRecipient:
    return ShipmentRecipient(
        kind=str(recipient["type"]),
        destination=str(recipient.get("destination") or ""),
        status=str(recipient.get("status") or ""),
        last_update=_moment(recipient["lastUpdate"]),
    )


def _moment(text: str) -> datetime:
    """.NET writes up to seven decimals; Python's parser cuts after six."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
