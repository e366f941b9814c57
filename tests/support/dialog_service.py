"""A small dialog service on a real socket: keeps what it is given, notes every call, and fails when it is told to."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.http_stand_in import Call, serving
from tests.support.parallel import with_own_connection

BASE = "/dialogporten/api/v1"
SILENTLY = "?isSilentUpdate=true"


@dataclass
class DialogServiceStandIn:
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    things: dict[str, Any] = field(default_factory=dict)
    """Dialogs, transmissions and activities by path."""
    answers: list[int] = field(default_factory=list)
    """Statuses given to the next calls instead of doing what they ask."""
    delay: float = 0
    before_answering: Callable[[], object] | None = None
    """Done once, while the next caller waits."""

    def add_dialog(self, identity: object, *, party: str, resource: str, org: str = "digdir", **more) -> None:
        dialog = {"party": party, "serviceResource": f"urn:altinn:resource:{resource}", "org": org}
        self.things[f"/{identity}"] = dialog | more

    @property
    def made(self) -> list[tuple[str, str]]:
        return [(call.method, call.path) for call in self.calls]

    @property
    def activities(self) -> list[dict[str, Any]]:
        """What the service was asked to add and has added, in the order in which it came."""
        return [thing for path, thing in self.things.items() if "/activities/" in path]

    def answer(self, call: Call) -> tuple[int, Any]:
        self.calls.append(call)
        time.sleep(self.delay)
        if self.before_answering:
            work, self.before_answering = self.before_answering, None
            with_own_connection(work)
        if self.answers:
            return self.answers.pop(0), {"title": "As the test wants it"}
        path = call.path.removesuffix(SILENTLY)
        return self._create(path, call) if call.method == "POST" else self._work_on(path, call)

    def _work_on(self, path: str, call: Call) -> tuple[int, Any]:
        if path not in self.things:
            return 404, {"title": "Not found"}
        if call.method == "DELETE":
            del self.things[path]
            return 204, None
        if call.method == "PATCH":
            self.things[path] |= {change["path"].removeprefix("/"): change["value"] for change in call.body}
            return 204, None
        return 200, self.things[path]

    def _create(self, parts: str, call: Call) -> tuple[int, Any]:
        if parts and parts.removesuffix("/transmissions").removesuffix("/activities") not in self.things:
            return 404, {"title": "No such dialog"}
        path = f"{parts}/{call.body['id']}"
        if path in self.things:
            return 409, {"title": "It exists already"}
        self.things[path] = call.body
        return 201, call.body["id"]


@contextmanager
def dialog_service_stand_in() -> Iterator[DialogServiceStandIn]:
    stand_in = DialogServiceStandIn()
    with serving(stand_in.answer, base=f"{BASE}/serviceowner/dialogs") as address:
        stand_in.url = f"{address}{BASE}"
        yield stand_in
