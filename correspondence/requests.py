"""What a sender asks for (api.md 6.1 to 6.6), as plain data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from correspondence.enums import ReferenceType
from notifications.requests import NotificationRequest


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """`urn` is normalised; `written` is as the request has it (design.md point 19)."""

    urn: str
    written: str

    @property
    def echoed(self) -> str:
        return self.written if self.written.startswith("0192:") else self.urn


@dataclass(frozen=True, kw_only=True)
class ExternalReference:
    """`type` may be an undefined number: the contract lets it pass."""

    type: int
    value: str


@dataclass(frozen=True, kw_only=True)
class ReplyOption:
    url: str
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewAttachment:
    """Metadata of a file that comes with the request. `checksum`: as announced, None and "" differ in answers."""

    file_name: str
    senders_reference: str
    display_name: str | None = None
    is_encrypted: bool = False
    checksum: str | None = ""
    expiration_in_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class InitializeRequest:
    resource_id: str
    """Without prefix."""
    senders_reference: str
    recipients: tuple[Recipient, ...]
    title: str
    body: str
    summary: str = ""
    language: str = "nb"
    """As written."""
    message_sender: str = ""
    requested_publish_time: datetime | None = None
    """None: now."""
    due_date_time: datetime | None = None
    external_references: tuple[ExternalReference, ...] = ()
    property_list: dict[str, str] = field(default_factory=dict)
    reply_options: tuple[ReplyOption, ...] = ()
    new_attachments: tuple[NewAttachment, ...] = ()
    existing_attachments: tuple[uuid.UUID, ...] = ()
    notification: NotificationRequest | None = None
    ignore_reservation: bool | None = None
    is_confirmation_needed: bool = False
    is_confidential: bool = False
    allow_forwarding: bool = False
    idempotency_key: uuid.UUID | None = None

    def references(self, kind: ReferenceType) -> list[str]:
        return [reference.value for reference in self.external_references if reference.type == kind]

    @property
    def dialog_id(self) -> str | None:
        """The first dialog that the letter is to be a transmission of, as written."""
        return next(iter(self.references(ReferenceType.DIALOG_ID)), None)
