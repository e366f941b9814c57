"""The `notification` object of a request (api.md 6.7)."""

from typing import Any

from rest_framework import serializers

from notifications.enums import EmailContentType, NotificationChannel, NotificationTemplate
from notifications.requests import CustomRecipient, NotificationRequest
from registry.api.binding import ContractSerializer
from registry.api.fields import FlagField, TextField, WordField

MAX_SUBJECT, MAX_EMAIL_BODY, MAX_SMS_BODY = 512, 10_000, 2144
MAX_IDENTIFIER = 512
"""Of a custom recipient. The contract has no limit, our columns do."""


def optional_text(limit: int | None = None) -> TextField:
    return TextField(max_length=limit, required=False, allow_null=True)


class CustomRecipientPart(ContractSerializer):
    emailAddress = optional_text(MAX_IDENTIFIER)
    mobileNumber = optional_text(MAX_IDENTIFIER)
    organizationNumber = optional_text(MAX_IDENTIFIER)
    nationalIdentityNumber = optional_text(MAX_IDENTIFIER)
    isReserved = FlagField(required=False, allow_null=True)


class OverriddenRecipientPart(ContractSerializer):
    """The oldest, deprecated form."""

    demanded = ("recipientToOverride", "recipients")

    recipientToOverride = TextField()
    recipients = CustomRecipientPart(many=True)


class NotificationPart(ContractSerializer):
    notificationTemplate = WordField(NotificationTemplate, undefined="keep", required=False, allow_null=True)
    notificationChannel = WordField(NotificationChannel, required=False)
    reminderNotificationChannel = WordField(NotificationChannel, required=False, allow_null=True)
    emailSubject = optional_text(MAX_SUBJECT)
    emailBody = optional_text(MAX_EMAIL_BODY)
    emailContentType = WordField(EmailContentType, required=False)
    smsBody = optional_text(MAX_SMS_BODY)
    sendReminder = FlagField(required=False)
    reminderEmailSubject = optional_text(MAX_SUBJECT)
    reminderEmailBody = optional_text(MAX_EMAIL_BODY)
    reminderEmailContentType = WordField(EmailContentType, required=False, allow_null=True)
    reminderSmsBody = optional_text(MAX_SMS_BODY)
    sendersReference = optional_text()
    customRecipients = CustomRecipientPart(many=True, required=False, allow_null=True)
    customRecipient = CustomRecipientPart(required=False, allow_null=True)
    customNotificationRecipients = OverriddenRecipientPart(many=True, required=False, allow_null=True)
    overrideRegisteredContactInformation = FlagField(required=False)

    def validate(self, attrs: Any) -> Any:
        if len(attrs.get("customRecipients") or ()) > MAX_CUSTOM_RECIPIENTS:
            message = f"There may be at most {MAX_CUSTOM_RECIPIENTS} custom recipients."
            raise serializers.ValidationError({"customRecipients": message})
        return attrs

    @staticmethod
    def to_domain(data: dict[str, Any]) -> NotificationRequest:
        template = data.get("notificationTemplate")
        return NotificationRequest(
            template=NotificationTemplate.CUSTOM_MESSAGE if template is None else template,
            channel=data.get("notificationChannel", NotificationChannel.EMAIL),
            reminder_channel=data.get("reminderNotificationChannel"),
            email_subject=data.get("emailSubject"),
            email_body=data.get("emailBody"),
            email_content_type=data.get("emailContentType", EmailContentType.PLAIN),
            sms_body=data.get("smsBody"),
            send_reminder=data.get("sendReminder", False),
            reminder_email_subject=data.get("reminderEmailSubject"),
            reminder_email_body=data.get("reminderEmailBody"),
            reminder_email_content_type=data.get("reminderEmailContentType"),
            reminder_sms_body=data.get("reminderSmsBody"),
            custom_recipients=tuple(_custom_recipient(item) for item in _first_given(data)),
            override_registered_contacts=data.get("overrideRegisteredContactInformation", False),
        )


MAX_CUSTOM_RECIPIENTS = 50


def _first_given(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The first non-empty of the three forms (notifications.md 1.6)."""
    if recipients := data.get("customRecipients"):
        return list(recipients)
    if (recipient := data.get("customRecipient")) is not None:
        return [recipient]
    groups = data.get("customNotificationRecipients") or [{"recipients": []}]
    return list(groups[0]["recipients"])


def _custom_recipient(data: dict[str, Any]) -> CustomRecipient:
    return CustomRecipient(
        email_address=data.get("emailAddress"),
        mobile_number=data.get("mobileNumber"),
        organization_number=data.get("organizationNumber"),
        national_identity_number=data.get("nationalIdentityNumber"),
    )
