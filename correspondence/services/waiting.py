"""Letters that wait for a file: they go on when it is found clean, and fail when it is not (design.md point 17)."""

import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from attachments.models import Attachment
from correspondence.models import Correspondence, Message
from correspondence.services.actors import SYSTEM
from correspondence.services.publish import CHUNK, attachments_are_ready, mark_ready, publish_message
from correspondence.services.transitions import FAILED, transition

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
        while chunk := list(waiting.values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                texts = dict.fromkeys(chunk, reason)
                transition(chunk, FAILED, actor=SYSTEM, at=timezone.now(), texts=texts)


def _messages_with(attachment_id: uuid.UUID) -> QuerySet[Message]:
    return Message.objects.filter(message_attachments__attachment=attachment_id).distinct()
