from django.db.models import IntegerChoices, TextChoices


class CorrespondenceStatus(IntegerChoices):
    """api.md 7.1: stored as the contract's numbers, since the shown status is the highest one."""

    INITIALIZED = 0
    READY_FOR_PUBLISH = 1
    PUBLISHED = 2
    FETCHED = 3
    READ = 4
    REPLIED = 5
    CONFIRMED = 6
    PURGED_BY_RECIPIENT = 7
    PURGED_BY_ALTINN = 8
    ARCHIVED = 9
    RESERVED = 10
    FAILED = 11
    ATTACHMENTS_DOWNLOADED = 12
    FORWARDED = 13

    @property
    def wire_name(self) -> str:
        return self.name.title().replace("_", "")


class ReferenceType(IntegerChoices):
    """api.md 7.5."""

    GENERIC = 0, "Generic"
    ALTINN_APP_INSTANCE = 1, "AltinnAppInstance"
    ALTINN_BROKER_FILE_TRANSFER = 2, "AltinnBrokerFileTransfer"
    DIALOG_ID = 3, "DialogportenDialogId"
    PROCESS_ID = 4, "DialogportenProcessId"
    TRANSMISSION_ID = 5, "DialogportenTransmissionId"
    TRANSMISSION_TYPE = 6, "DialogportenTransmissionType"


class TransmissionType(IntegerChoices):
    """api.md 7.6."""

    INFORMATION = 1
    ACCEPTANCE = 2
    REJECTION = 3
    REQUEST = 4
    ALERT = 5
    DECISION = 6
    SUBMISSION = 7
    CORRECTION = 8


class NewAttachmentLocation(IntegerChoices):
    """api.md 6.4: accepted and without effect; a file is needed whatever it says."""

    NEW = 0, "NewCorrespondenceAttachment"
    EXISTING = 1, "ExistingCorrespondenceAttachment"
    EXTERNAL = 2, "ExistingExternalStorage"


class SearchRole(IntegerChoices):
    """api.md 7.8: whose letters a search is about."""

    RECIPIENT = 0, "Recipient"
    SENDER = 1, "Sender"
    RECIPIENT_AND_SENDER = 2, "RecipientAndSender"


class Role(TextChoices):
    """Which side a caller is on, decided once per request (design.md point 11)."""

    SENDER = "sender"
    RECIPIENT = "recipient"


class ReportFormat(TextChoices):
    CSV = "csv", "CSV"
    PARQUET = "parquet", "Parquet"


class Language(TextChoices):
    BOKMAL = "nb"
    NYNORSK = "nn"
    ENGLISH = "en"


class ActivityKind(TextChoices):
    """What the dialog of a letter is told (notifications.md 6.3, 8.4; lifecycle.md 3.2, 5.2, 5.4)."""

    OPENED = "opened"
    CONFIRMED = "confirmed"
    PURGED = "purged"
    DOWNLOADED = "downloaded"
    FORWARDED = "forwarded"
    SENT = "sent"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    REMINDER_SENT = "reminder-sent"
    REMINDER_FAILED = "reminder-failed"
    REMINDER_UNCONFIRMED = "reminder-unconfirmed"
    ORDER_CANCELLED = "order-cancelled"
