"""A mail server's delivery status notification: the whole mail, or its message/delivery-status part (RFC 3464)."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message

ORIGINAL_ID = ("X-Original-Message-ID", "Original-Message-ID", "Original-Envelope-Id")
"""Where servers name our mail beside its returned headers."""
RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")


@dataclass(frozen=True, kw_only=True)
class StatusNotification:
    message_id: str
    action: str
    code: str
    diagnostic: str


def status_notifications(body: bytes) -> list[StatusNotification]:
    """One for each recipient that the notification has; none when it is no such thing or names no mail of ours."""
    mail = message_from_bytes(body.lstrip(), policy=policy.compat32)
    groups = list(_status_groups(mail)) or _groups(body.decode(errors="replace"))
    message_id = _returned_id(mail) or next(
        (value for group in groups for name in ORIGINAL_ID if (value := _field(group, name))), ""
    )
    if not message_id:
        return []
    return [
        StatusNotification(
            message_id=message_id,
            action=_field(group, "Action").lower(),
            code=_field(group, "Status").partition(" ")[0],
            diagnostic=_field(group, "Diagnostic-Code"),
        )
        for group in groups
        if group["Status"]
    ]


def _status_groups(mail: Message) -> Iterator[Message]:
    """Python's parser makes each group of fields a message of its own."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            yield from (group for group in groups if isinstance(group, Message))


def _groups(text: str) -> list[Message]:
    """The part by itself: groups of fields with empty lines between them."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return [message_from_string(group) for group in lines.split("\n\n") if group.strip()]


def _returned_id(mail: Message) -> str:
    for part in mail.walk():
        if part.get_content_type() in RETURNED:
            payload = part.get_payload()
            returned = payload[0] if isinstance(payload, list) else message_from_string(str(payload))
            if isinstance(returned, Message) and (found := _field(returned, "Message-ID")):
                return found
    return ""


def _field(group: Message, name: str) -> str:
    return " ".join(str(group[name] or "").replace("\x00", "").encode(errors="replace").decode().split())
