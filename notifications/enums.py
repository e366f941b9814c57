from django.db.models import IntegerChoices, TextChoices


class NotificationChannel(IntegerChoices):
    """What a sender asks for (api.md 7.7)."""

    EMAIL = 0, "Email"
    SMS = 1, "Sms"
    EMAIL_PREFERRED = 2, "EmailPreferred"
    SMS_PREFERRED = 3, "SmsPreferred"
    EMAIL_AND_SMS = 4, "EmailAndSms"


class NotificationTemplate(IntegerChoices):
    CUSTOM_MESSAGE = 0, "CustomMessage"
    GENERIC_ALTINN_MESSAGE = 1, "GenericAltinnMessage"


class EmailContentType(IntegerChoices):
    PLAIN = 0, "Plain"
    HTML = 1, "Html"


class Channel(TextChoices):
    """The medium of one delivery."""

    EMAIL = "email"
    SMS = "sms"


class Phase(TextChoices):
    MAIN = "main"
    REMINDER = "reminder"


class OrderPurpose(TextChoices):
    LETTER = "letter"
    FORWARD = "forward"
    CONFIDENTIAL = "confidential"


class NotificationResult(TextChoices):
    """The answer's word (api.md 7.7); never changed afterwards."""

    SUCCESS = "Success"
    MISSING_CONTACT = "MissingContact"
    FAILURE = "Failure"


class NotificationState(TextChoices):
    """Order statuses of notifications.md 9.1."""

    REGISTERED = "Order_Registered"
    PROCESSING = "Order_Processing"
    PROCESSED = "Order_Processed"
    COMPLETED = "Order_Completed"
    CONDITION_NOT_MET = "Order_SendConditionNotMet"
    CANCELLED = "Order_Cancelled"


class DeliveryState(TextChoices):
    """Message statuses of notifications.md 9.2, by the names that the API knows (api.md 7.10)."""

    EMAIL_NEW = "Email_New"
    EMAIL_SENDING = "Email_Sending"
    EMAIL_SUCCEEDED = "Email_Succeeded"
    EMAIL_DELIVERED = "Email_Delivered"
    EMAIL_FAILED = "Email_Failed"
    EMAIL_FAILED_BOUNCED = "Email_Failed_Bounced"
    EMAIL_FAILED_FILTERED_SPAM = "Email_Failed_FilteredSpam"
    EMAIL_FAILED_INVALID_FORMAT = "Email_Failed_InvalidEmailFormat"
    EMAIL_FAILED_NOT_IDENTIFIED = "Email_Failed_RecipientNotIdentified"
    EMAIL_FAILED_RESERVED = "Email_Failed_RecipientReserved"
    EMAIL_FAILED_QUARANTINED = "Email_Failed_Quarantined"
    EMAIL_FAILED_SUPPRESSED = "Email_Failed_SuppressedRecipient"
    EMAIL_FAILED_TTL = "Email_Failed_TTL"
    SMS_NEW = "SMS_New"
    SMS_SENDING = "SMS_Sending"
    SMS_ACCEPTED = "SMS_Accepted"
    SMS_DELIVERED = "SMS_Delivered"
    SMS_FAILED = "SMS_Failed"
    SMS_FAILED_INVALID_RECIPIENT = "SMS_Failed_InvalidRecipient"
    SMS_FAILED_NOT_IDENTIFIED = "SMS_Failed_RecipientNotIdentified"
    SMS_FAILED_RESERVED = "SMS_Failed_RecipientReserved"
    SMS_FAILED_BARRED = "SMS_Failed_BarredReceiver"
    SMS_FAILED_DELETED = "SMS_Failed_Deleted"
    SMS_FAILED_EXPIRED = "SMS_Failed_Expired"
    SMS_FAILED_REJECTED = "SMS_Failed_Rejected"
    SMS_FAILED_UNDELIVERED = "SMS_Failed_Undelivered"
    SMS_FAILED_TTL = "SMS_Failed_TTL"
    UNKNOWN = "Unknown"
    """A word of the national platform that says neither that it was sent nor that it failed."""


PENDING_STATES = (
    DeliveryState.EMAIL_NEW,
    DeliveryState.EMAIL_SENDING,
    DeliveryState.SMS_NEW,
    DeliveryState.SMS_SENDING,
)
SENT_STATES = (
    DeliveryState.EMAIL_SUCCEEDED,
    DeliveryState.EMAIL_DELIVERED,
    DeliveryState.SMS_ACCEPTED,
    DeliveryState.SMS_DELIVERED,
)

UNCONFIRMED_STATES = (DeliveryState.EMAIL_FAILED_TTL, DeliveryState.SMS_FAILED_TTL)
"""Nobody knows whether it arrived."""

ACCEPTED_STATES = (DeliveryState.EMAIL_SUCCEEDED, DeliveryState.SMS_ACCEPTED)
"""A provider has taken it; a report may say more."""


class Outcome(TextChoices):
    """What a letter's dialog is told of a delivery."""

    SENT = "sent"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


class AddressRule(TextChoices):
    """Which rule found an address."""

    GIVEN = "given"
    OFFICIAL = "official"
    USER_REGISTERED = "user-registered"
    IDENTITY = "identity"
    CORRECTED = "corrected"


class AttemptOutcome(TextChoices):
    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    DOWN = "down"
    PERMANENT = "permanent"
    INTERRUPTED = "interrupted"
    NOT_SENDABLE = "not-sendable"
    """We did not ask any provider to send it."""


class ReportOutcome(TextChoices):
    """What became of a provider's report."""

    WAITING = "waiting"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    LATE = "late"
    NO_MESSAGE = "no-message"
    """Nobody knows what it is about: kept for operators."""


class SmsEncoding(TextChoices):
    """How an SMS travels: 160 characters in one, or 70."""

    GSM_7 = "gsm-7", "GSM-7"
    UCS_2 = "ucs-2", "UCS-2"
