"""Files: what was announced, what was stored, where it is used."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from attachments.enums import AttachmentStatus, ScanResult
from registry.enums import ActorKind
from registry.ids import uuid7


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def published(self) -> AttachmentQuerySet:
        return self.filter(status=AttachmentStatus.PUBLISHED)

    def expired(self, at: datetime) -> AttachmentQuerySet:
        """Published still, though every use has ended."""
        return self.published().filter(expires_at__lte=at)

    def abandoned(self, silent_since: datetime) -> AttachmentQuerySet:
        """Whose upload has given no sign of life for so long: its process is gone."""
        return self.filter(upload_seen_at__lt=silent_since)


class Attachment(models.Model):
    """A file that letters can carry. Its bytes are stored once, whoever gets it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resource_id = models.CharField(max_length=255)
    owner_org = models.CharField(max_length=9)
    sender_urn = models.CharField(max_length=512)
    file_name = models.CharField(max_length=255)
    display_name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - the wire tells null from ""
    is_encrypted = models.BooleanField(default=False)
    senders_reference = models.CharField(max_length=4096)
    expiration_in_days = models.IntegerField(null=True, blank=True)
    announced_checksum = models.CharField(  # noqa: DJ001 - the wire tells null from ""
        max_length=32, null=True, blank=True, default="", help_text="MD5 as the sender announced it."
    )
    checksum = models.CharField(
        max_length=32, blank=True, help_text="MD5 of the stored bytes, lower-case hex."
    )
    size = models.BigIntegerField(null=True, blank=True, help_text="Bytes stored.")
    status = models.SmallIntegerField(choices=AttachmentStatus.choices, default=AttachmentStatus.INITIALIZED)
    storage_key = models.CharField(max_length=255, blank=True, help_text="Contains the upload's id.")
    upload_id = models.UUIDField(null=True, blank=True, help_text="The upload that holds the attachment.")
    upload_seen_at = models.DateTimeField(null=True, blank=True, help_text="When bytes last arrived.")
    scan_result = models.CharField(max_length=16, choices=ScanResult.choices, default=ScanResult.NOT_SCANNED)
    scan_note = models.TextField(blank=True, help_text="Why the scan has not succeeded yet.")
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last of its uses ends; none while one has no end."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attachment_status_valid", condition=Q(status__in=AttachmentStatus.values)
            ),
            models.CheckConstraint(
                name="attachment_published_has_its_bytes",
                condition=~Q(status=AttachmentStatus.PUBLISHED)
                | (Q(size__isnull=False) & ~Q(checksum="") & ~Q(storage_key="")),
                violation_error_message="A published attachment has a size, a checksum and stored bytes.",
            ),
        ]
        indexes = [
            models.Index(name="attachment_owner", fields=["owner_org", "-id"]),
            models.Index(name="attachment_checksum", fields=["checksum"], condition=~Q(checksum="")),
            models.Index(OpClass(Upper("file_name"), name="text_pattern_ops"), name="attachment_file_name"),
            models.Index(
                name="attachment_expiring",
                fields=["expires_at"],
                condition=Q(status=AttachmentStatus.PUBLISHED, expires_at__isnull=False),
            ),
            models.Index(
                name="attachment_uploading",
                fields=["upload_seen_at"],
                condition=Q(upload_seen_at__isnull=False),
            ),
        ]
        permissions = [("download_attachment", "Can download an attachment's bytes")]

    def __str__(self) -> str:
        return self.file_name


class AttachmentStatusEvent(models.Model):
    """One row of an attachment's history; append-only."""

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="status_events")
    status = models.SmallIntegerField(choices=AttachmentStatus.choices)
    text = models.TextField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16, choices=ActorKind.choices)
    actor_party_uuid = models.UUIDField(null=True, blank=True)
    actor_urn = models.CharField(max_length=512, blank=True)

    class Meta:
        indexes = [models.Index(name="attachment_history", fields=["attachment", "at", "id"])]

    def __str__(self) -> str:
        return f"{AttachmentStatus(self.status).wire_name} {self.attachment_id}"


class MessageAttachmentQuerySet(models.QuerySet["MessageAttachment"]):
    def live(self) -> MessageAttachmentQuerySet:
        """Uses whose message has a letter that is not purged."""
        return self.filter(ended_at__isnull=True)


class MessageAttachment(models.Model):
    """An attachment's place in a message."""

    message = models.ForeignKey(
        "correspondence.Message", on_delete=models.CASCADE, related_name="message_attachments"
    )
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="For this message (attachments.md 6.1)."
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When the last letter was purged.")

    objects = MessageAttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="message_attachment_once", fields=["message", "attachment"]),
            models.UniqueConstraint(name="message_attachment_position", fields=["message", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id} in {self.message_id}"


class IncomingFile(models.Model):
    """Bytes on their way in that belong to no attachment yet.

    Written before the first byte, gone in the transaction that gives the bytes to an attachment: what a process
    that died has left is found by the rows that give no sign of life.
    """

    request_id = models.UUIDField(help_text="The request that the file came with.")
    storage_key = models.CharField(max_length=255, unique=True)
    seen_at = models.DateTimeField(help_text="When bytes of the request last arrived.")

    class Meta:
        indexes = [
            models.Index(name="incoming_file_request", fields=["request_id"]),
            models.Index(name="incoming_file_seen", fields=["seen_at"]),
        ]

    def __str__(self) -> str:
        return self.storage_key
