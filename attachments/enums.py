from django.db.models import IntegerChoices, TextChoices


class AttachmentStatus(IntegerChoices):
    """api.md 7.2; the names go out on the wire through `wire_name`."""

    INITIALIZED = 0
    UPLOAD_PROCESSING = 1
    PUBLISHED = 2
    PURGED = 3
    FAILED = 4
    EXPIRED = 5

    @property
    def wire_name(self) -> str:
        return self.name.title().replace("_", "")


class DataLocationType(TextChoices):
    """Where an attachment's bytes lie, in answers (api.md 7.4)."""

    ALTINN = "AltinnCorrespondenceAttachment"
    EXTERNAL = "ExternalStorage"


class ScanResult(TextChoices):
    NOT_SCANNED = "not-scanned"
    CLEAN = "clean"
    INFECTED = "infected"
