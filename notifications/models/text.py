from django.db import models
from django.db.models import Q

from notifications.enums import Channel, EmailContentType, Phase


class Template(models.Model):
    """Our standard wording for one language, channel and phase; `{text}` is the place of the sender's words."""

    language = models.CharField(max_length=2)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    phase = models.CharField(max_length=8, choices=Phase.choices)
    subject = models.CharField(max_length=512, blank=True)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="template_once", fields=["language", "channel", "phase"]),
            models.CheckConstraint(
                name="template_email_has_subject", condition=~Q(channel="email") | ~Q(subject="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.phase} ({self.language})"


class NotificationText(models.Model):
    """The wording of one request. Keywords that differ by recipient are filled in at sending."""

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

    def __str__(self) -> str:
        return f"{self.template} ({self.language})"
