"""A provider's HTTP interface on a real socket: notes what is posted to it, and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Posted:
    path: str
    headers: dict[str, str]
    body: Any
    at: float
    """Seconds, on the clock that only goes forward."""


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    hangs_up: bool = False


@dataclass
class PostService:
    usual: Callable[[Any], str]
    """The body of the answer 200 to what was posted."""
    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """Given to the next calls instead of the usual one."""
    always: Answer | None = None

    def answer(self, posted: Posted) -> Answer:
        self.posted.append(posted)
        if self.answers:
            return self.answers.pop(0)
        return self.always or Answer(body=self.usual(posted.body))


@contextmanager
def post_service(usual: Callable[[Any], str]) -> Iterator[PostService]:
    service = PostService(usual)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given = service.answer(Posted(self.path, dict(self.headers), body, time.monotonic()))
            time.sleep(given.delay)
            if given.hangs_up:
                self.close_connection = True
                return
            self.send_response(given.status)
            for name, value in {**given.headers, "Content-Length": str(len(given.body.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.body.encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A caller that has lost patience is no error here."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        service.url = f"http://127.0.0.1:{server.server_port}"
        yield service
        server.shutdown()


def sms_gateway():
    """As operator-interface.md has it."""
    return post_service(lambda body: json.dumps({"id": f"gw-{body['reference']}"}))


def postmark():
    """The part of one mail service's interface that anymail uses."""
    return post_service(
        lambda body: json.dumps(
            {
                "To": body["To"],
                "MessageID": "pm-1",
                "ErrorCode": 0,
                "Message": "OK",
                "SubmittedAt": "2026-01-01",
            }
        )
    )
