"""Subscriptions and events as tests need them, and a receiver of events on a real socket."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils import timezone

from journal.enums import EventType
from journal.models import EventSubscription
from journal.services.event_secrets import encrypted
from journal.services.events import EventData, record_events

OWNER_URN = "urn:altinn:organization:identifier-no:991825827"
COMPANY_URN = "urn:altinn:organization:identifier-no:310654302"
SECRET = bytes(range(32))


def subscription(**fields: Any) -> EventSubscription:
    """The owner's, validated, for all of `example-letters`, unless said otherwise."""
    now = timezone.now()
    values = {
        "endpoint": "https://receiver.example.no/hook?code=geheim",
        "resource_id": "example-letters",
        "party_urn": OWNER_URN,
        "consumer": "/org/digdir",
        "is_service_owner": True,
        "level": 3,
        "encrypted_secret": encrypted(SECRET),
        "asked_at": now,
        "validated_at": now,
    }
    return EventSubscription.objects.create(**values | fields)


def happened(*instances: str, **fields: Any) -> None:
    """That many letters were published, to the company unless said otherwise."""
    values = {
        "type": EventType.CORRESPONDENCE_PUBLISHED,
        "resource_id": "example-letters",
        "subject": COMPANY_URN,
    }
    at = fields.pop("at", timezone.now())
    record_events([EventData(instance=instance, **values | fields) for instance in instances], at=at)


@dataclass
class Receiver:
    """Keeps what it is sent; `answers` are given in turn, the last one for ever: a status, or seconds to wait first."""

    url: str = ""
    answers: list[int | float | Callable[[], int]] = field(default_factory=lambda: [200])
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    def next_answer(self) -> int:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, float):
            time.sleep(answer)
            return 200
        return answer() if callable(answer) else answer


@contextmanager
def receiver(*answers: float | Callable[[], int]) -> Iterator[Receiver]:
    kept, lock = Receiver(), threading.Lock()
    kept.answers = list(answers) or [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                kept.headers.append({name.lower(): value for name, value in self.headers.items()})
                kept.bodies.append(body)
            status = kept.next_answer()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{kept.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def is_signed(headers: dict[str, str], body: bytes, secret: bytes = SECRET) -> bool:
    """As a subscriber verifies it (docs/howto/events.md), written anew."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and f"v1,{expected}" in headers["webhook-signature"].split()
