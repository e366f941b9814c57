"""Answers about a letter (api.md 6.10, 6.11)."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from attachments.enums import AttachmentStatus, DataLocationType
from attachments.models import AttachmentStatusEvent, MessageAttachment
from attachments.services.file_names import data_type_of
from attachments.services.uses import attachments_of
from correspondence.api.serializers.shapes import (
    ExternalReferenceAnswer,
    NotificationAnswer,
    NotificationOrderAnswer,
    StatusHistoryAnswer,
)
from correspondence.enums import CorrespondenceStatus, ReferenceType
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.markdown import as_text, to_markdown
from correspondence.services.read import OpenedLetter
from correspondence.services.texts import fill_in_name, with_reply_options
from notifications.enums import NotificationChannel
from notifications.services.details import (
    DeliveryDetails,
    NotificationDetails,
    notification_details,
    notification_orders,
)
from registry.api.fields import (
    FlagField,
    GuidField,
    TextField,
    TimeField,
    WordField,
    time_on_the_wire,
    word_of,
)
from registry.services.directory import find_resource

HIDDEN_LANGUAGE = "no"
SUCCEEDED_SMS_ID = uuid.UUID(int=0)
NOT_IN_SENDERS_HISTORY = {
    CorrespondenceStatus.PURGED_BY_RECIPIENT,
    CorrespondenceStatus.PURGED_BY_ALTINN,
    CorrespondenceStatus.ARCHIVED,
}


@dataclass
class LetterAnswer:
    """A letter with everything that its answer tells, read in a fixed number of queries."""

    opened: OpenedLetter
    appends_reply_options: bool = True
    events: list[StatusEvent] = field(init=False)
    uses: list[MessageAttachment] = field(init=False)
    latest: dict[uuid.UUID, AttachmentStatusEvent] = field(init=False)

    def __post_init__(self) -> None:
        letter = self.opened.letter
        self.events = list(letter.status_events.order_by("at", "pk"))
        self.uses = list(attachments_of(message_id=letter.message_id)) if self.opened.shows_content else []
        history = AttachmentStatusEvent.objects.filter(
            attachment__in=[use.attachment_id for use in self.uses]
        )
        self.latest = (
            {event.attachment_id: event for event in history.order_by("at", "pk")} if self.uses else {}
        )

    @property
    def letter(self) -> Correspondence:
        return self.opened.letter

    @property
    def current(self) -> StatusEvent:
        """The event that the shown status belongs to."""
        return next(event for event in reversed(self.events) if event.status == self.letter.status)

    def text(self, text: str) -> str:
        return fill_in_name(text, self.letter.name_in_texts) if self.opened.shows_content else ""

    @property
    def body(self) -> str:
        message = self.letter.message
        if not (self.appends_reply_options and self.opened.shows_content):
            return self.text(message.body)
        return with_reply_options(self.text(message.body), message.reply_options, message.language)

    @property
    def markdown(self) -> str:
        """The body for those who show it: Markdown without HTML, in what is appended too."""
        message = self.letter.message
        if not self.opened.shows_content:
            return ""
        options = [
            {**option, "linkText": as_text(option["linkText"] or "")} for option in message.reply_options
        ]
        return with_reply_options(to_markdown(self.text(message.body)), options, message.language)


class CorrespondenceAttachment(serializers.Serializer[MessageAttachment]):
    id = GuidField(source="attachment_id")
    created = TimeField(source="created_at")
    dataLocationType = serializers.SerializerMethodField()
    status = WordField(AttachmentStatus, source="attachment.status")
    statusText = serializers.SerializerMethodField()
    statusChanged = serializers.SerializerMethodField()
    dataType = serializers.SerializerMethodField()
    expirationTime = TimeField(source="expires_at", allow_null=True)
    fileName = TextField(source="attachment.file_name")
    displayName = TextField(source="attachment.display_name", allow_null=True)
    isEncrypted = FlagField(source="attachment.is_encrypted")
    checksum = TextField(source="attachment.checksum", allow_null=True)
    sendersReference = TextField(source="attachment.senders_reference")
    expirationInDays = serializers.SerializerMethodField()

    def get_dataLocationType(self, use: MessageAttachment) -> str:
        return DataLocationType.ALTINN.value

    def get_statusText(self, use: MessageAttachment) -> str:
        return str(self.context["latest"][use.attachment_id].text)

    def get_statusChanged(self, use: MessageAttachment) -> str:
        return time_on_the_wire(self.context["latest"][use.attachment_id].at)

    def get_dataType(self, use: MessageAttachment) -> str:
        return data_type_of(use.attachment.file_name)

    def get_expirationInDays(self, use: MessageAttachment) -> int | None:
        """Always null here, as upstream has it."""
        return None


class CorrespondenceContent(serializers.Serializer[LetterAnswer]):
    language = serializers.SerializerMethodField()
    messageTitle = serializers.SerializerMethodField()
    messageSummary = serializers.SerializerMethodField()
    messageBody = TextField(source="body")
    attachments = serializers.SerializerMethodField()

    def get_language(self, answer: LetterAnswer) -> str:
        return answer.letter.message.language if answer.opened.shows_content else HIDDEN_LANGUAGE

    def get_messageTitle(self, answer: LetterAnswer) -> str:
        return answer.text(answer.letter.message.title)

    def get_messageSummary(self, answer: LetterAnswer) -> str:
        return answer.text(answer.letter.message.summary)

    @extend_schema_field(CorrespondenceAttachment(many=True))
    def get_attachments(self, answer: LetterAnswer) -> list[dict[str, Any]]:
        shown = [CorrespondenceAttachment(use, context={"latest": answer.latest}).data for use in answer.uses]
        return list(shown)


class ReplyOptionAnswer(serializers.Serializer[Any]):
    linkURL = TextField()
    linkText = TextField(allow_null=True)


class CorrespondenceCommon(serializers.Serializer[LetterAnswer]):
    """The members that overview and details share."""

    correspondenceId = GuidField(source="letter.pk")
    recipient = TextField(source="letter.recipient_urn")
    content = CorrespondenceContent(source="*")
    created = TimeField(source="letter.created_at")
    status = WordField(CorrespondenceStatus, source="letter.status")
    statusText = TextField(source="current.text")
    statusChanged = TimeField(source="current.at")
    altinn2CorrespondenceId = serializers.SerializerMethodField()
    published = TimeField(source="letter.published_at", allow_null=True)
    read = TimeField(source="letter.read_at", allow_null=True)
    resourceId = TextField(source="letter.resource_id")
    sender = TextField(source="letter.message.sender_urn")
    sendersReference = TextField(source="letter.senders_reference")
    messageSender = TextField(source="letter.message.message_sender")
    requestedPublishTime = TimeField(source="letter.requested_publish_time")
    dueDateTime = TimeField(source="letter.message.due_date_time", allow_null=True)
    externalReferences = serializers.SerializerMethodField()
    propertyList = serializers.DictField(source="letter.message.property_list", child=serializers.CharField())
    replyOptions = ReplyOptionAnswer(source="letter.message.reply_options", many=True)
    notification = serializers.SerializerMethodField()
    ignoreReservation = FlagField(source="letter.message.ignore_reservation")
    isConfirmationNeeded = FlagField(source="letter.message.is_confirmation_needed")
    isConfidential = FlagField(source="letter.message.is_confidential")
    allowForwarding = FlagField(source="letter.message.allow_forwarding")

    def get_altinn2CorrespondenceId(self, answer: LetterAnswer) -> int | None:
        return None

    @extend_schema_field(ExternalReferenceAnswer(many=True))
    def get_externalReferences(self, answer: LetterAnswer) -> list[dict[str, Any]]:
        """The sender's own, and what the service added."""
        letter = answer.letter
        references = [
            (item["referenceType"], item["referenceValue"]) for item in letter.message.external_references
        ]
        if letter.dialog_id:
            references.append((ReferenceType.DIALOG_ID, str(letter.dialog_id)))
        if letter.transmission_id:
            references.append((ReferenceType.TRANSMISSION_ID, str(letter.transmission_id)))
        words = WordField(ReferenceType)
        return [
            {"referenceValue": value, "referenceType": words.to_representation(kind)}
            for kind, value in references
        ]

    def get_notification(self, answer: LetterAnswer) -> dict[str, Any] | None:
        """Request-only; always null in answers."""
        return None

    def to_representation(self, instance: LetterAnswer) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        shown["ignoreReservation"] = bool(shown["ignoreReservation"])
        return shown


class CorrespondenceOverview(CorrespondenceCommon):
    notifications = serializers.SerializerMethodField()

    @extend_schema_field(NotificationOrderAnswer(many=True))
    def get_notifications(self, answer: LetterAnswer) -> list[dict[str, Any]]:
        orders = notification_orders(correspondence_id=answer.letter.pk)
        return [
            {"notificationOrderId": str(order_id), "isReminder": is_reminder}
            for order_id, is_reminder in orders
        ]


class CorrespondenceDetails(CorrespondenceCommon):
    statusHistory = serializers.SerializerMethodField()
    notifications = serializers.SerializerMethodField()
    systemLabel = serializers.SerializerMethodField()

    @extend_schema_field(StatusHistoryAnswer(many=True))
    def get_statusHistory(self, answer: LetterAnswer) -> list[dict[str, Any]]:
        """By time, fetches included; a sender does not see purges."""
        rows = [
            (event.at, event.pk, CorrespondenceStatus(event.status), event.text)
            for event in answer.events
            if answer.opened.shows_full_history or event.status not in NOT_IN_SENDERS_HISTORY
        ]
        fetched = CorrespondenceStatus.FETCHED
        rows += [
            (fetch.at, fetch.pk, fetched, fetched.wire_name)
            for fetch in answer.letter.fetches.order_by("at", "pk")
        ]
        return [
            {"status": status.wire_name, "statusText": text, "statusChanged": time_on_the_wire(at)}
            for at, _, status, text in sorted(rows, key=lambda row: row[0])
        ]

    @extend_schema_field(NotificationAnswer(many=True))
    def get_notifications(self, answer: LetterAnswer) -> list[dict[str, Any]]:
        letter = answer.letter
        resource = find_resource(letter.resource_id)
        creator = resource.orgcode if resource else "Not found"
        return [
            _notification(letter, details, creator)
            for details in notification_details(
                correspondence_id=letter.pk, masks_addresses=not answer.opened.shows_addresses
            )
        ]

    def get_systemLabel(self, answer: LetterAnswer) -> str:
        return "Default"


def _notification(letter: Correspondence, details: NotificationDetails, creator: str) -> dict[str, Any]:
    """notifications.md 4.4."""
    emails = [_delivery(one, "emailAddress", None) for one in details.emails]
    smses = [_delivery(one, "mobileNumber", str(SUCCEEDED_SMS_ID)) for one in details.smses]
    return {
        "id": str(details.shipment_id),
        "sendersReference": f"corr-{letter.senders_reference}",
        "creator": creator,
        "created": time_on_the_wire(details.created),
        "isReminder": details.is_reminder,
        "notificationChannel": word_of(NotificationChannel(details.channel)),
        "ignoreReservation": details.ignore_reservation,
        "resourceId": letter.resource_id,
        "processingStatus": {
            "status": details.status,
            "description": None,
            "lastUpdate": time_on_the_wire(details.last_update),
        },
        "notificationStatusDetails": {
            "email": emails[0] if emails else None,
            "sms": smses[0] if smses else None,
            "emails": emails or None,
            "smses": smses or None,
        },
    }


def _delivery(details: DeliveryDetails, member: str, identity: str | None) -> dict[str, Any]:
    recipient: dict[str, Any] = {
        "emailAddress": None,
        "mobileNumber": None,
        "organizationNumber": None,
        "nationalIdentityNumber": None,
        "isReserved": None,
    }
    return {
        "id": identity,
        "succeeded": details.succeeded,
        "recipient": {**recipient, member: details.address},
        "sendStatus": {
            "status": details.status,
            "description": None,
            "lastUpdate": time_on_the_wire(details.last_update),
        },
    }
