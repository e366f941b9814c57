from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.enums import Channel, EmailContentType, Phase


class Template(models.Model):
    """Our standard wording for one language, channel and phase. What it says is its newest version."""

    language = models.CharField(max_length=2)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    phase = models.CharField(max_length=8, choices=Phase.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="template_once", fields=["language", "channel", "phase"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.phase} ({self.language})"


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def newest(self) -> TemplateVersionQuerySet:
        """What each template says now."""
        return self.order_by("template", "-number").distinct("template")


class TemplateVersion(models.Model):
    """What a template said from one change to the next. Append-only: triggers refuse every change."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=512, blank=True, help_text="Of an e-mail.")
    body = models.TextField(help_text="`{text}` is the place of the sender's own words.")
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="template_version_number_once", fields=["template", "number"]),
            models.CheckConstraint(
                name="template_version_operator_gives_a_reason",
                condition=Q(operator__isnull=True) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class NotificationText(models.Model):
    """The wording of one request. Keywords that differ by recipient are filled in at sending.

    The versions of our templates that it was made from have no index: nobody asks for the texts of a version.
    """

    language = models.CharField(max_length=2)
    template = models.CharField(max_length=32, help_text="The template asked for, by its word on the wire.")
    email_subject = models.TextField(blank=True)
    email_body = models.TextField(blank=True)
    email_content_type = models.SmallIntegerField(
        choices=EmailContentType.choices, default=EmailContentType.PLAIN
    )
    sms_body = models.TextField(blank=True)
    reminder_email_subject = models.TextField(blank=True)
    reminder_email_body = models.TextField(blank=True)
    reminder_email_content_type = models.SmallIntegerField(
        choices=EmailContentType.choices, default=EmailContentType.PLAIN
    )
    reminder_sms_body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    files = models.JSONField(
        default=list, blank=True, help_text="Of a forwarded letter: what its mail encloses."
    )
    sender_name = models.TextField(blank=True, help_text="In whose name a mail is sent.")
    email_version = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    sms_version = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reminder_email_version = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reminder_sms_version = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"{self.template} ({self.language})"

    def speaks(self, channel: Channel, phase: Phase) -> bool:
        """Whether there is something to send over this channel."""
        prefix = "reminder_" if phase == Phase.REMINDER else ""
        parts = ["sms_body"] if channel == Channel.SMS else ["email_subject", "email_body"]
        return all(getattr(self, prefix + part).strip() for part in parts)
