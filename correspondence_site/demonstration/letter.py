"""One letter from its sender to its reader, over HTTP, as an integrator's system would do it."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

SENDER_CLIENT, SENDER_SECRET = "7c1f0d52-6d1b-4a8e-9f40-2f0f6a1f5b11", "demo-only"
RECIPIENT_ORG = "310654302"
PATIENCE_SECONDS = int(os.environ.get("DEMO_PATIENCE_SECONDS", "30"))
"""How long each step may take; tests of failures have less."""
Result = TypeVar("Result")
Placing = Callable[[str], tuple[str | None, str]]
"""By a letter's id: the platform's order, if it has accepted one, and what it said instead."""
MAIL_SENT = {"Email_Succeeded", "Email_Delivered"}
DOCUMENT = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CHECKSUM = hashlib.md5(DOCUMENT, usedforsecurity=False).hexdigest()


class StepFailed(Exception):
    """A step of the letter's way did not hold; the message says which and what came instead."""


@dataclass(frozen=True)
class Step:
    """What just happened, in words for a reader of the terminal."""

    title: str
    detail: str = ""


class FirstLetter:
    """Sends one letter with an attachment and an e-mail notification, and reads it as its recipient.

    Where the national platform sends the e-mail, `placing` knows whether it has the order: no answer of the API does.
    """

    def __init__(self, base_url: str, *, placing: Placing | None = None) -> None:
        self.base_url = base_url
        self.placing = placing
        self.api = f"{base_url}/correspondence/api/v1"
        self.http = requests.Session()
        self.correspondence_id = ""
        self.attachment_id = ""

    def steps(self) -> Iterator[Step]:
        """Each step once it has held. Raises StepFailed."""
        self.sender = self._sender_token()
        yield Step("The sender has a token", "POST /token, then exchanged for an Altinn token")
        self._upload()
        yield Step("An attachment is uploaded", f"vedtak.pdf, {len(DOCUMENT)} bytes, MD5 {CHECKSUM}")
        answer = self._send()
        yield Step("The letter is accepted", f"{self.correspondence_id}, notification {answer}")
        self.recipient = self._recipient_token()
        overview = self._published_overview()
        yield Step("It is published", f"at {overview['published']}")
        yield self._notified()
        text = self._call("GET", f"/correspondence/{self.correspondence_id}/content", self.recipient).text
        yield Step("The recipient reads it", text.splitlines()[0])
        self._download()
        yield Step("and downloads the attachment", "the same checksum")
        self._call("POST", f"/correspondence/{self.correspondence_id}/confirm", self.recipient)
        yield Step("and confirms it", "the sender sees: " + self._status_seen_by_sender())

    def _sender_token(self) -> str:
        answer = self.http.post(
            f"{self.base_url}/token",
            data={"grant_type": "client_credentials"},
            auth=(SENDER_CLIENT, SENDER_SECRET),
            timeout=PATIENCE_SECONDS,
        )
        token = _json(answer)["access_token"]
        exchange = f"{self.base_url}/authentication/api/v1/exchange/maskinporten"
        exchanged = self.http.get(
            exchange, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS
        )
        return _ok(exchanged).text

    def _recipient_token(self) -> str:
        answer = self.http.get(
            f"{self.base_url}/api/GetEnterpriseToken",
            params={"env": "tt02", "orgNo": RECIPIENT_ORG, "scopes": "altinn:correspondence.read"},
            timeout=PATIENCE_SECONDS,
        )
        return _ok(answer).text

    def _upload(self) -> None:
        body = {
            "resourceId": "example-letters",
            "fileName": "vedtak.pdf",
            "displayName": "Vedtaket",
            "sendersReference": "demo-1/1",
            "checksum": CHECKSUM,
        }
        self.attachment_id = self._call("POST", "/attachment", self.sender, json=body).json()
        self._call(
            "POST",
            f"/attachment/{self.attachment_id}/upload",
            self.sender,
            data=DOCUMENT,
            headers={"Content-Type": "application/octet-stream"},
        )
        _eventually(self._is_attachment_ready, "the attachment was not published")

    def _is_attachment_ready(self) -> bool | None:
        """At once, or after its scan where files are scanned."""
        status = _json(self._get(f"/attachment/{self.attachment_id}", self.sender))["status"]
        _expect(status in {"Published", "UploadProcessing"}, f"the attachment is {status}")
        return True if status == "Published" else None

    def _send(self) -> str:
        body = letter_request(existing_attachments=[self.attachment_id])
        answer = self._call("POST", "/correspondence", self.sender, json=body).json()
        (letter,) = answer["correspondences"]
        self.correspondence_id = letter["correspondenceId"]
        return ", ".join(notification["status"] for notification in letter["notifications"])

    def _published_overview(self) -> dict[str, Any]:
        def published() -> dict[str, Any] | None:
            answer = self._get(f"/correspondence/{self.correspondence_id}", self.recipient)
            return None if answer.status_code == requests.codes.not_found else _json(answer)

        return _eventually(published, "the letter was not published")

    def _notified(self) -> Step:
        """The delivery is waited for where it is ours: the platform's may take hours."""
        if self.placing is None:
            return Step("The recipient is told by e-mail", self._mail_delivered())
        order_id = self._placed(self.placing)
        return Step("The notification is placed with the national platform", f"its order {order_id}")

    def _placed(self, placing: Placing) -> str:
        try:
            return _eventually(
                lambda: placing(self.correspondence_id)[0],
                "the order was not placed with the national platform",
            )
        except StepFailed as error:
            _, trouble = placing(self.correspondence_id)
            raise StepFailed(f"{error}: {trouble or 'it was not asked'}") from error

    def _mail_delivered(self) -> str:
        def delivered() -> str | None:
            details = _json(self._get(f"/correspondence/{self.correspondence_id}/details", self.sender))
            for notification in details["notifications"]:
                for mail in (notification["notificationStatusDetails"] or {}).get("emails") or []:
                    if mail["sendStatus"]["status"] in MAIL_SENT:
                        return str(mail["recipient"]["emailAddress"])
            return None

        return _eventually(delivered, "the e-mail was not delivered")

    def _download(self) -> None:
        path = f"/correspondence/{self.correspondence_id}/attachment/{self.attachment_id}/download"
        received = self._call("GET", path, self.recipient).content
        _expect(
            hashlib.md5(received, usedforsecurity=False).hexdigest() == CHECKSUM,
            "the downloaded attachment is not the one that was uploaded",
        )

    def _status_seen_by_sender(self) -> str:
        details = _json(self._get(f"/correspondence/{self.correspondence_id}/details", self.sender))
        return " → ".join(event["status"] for event in details["statusHistory"])

    def _get(self, path: str, token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.get(self.api + path, headers=headers, timeout=PATIENCE_SECONDS)

    def _call(self, method: str, path: str, token: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return _ok(
            self.http.request(method, self.api + path, headers=headers, timeout=PATIENCE_SECONDS, **options)
        )


def letter_request(*, existing_attachments: list[str]) -> dict[str, Any]:
    """The body of `POST /correspondence` that the demo sends and the README shows."""
    return {
        "correspondence": {
            "resourceId": "example-letters",
            "sendersReference": "demo-1",
            "content": {
                "language": "nb",
                "messageTitle": "Vedtak i saken din",
                "messageSummary": "Søknaden er innvilget.",
                "messageBody": "Hei {{recipientName}}\n\nSøknaden er **innvilget**.",
            },
            "dueDateTime": "2099-12-31T12:00:00Z",
            "isConfirmationNeeded": True,
            "notification": {
                "notificationTemplate": "GenericAltinnMessage",
                "notificationChannel": "EmailPreferred",
            },
        },
        "recipients": [f"0192:{RECIPIENT_ORG}"],
        "existingAttachments": existing_attachments,
    }


def _eventually(attempt: Callable[[], Result | None], otherwise: str) -> Result:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (result := attempt()) is not None:
            return result
        time.sleep(0.2)
    raise StepFailed(f"{otherwise} within {PATIENCE_SECONDS} s")


def _json(answer: requests.Response) -> Any:
    return _ok(answer).json()


def _ok(answer: requests.Response) -> requests.Response:
    _expect(
        answer.status_code == requests.codes.ok,
        f"{answer.request.method} {answer.request.path_url} answered {answer.status_code}: {answer.text[:300]}",
    )
    return answer


def _expect(held: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not held:
        raise StepFailed(otherwise)
