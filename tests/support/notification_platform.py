"""A small national notification platform on a real socket: keeps orders by key, and fails when it is told to."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.http_stand_in import Call, serving
from tests.support.parallel import with_own_connection

BASE = "/notifications/api/v1"
ORDERS, SHIPMENTS = "/future/orders", "/future/shipment/"
AT = "2026-09-01T08:06:40.1000000Z"


@dataclass
class NotificationPlatformStandIn:
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Answers by idempotency key."""
    shipments: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    """Given to the next calls instead of doing what they ask."""
    unreachable: Callable[[dict[str, Any]], bool] = lambda recipient: False
    """Whom the platform has no address for: a main notification's recipient, or a reminder's."""
    cancelling: int = 200
    delay: float = 0
    before_answering: Callable[[], object] | None = None
    """Done once, while the next caller waits."""
    forgets_to_answer: bool = False
    """The next order is stored, and answered as if the connection had been cut off."""

    @property
    def placed(self) -> list[dict[str, Any]]:
        return [call.body for call in self.calls if call.path == ORDERS]

    @property
    def made(self) -> list[tuple[str, str]]:
        return [(call.method, call.path) for call in self.calls]

    def reports(self, shipment_id: object, *recipients: tuple[str, str, str], status="Order_Completed"):
        """Type, destination and status of each recipient."""
        self.shipments[str(shipment_id)] |= {
            "status": status,
            "recipients": [
                {"type": kind, "destination": destination, "status": word, "lastUpdate": AT}
                for kind, destination, word in recipients
            ],
        }

    def answer(self, call: Call) -> tuple[int, Any]:
        self.calls.append(call)
        time.sleep(self.delay)
        if self.before_answering:
            work, self.before_answering = self.before_answering, None
            with_own_connection(work)
        if self.answers:
            return self.answers.pop(0)
        if call.path == ORDERS:
            return self._order(call.body)
        if call.path.startswith(SHIPMENTS):
            shipment = self.shipments.get(call.path.removeprefix(SHIPMENTS))
            return (200, shipment) if shipment else (404, {"code": "NOT-00003"})
        return self._cancel(call.path.split("/")[2])

    def _order(self, body: dict[str, Any]) -> tuple[int, Any]:
        key = body["idempotencyId"]
        if key in self.orders:
            return 200, self.orders[key]
        parts = [body, *(body["reminders"] or [])]
        if any(self.unreachable(part["recipient"]) for part in parts):
            return 422, {"title": "Missing contact information", "code": "NOT-00001"}
        main, *reminders = [self._shipment(part) for part in parts]
        notification = main | ({"reminders": reminders} if reminders else {})
        self.orders[key] = {"notificationOrderId": str(uuid.uuid4()), "notification": notification}
        if self.forgets_to_answer:
            self.forgets_to_answer = False
            return 502, None
        return 201, self.orders[key]

    def _shipment(self, part: dict[str, Any]) -> dict[str, Any]:
        shipment = {"shipmentId": str(uuid.uuid4()), "sendersReference": part["sendersReference"]}
        self.shipments[shipment["shipmentId"]] = shipment | {
            "type": "Reminder" if "delayDays" in part else "Notification",
            "status": "Order_Registered",
            "lastUpdate": AT,
            "recipients": [],
        }
        return shipment

    def _cancel(self, shipment_id: str) -> tuple[int, Any]:
        if self.cancelling == 200:
            self.shipments[shipment_id]["status"] = "Order_Cancelled"
        return self.cancelling, {"id": shipment_id}


@contextmanager
def notification_platform_stand_in() -> Iterator[NotificationPlatformStandIn]:
    stand_in = NotificationPlatformStandIn()
    with serving(stand_in.answer, base=BASE) as address:
        stand_in.url = f"{address}{BASE}"
        yield stand_in
