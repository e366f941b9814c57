"""Shapes of requests and answers (api.md 6.12 to 6.14)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, AttachmentStatusEvent
from attachments.services.file_names import data_type_of
from attachments.services.initialize import AttachmentData
from registry.api.binding import ContractSerializer
from registry.api.contract_fields import ChecksumField, ResourceIdField
from registry.api.fields import FlagField, GuidField, NumberField, TextField, TimeField, WordField


class InitializeAttachmentRequest(ContractSerializer):
    demanded = ("fileName", "resourceId", "sendersReference")

    resourceId = ResourceIdField()
    fileName = TextField(max_length=255)
    displayName = TextField(max_length=255, required=False, allow_null=True)
    isEncrypted = FlagField(required=False)
    checksum = ChecksumField(required=False, allow_null=True)
    sendersReference = TextField(max_length=4096, required_text=True)
    expirationInDays = NumberField(required=False, allow_null=True)
    sender = TextField(
        required=False, allow_null=True, help_text="Ignored: the resource's owner is the sender."
    )

    def to_domain(self, data: dict[str, Any]) -> AttachmentData:
        return AttachmentData(
            resource_id=data["resourceId"],
            file_name=data["fileName"],
            senders_reference=data["sendersReference"],
            display_name=data.get("displayName"),
            is_encrypted=data.get("isEncrypted", False),
            checksum=data.get("checksum", ""),
            expiration_in_days=data.get("expirationInDays"),
        )


class AttachmentStatusAnswer(serializers.Serializer[AttachmentStatusEvent]):
    status = WordField(AttachmentStatus)
    statusText = TextField(source="text")
    statusChanged = TimeField(source="at")


class AttachmentOverview(serializers.Serializer[Attachment]):
    attachmentId = GuidField(source="pk")
    status = WordField(AttachmentStatus)
    statusText = serializers.SerializerMethodField()
    statusChanged = serializers.SerializerMethodField()
    correspondenceIds = serializers.SerializerMethodField()
    dataType = serializers.SerializerMethodField()
    resourceId = TextField(source="resource_id")
    sender = TextField(source="sender_urn")
    fileName = TextField(source="file_name")
    displayName = TextField(source="display_name", allow_null=True)
    isEncrypted = FlagField(source="is_encrypted")
    checksum = serializers.SerializerMethodField()
    sendersReference = TextField(source="senders_reference")
    expirationInDays = NumberField(source="expiration_in_days", allow_null=True)

    def _latest(self, attachment: Attachment) -> AttachmentStatusEvent:
        events: list[AttachmentStatusEvent] = self.context["events"]
        return events[-1]

    def get_statusText(self, attachment: Attachment) -> str:
        return self._latest(attachment).text

    def get_statusChanged(self, attachment: Attachment) -> str:
        return TimeField().to_representation(self._latest(attachment).at)

    def get_correspondenceIds(self, attachment: Attachment) -> list[str]:
        return [str(identity) for identity in self.context["correspondence_ids"]]

    def get_dataType(self, attachment: Attachment) -> str:
        return data_type_of(attachment.file_name)

    def get_checksum(self, attachment: Attachment) -> str | None:
        return attachment.checksum or attachment.announced_checksum


class AttachmentDetails(AttachmentOverview):
    """Without nulls where the overview has them (api.md 6.14)."""

    statusHistory = serializers.SerializerMethodField()

    def to_representation(self, instance: Attachment) -> dict[str, Any]:
        answer: dict[str, Any] = super().to_representation(instance)
        if instance.display_name is None:
            answer["displayName"] = instance.file_name
        return answer

    def get_checksum(self, attachment: Attachment) -> str:
        return super().get_checksum(attachment) or ""

    @extend_schema_field(AttachmentStatusAnswer(many=True))
    def get_statusHistory(self, attachment: Attachment) -> list[dict[str, Any]]:
        return list(AttachmentStatusAnswer(self.context["events"], many=True).data)
