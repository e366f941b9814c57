"""Answers about a letter (api.md 6.10, 6.11)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from attachments.enums import AttachmentStatus, DataLocationType
from correspondence.api.serializers.letter import AttachmentAnswer, LetterAnswer
from correspondence.api.serializers.notification_details import (
    NotificationAnswer,
    NotificationOrderAnswer,
    notifications_of,
)
from correspondence.enums import CorrespondenceStatus, ReferenceType
from notifications.services.details import notification_orders
from registry.api.fields import FlagField, GuidField, NumberField, TextField, TimeField, WordField

SYSTEM_LABELS = ("Default", "Bin", "Archive", "MarkedAsUnopened", "Sent")
"""api.md 7.9."""


class CorrespondenceAttachment(serializers.Serializer[AttachmentAnswer]):
    id = GuidField(source="use.attachment_id")
    created = TimeField(source="use.created_at")
    dataLocationType = serializers.ChoiceField(DataLocationType.values, source="data_location_type")
    status = WordField(AttachmentStatus, source="use.attachment.status")
    statusText = TextField(source="latest.text")
    statusChanged = TimeField(source="latest.at")
    dataType = TextField(source="data_type")
    expirationTime = TimeField(source="use.expires_at", allow_null=True)
    fileName = TextField(source="use.attachment.file_name")
    displayName = TextField(source="use.attachment.display_name", allow_null=True)
    isEncrypted = FlagField(source="use.attachment.is_encrypted")
    checksum = TextField(source="use.attachment.checksum", allow_null=True)
    sendersReference = TextField(source="use.attachment.senders_reference")
    expirationInDays = NumberField(source="expiration_in_days", allow_null=True)


class CorrespondenceContent(serializers.Serializer[LetterAnswer]):
    language = TextField()
    messageTitle = TextField(source="title")
    messageSummary = TextField(source="summary")
    messageBody = TextField(source="body")
    attachments = CorrespondenceAttachment(many=True)


class ExternalReferenceAnswer(serializers.Serializer[Any]):
    referenceValue = TextField(source="value")
    referenceType = WordField(ReferenceType, source="type")


class ReplyOptionAnswer(serializers.Serializer[Any]):
    linkURL = TextField()
    linkText = TextField(allow_null=True)


class CorrespondenceStatusAnswer(serializers.Serializer[Any]):
    status = WordField(CorrespondenceStatus)
    statusText = TextField(source="text")
    statusChanged = TimeField(source="at")


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
    externalReferences = ExternalReferenceAnswer(source="references", many=True)
    propertyList = serializers.DictField(source="letter.message.property_list", child=serializers.CharField())
    replyOptions = ReplyOptionAnswer(source="letter.message.reply_options", many=True)
    notification = serializers.SerializerMethodField()
    ignoreReservation = FlagField(source="letter.message.ignore_reservation")
    isConfirmationNeeded = FlagField(source="letter.message.is_confirmation_needed")
    isConfidential = FlagField(source="letter.message.is_confidential")
    allowForwarding = FlagField(source="letter.message.allow_forwarding")

    def get_altinn2CorrespondenceId(self, answer: LetterAnswer) -> int | None:
        return None

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
    def get_notifications(self, answer: LetterAnswer) -> list[Any]:
        orders = notification_orders(correspondence_id=answer.letter.pk)
        shown = [{"order_id": order_id, "is_reminder": is_reminder} for order_id, is_reminder in orders]
        return list(NotificationOrderAnswer(shown, many=True).data)


class CorrespondenceDetails(CorrespondenceCommon):
    statusHistory = CorrespondenceStatusAnswer(source="history", many=True)
    notifications = serializers.SerializerMethodField()
    systemLabel = serializers.SerializerMethodField()

    @extend_schema_field(NotificationAnswer(many=True))
    def get_notifications(self, answer: LetterAnswer) -> list[Any]:
        return list(NotificationAnswer(notifications_of(answer.opened), many=True).data)

    @extend_schema_field(serializers.ChoiceField(SYSTEM_LABELS))
    def get_systemLabel(self, answer: LetterAnswer) -> str:
        return "Default"
