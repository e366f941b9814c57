"""Letters that wait for a file: they go on when it is found clean, and fail when it is not (design.md point 17)."""

import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from attachments.models import Attachment
from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, Message
from correspondence.services.publish import (
    CHUNK,
    attachments_are_ready,
    fail_letters,
    mark_ready,
    publish_message,
)

S = CorrespondenceStatus
INFECTED = "The attachment {name} holds malware."


def release_waiting(*, attachment_id: uuid.UUID) -> None:
    """The file is published: letters whose files all are become ready, and those that are due are published."""
    for message in _messages_with(attachment_id):
        if attachments_are_ready(message):
            mark_ready(message=message, at=timezone.now())
            publish_message(message_id=message.pk)


def fail_for_attachment(*, attachment_id: uuid.UUID) -> None:
    """Something was found in the file: no letter with it is ever published."""
    reason = INFECTED.format(name=Attachment.objects.get(pk=attachment_id).file_name)
    for message in _messages_with(attachment_id):
        waiting = Correspondence.objects.waiting().filter(message=message).order_by("pk")
        while chunk := dict(waiting.values_list("pk", "recipient_urn")[:CHUNK]):
            with transaction.atomic():
                fail_letters(message, list(chunk), dict.fromkeys(chunk.values(), reason), timezone.now())


def _messages_with(attachment_id: uuid.UUID) -> QuerySet[Message]:
    return Message.objects.filter(message_attachments__attachment=attachment_id).distinct()
