"""Requests as senders write them, and letters in the states that tests begin with."""

import uuid
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence
from correspondence.services.publish import publish_message

LETTER: dict[str, Any] = {
    "correspondence": {
        "resourceId": "example-letters",
        "sendersReference": "case-77",
        "content": {
            "language": "nb",
            "messageTitle": "Vedtak i saken din",
            "messageSummary": "Søknaden er innvilget.",
            "messageBody": "Hei {{recipientName}}\n\nSøknaden er **innvilget**.",
        },
    },
    "recipients": ["0192:310654302"],
}
COMPANY_URN = "urn:altinn:organization:identifier-no:310654302"


def letter(
    content: dict[str, Any] | None = None, correspondence: dict[str, Any] | None = None, **top: Any
) -> dict[str, Any]:
    """The plain letter with changes: in its content, in the correspondence, or at the top."""
    body = deepcopy(LETTER)
    body["correspondence"] |= correspondence or {}
    if isinstance(body["correspondence"]["content"], dict):
        body["correspondence"]["content"] |= content or {}
    return body | top


def send(sender, body: dict[str, Any] | None = None) -> Correspondence:
    """One letter, accepted and not published yet."""
    answer = sender.post("/correspondence", body or letter())
    assert answer.status_code == 200, answer.content
    return Correspondence.objects.get(pk=answer.json()["correspondences"][0]["correspondenceId"])


def publish(letter_: Correspondence) -> Correspondence:
    publish_message(message_id=letter_.message_id)
    letter_.refresh_from_db()
    return letter_


def send_and_publish(sender, body: dict[str, Any] | None = None) -> Correspondence:
    return publish(send(sender, body))


def uploaded(sender, data: bytes = b"hei", **fields: Any) -> uuid.UUID:
    """A published attachment of the sender."""
    body = {"resourceId": "example-letters", "fileName": "notat.txt", "sendersReference": "a-1", **fields}
    identity = sender.post("/attachment", body).json()
    answer = sender.upload(f"/attachment/{identity}/upload", data)
    assert answer.status_code == 200, answer.content
    return uuid.UUID(identity)


def statuses(letter_: Correspondence) -> list[str]:
    """The names of a letter's history, in order."""
    events = letter_.status_events.order_by("at", "pk").values_list("status", flat=True)
    return [CorrespondenceStatus(status).wire_name for status in events]


def in_days(days: float) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def as_form(document: Any, path: str = "") -> list[tuple[str, str]]:
    """A request's JSON as form fields: dotted, indexed names, booleans as .NET writes them."""
    if isinstance(document, dict):
        members = ((f"{path}.{name}" if path else name, value) for name, value in document.items())
        return [field for name, value in members for field in as_form(value, name)]
    if isinstance(document, list):
        return [field for n, item in enumerate(document) for field in as_form(item, f"{path}[{n}]")]
    return [(path, "" if document is None else str(document))]


def described(*names: str, **fields: Any) -> list[dict[str, Any]]:
    """Metadata of files in the request."""
    return [{"fileName": name, "sendersReference": "a-1", **fields} for name in names]


def files_in(folder: Path) -> list[Path]:
    """Every stored file below the folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
