"""What a sender asks for (api.md 6.7), and what the service answers. Plain data between the apps."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from notifications.enums import (
    EmailContentType,
    NotificationChannel,
    NotificationResult,
    NotificationTemplate,
)


@dataclass(frozen=True, kw_only=True)
class CustomRecipient:
    """As sent: None and "" differ (notifications.md 1.7)."""

    email_address: str | None = None
    mobile_number: str | None = None
    organization_number: str | None = None
    national_identity_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class NotificationRequest:
    """`template` may be an undefined number: that is a rule, not a matter of reading (3023, 3001)."""

    template: int = NotificationTemplate.CUSTOM_MESSAGE
    channel: NotificationChannel = NotificationChannel.EMAIL
    reminder_channel: NotificationChannel | None = None
    email_subject: str | None = None
    email_body: str | None = None
    email_content_type: EmailContentType = EmailContentType.PLAIN
    sms_body: str | None = None
    send_reminder: bool = False
    reminder_email_subject: str | None = None
    reminder_email_body: str | None = None
    reminder_email_content_type: EmailContentType | None = None
    reminder_sms_body: str | None = None
    custom_recipients: tuple[CustomRecipient, ...] = ()
    """The first non-empty of `customRecipients`, `customRecipient`, first group of the oldest form."""
    override_registered_contacts: bool = False

    @property
    def channel_of_reminder(self) -> NotificationChannel:
        return self.channel if self.reminder_channel is None else self.reminder_channel

    @property
    def texts(self) -> tuple[str, ...]:
        given = (
            self.email_subject,
            self.email_body,
            self.sms_body,
            self.reminder_email_subject,
            self.reminder_email_body,
            self.reminder_sms_body,
        )
        return tuple(text for text in given if text)


@dataclass(frozen=True, kw_only=True)
class LetterToTell:
    """One letter whose recipient is to be told."""

    correspondence_id: uuid.UUID
    recipient_urn: str
    recipient_name: str
    is_reserved: bool = False
    """The person has reserved and the sender may not ignore it: told nothing, has no order."""


@dataclass(frozen=True, kw_only=True)
class MessageToTell:
    """What all letters of a request have in common, for texts and times."""

    resource_id: str
    resource_title: str
    sender_urn: str
    sender_name: str
    """`messageSender`, else the owner's registered name."""
    title: str
    language: str
    publish_time: datetime
    ignore_reservation: bool | None
    letters: tuple[LetterToTell, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class NotificationAnswer:
    """One element of the answer's `notifications[]` (design.md point 6)."""

    order_id: uuid.UUID
    is_reminder: bool
    status: NotificationResult


@dataclass(frozen=True, kw_only=True)
class EnclosedFile:
    """A file that goes with a mail, as data: its bytes stay in the storage `attachments` (design.md point 17)."""

    name: str
    content_type: str
    size: int
    storage_key: str
    """Empty when the file was gone already: the mail then only says so."""


@dataclass(frozen=True, kw_only=True)
class ForwardedMail:
    """A letter that somebody passes on by e-mail."""

    forwarding_id: uuid.UUID
    correspondence_id: uuid.UUID
    address: str
    language: str
    subject: str
    body: str
    files: tuple[EnclosedFile, ...]
