"""What a notification request must hold (initialize.md 1.5, nos. 37 to 39)."""

from notifications.enums import NotificationChannel, NotificationTemplate
from notifications.errors import (
    CustomRecipientWithMultipleIdentifiersNotAllowed,
    CustomRecipientWithMultipleRecipientsNotAllowed,
    CustomRecipientWithNumberOrEmailNotAllowedWithKeyWordRecipientName,
    CustomRecipientWithoutIdentifierNotAllowed,
    InvalidEmailProvided,
    InvalidMobileNumberProvided,
    InvalidNotificationTemplate,
    MissingEmailAndSmsContent,
    MissingEmailAndSmsReminderContent,
    MissingEmailContent,
    MissingEmailReminderContent,
    MissingPreferredChannel,
    MissingPreferredReminderChannel,
    MissingSmsContent,
    MissingSmsReminderContent,
    OverrideRegisteredContactInformationRequiresCustomRecipients,
    TemplateNotFound,
)
from notifications.requests import CustomRecipient, NotificationRequest
from registry.addresses import is_email, is_mobile
from registry.errors import DomainError

INTERNAL_TEMPLATE = 2
"""For letters imported from Altinn 2: passes the first check, and has no wording here."""
RECIPIENT_NAME = "$recipientname$"
C = NotificationChannel
MISSING: list[tuple[set[NotificationChannel], type[DomainError], type[DomainError]]] = [
    ({C.EMAIL}, MissingEmailContent, MissingEmailReminderContent),
    ({C.SMS}, MissingSmsContent, MissingSmsReminderContent),
    ({C.EMAIL_PREFERRED, C.SMS_PREFERRED}, MissingPreferredChannel, MissingPreferredReminderChannel),
    ({C.EMAIL_AND_SMS}, MissingEmailAndSmsContent, MissingEmailAndSmsReminderContent),
]
"""By channel: what is raised when its texts are missing, main and reminder; in the order of the checks."""


def check_template(request: NotificationRequest) -> None:
    """The first check of all. Raises InvalidNotificationTemplate (3023)."""
    if request.template not in {*NotificationTemplate.values, INTERNAL_TEMPLATE}:
        raise InvalidNotificationTemplate


def check_request(request: NotificationRequest, *, recipients: int) -> None:
    """`recipients`: of the letter. Raises 3001; 3022, 3017, per custom recipient 3019 to 3012; 3002 to 3025."""
    if request.template not in NotificationTemplate.values:
        raise TemplateNotFound
    _check_custom_recipients(request, recipients)
    if request.template == NotificationTemplate.CUSTOM_MESSAGE:
        _check_texts(request)


def _check_custom_recipients(request: NotificationRequest, recipients: int) -> None:
    if request.override_registered_contacts and not request.custom_recipients:
        raise OverrideRegisteredContactInformationRequiresCustomRecipients
    if request.custom_recipients and recipients > 1:
        raise CustomRecipientWithMultipleRecipientsNotAllowed
    uses_name = any(RECIPIENT_NAME in text.lower() for text in request.texts)
    for recipient in request.custom_recipients:
        _check_identifiers(recipient)
        _check_address(recipient, uses_name=uses_name)


def _check_identifiers(recipient: CustomRecipient) -> None:
    given = (
        recipient.organization_number,
        recipient.national_identity_number,
        recipient.email_address,
        recipient.mobile_number,
    )
    count = sum(bool(identifier) for identifier in given)
    if count == 0:
        raise CustomRecipientWithoutIdentifierNotAllowed
    if count > 1:
        raise CustomRecipientWithMultipleIdentifiersNotAllowed


def _check_address(recipient: CustomRecipient, *, uses_name: bool) -> None:
    """Given means not null here: an empty address is a malformed one (notifications.md 1.7)."""
    email, mobile = recipient.email_address, recipient.mobile_number
    if uses_name and (email is not None or mobile is not None):
        raise CustomRecipientWithNumberOrEmailNotAllowedWithKeyWordRecipientName
    if email is not None and not is_email(email):
        raise InvalidEmailProvided
    if mobile is not None and not is_mobile(mobile):
        raise InvalidMobileNumberProvided


def _check_texts(request: NotificationRequest) -> None:
    """Null and empty are missing; blank is not, here."""
    for channels, main, reminder in MISSING:
        email = request.email_subject and request.email_body
        if request.channel in channels and not _complete(request.channel, email, request.sms_body):
            raise main
        email = request.reminder_email_subject and request.reminder_email_body
        channel = request.channel_of_reminder
        if (
            request.send_reminder
            and channel in channels
            and not _complete(channel, email, request.reminder_sms_body)
        ):
            raise reminder


def _complete(channel: NotificationChannel, email: str | None, sms: str | None) -> bool:
    needs_email, needs_sms = channel != C.SMS, channel != C.EMAIL
    return (bool(email) or not needs_email) and (bool(sms) or not needs_sms)
