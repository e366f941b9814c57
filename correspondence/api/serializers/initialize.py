"""The request and answer of `POST /correspondence` (api.md 6.1 to 6.9)."""

import uuid
from typing import Any

from rest_framework import serializers

from correspondence.api.serializers.notification import NotificationPart
from correspondence.enums import CorrespondenceStatus, NewAttachmentLocation, ReferenceType, TransmissionType
from correspondence.requests import (
    ExternalReference,
    InitializeRequest,
    NewAttachment,
    Recipient,
    ReplyOption,
)
from notifications.enums import NotificationResult
from registry.api.binding import ContractSerializer
from registry.api.contract_fields import ChecksumField, ResourceIdField
from registry.api.fields import (
    FlagField,
    GuidField,
    NumberField,
    TextField,
    TimeField,
    WordField,
    utf16_length,
)
from registry.identifiers import InvalidIdentifier, parse_recipient, strip_resource_prefix

MAX_RECIPIENTS = 500
MAX_REFERENCES = MAX_PROPERTIES = 10
MAX_KEY, MAX_VALUE = 50, 300
MAX_URN = 512
"""Of a recipient. The contract has no limit, our columns and their indexes do."""
LANGUAGE_LENGTH = 2
NO_GUID = uuid.UUID(int=0)


class LanguageField(TextField):
    """Blank, or two characters; which ones is a later rule (1023), but `iv` fails here (initialize.md 1.3)."""

    default_error_messages = {"language": "The language must be a code of two letters."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text.strip() and (utf16_length(text) != LANGUAGE_LENGTH or text == "iv"):
            self.fail("language")
        return text


class NewAttachmentPart(ContractSerializer):
    demanded = ("fileName", "sendersReference")

    id = GuidField(required=False, help_text="Ignored: the service chooses the id.")
    dataLocationType = WordField(
        NewAttachmentLocation, undefined="keep", required=False, help_text="Without effect."
    )
    fileName = TextField(max_length=255)
    displayName = TextField(max_length=255, required=False, allow_null=True)
    isEncrypted = FlagField(required=False)
    checksum = ChecksumField(required=False, allow_null=True)
    sendersReference = TextField(max_length=4096, required_text=True)
    expirationInDays = NumberField(required=False, allow_null=True)


class ContentPart(ContractSerializer):
    demanded = ("messageTitle", "messageBody")

    language = LanguageField(required=False, allow_null=True)
    messageTitle = TextField(max_length=255, required_text=True)
    messageSummary = TextField(max_length=255, required=False, allow_null=True)
    messageBody = TextField(max_length=30_000, required_text=True)
    attachments = NewAttachmentPart(many=True, required=False)


class ExternalReferencePart(ContractSerializer):
    demanded = ("referenceValue", "referenceType")

    referenceValue = TextField()
    referenceType = WordField(ReferenceType, undefined="keep")


class ReplyOptionPart(ContractSerializer):
    demanded = ("linkURL",)

    linkURL = TextField()
    linkText = TextField(required=False, allow_null=True)


class PropertyListField(serializers.DictField):
    child = TextField()
    default_error_messages = {
        "null_value": "A property's value may not be null.",
        "too_many": "There may be at most {limit} properties.",
        "too_long": "A property's key may have {most_in_key} characters, its value {most_in_value}.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, dict) and None in data.values():
            self.fail("null_value")
        properties: dict[str, str] = super().to_internal_value(data)
        if len(properties) > MAX_PROPERTIES:
            self.fail("too_many", limit=MAX_PROPERTIES)
        if any(
            utf16_length(key) > MAX_KEY or utf16_length(value) > MAX_VALUE
            for key, value in properties.items()
        ):
            self.fail("too_long", most_in_key=MAX_KEY, most_in_value=MAX_VALUE)
        return properties


class CorrespondencePart(ContractSerializer):
    demanded = ("resourceId", "sendersReference")

    resourceId = ResourceIdField()
    sender = TextField(
        required=False, allow_null=True, help_text="Ignored: the resource's owner is the sender."
    )
    sendersReference = TextField(max_length=4096, required_text=True)
    messageSender = TextField(max_length=255, required=False, allow_null=True)
    content = ContentPart()
    requestedPublishTime = TimeField(required=False, allow_null=True)
    dueDateTime = TimeField(required=False, allow_null=True)
    externalReferences = ExternalReferencePart(many=True, required=False, allow_null=True)
    propertyList = PropertyListField(required=False)
    replyOptions = ReplyOptionPart(many=True, required=False, allow_null=True)
    notification = NotificationPart(required=False, allow_null=True)
    ignoreReservation = FlagField(required=False, allow_null=True)
    isConfirmationNeeded = FlagField(required=False)
    isConfidential = FlagField(required=False)
    allowForwarding = FlagField(required=False)

    def validate_externalReferences(
        self, references: list[dict[str, Any]] | None
    ) -> list[dict[str, Any]] | None:
        types = [reference["referenceType"] for reference in references or ()]
        if len(types) > MAX_REFERENCES:
            raise serializers.ValidationError(f"There may be at most {MAX_REFERENCES} external references.")
        if ReferenceType.TRANSMISSION_ID in types:
            raise serializers.ValidationError("A transmission id is given by the service, not by the sender.")
        if types.count(ReferenceType.TRANSMISSION_TYPE) == 1:
            _check_transmission_type((references or [])[types.index(ReferenceType.TRANSMISSION_TYPE)])
        return references


def _check_transmission_type(reference: dict[str, Any]) -> None:
    word = reference["referenceValue"].strip().lower()
    known = {member.name.lower() for member in TransmissionType} | {
        str(number) for number in TransmissionType.values
    }
    if word not in known:
        raise serializers.ValidationError("The transmission type is not one of the known types.")


class RecipientsField(serializers.ListField):
    """1 to 500 recipients; of those that fail, only the first is reported."""

    child = TextField()
    default_error_messages = {
        "count": "There must be at least one recipient and at most {limit}.",
        "recipient": "'{value}' is not a recipient: use 0192:<nine digits>, eleven digits, or a URN of either.",
        "long": "A recipient may be at most {limit} characters long.",
    }

    def to_internal_value(self, data: Any) -> list[Recipient]:
        given = ["" if item is None else item for item in data] if isinstance(data, list) else data
        texts = super().to_internal_value(given)
        if not 1 <= len(texts) <= MAX_RECIPIENTS:
            self.fail("count", limit=MAX_RECIPIENTS)
        recipients = []
        for text in texts:
            try:
                recipients.append(Recipient(urn=parse_recipient(text), written=text))
            except InvalidIdentifier:
                self.fail("recipient", value=text)
        if any(len(recipient.urn) > MAX_URN for recipient in recipients):
            self.fail("long", limit=MAX_URN)
        return recipients


class InitializeCorrespondencesRequest(ContractSerializer):
    demanded = ("correspondence", "recipients")

    correspondence = CorrespondencePart()
    recipients = RecipientsField()
    existingAttachments = serializers.ListField(child=GuidField(), required=False)
    idempotentKey = GuidField(required=False, allow_null=True)

    def validate_idempotentKey(self, key: uuid.UUID | None) -> uuid.UUID | None:
        if key == NO_GUID:
            raise serializers.ValidationError("The idempotency key must be a GUID other than all zeros.")
        return key

    @staticmethod
    def to_domain(data: dict[str, Any]) -> InitializeRequest:
        letter, content = data["correspondence"], data["correspondence"]["content"]
        notification = letter.get("notification")
        return InitializeRequest(
            resource_id=strip_resource_prefix(letter["resourceId"]),
            senders_reference=letter["sendersReference"],
            recipients=tuple(data["recipients"]),
            title=content["messageTitle"],
            body=content["messageBody"],
            summary=content.get("messageSummary") or "",
            language=(content.get("language") or "").strip() or "nb",
            message_sender=letter.get("messageSender") or "",
            requested_publish_time=letter.get("requestedPublishTime"),
            due_date_time=letter.get("dueDateTime"),
            external_references=tuple(
                ExternalReference(type=int(item["referenceType"]), value=item["referenceValue"])
                for item in letter.get("externalReferences") or ()
            ),
            property_list=letter.get("propertyList", {}),
            reply_options=tuple(
                ReplyOption(url=item["linkURL"], text=item.get("linkText"))
                for item in letter.get("replyOptions") or ()
            ),
            new_attachments=tuple(
                NewAttachment(
                    file_name=item["fileName"],
                    senders_reference=item["sendersReference"],
                    display_name=item.get("displayName"),
                    is_encrypted=item.get("isEncrypted", False),
                    checksum=item.get("checksum", ""),
                    expiration_in_days=item.get("expirationInDays"),
                )
                for item in content.get("attachments", ())
            ),
            existing_attachments=tuple(data.get("existingAttachments", ())),
            notification=NotificationPart.to_domain(notification) if notification is not None else None,
            ignore_reservation=letter.get("ignoreReservation"),
            is_confirmation_needed=letter.get("isConfirmationNeeded", False),
            is_confidential=letter.get("isConfidential", False),
            allow_forwarding=letter.get("allowForwarding", False),
            idempotency_key=data.get("idempotentKey"),
        )


class InitializedNotification(serializers.Serializer[Any]):
    orderId = GuidField(source="order_id")
    isReminder = FlagField(source="is_reminder")
    status = serializers.ChoiceField(choices=NotificationResult.values)


class InitializedCorrespondence(serializers.Serializer[Any]):
    correspondenceId = GuidField(source="correspondence_id")
    status = WordField(CorrespondenceStatus)
    recipient = TextField()
    notifications = InitializedNotification(many=True)


class InitializeCorrespondencesResponse(serializers.Serializer[Any]):
    correspondences = InitializedCorrespondence(many=True)
    attachmentIds = serializers.ListField(child=GuidField(), source="attachment_ids")
