from django.db import models

from correspondence.models.correspondence import Correspondence


class ConfidentialReminder(models.Model):
    """The recipient was reminded of a confidential letter, and has not opened it since (notifications.md 7.3)."""

    correspondence = models.OneToOneField(
        Correspondence, on_delete=models.PROTECT, related_name="confidential_reminder"
    )
    recipient_urn = models.CharField(max_length=512, db_index=True)
    dialog_id = models.UUIDField(
        null=True,
        blank=True,
        db_index=True,
        help_text="The dialog that shows all of a recipient's reminders.",
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.correspondence_id)
