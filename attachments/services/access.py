"""Which attachment a sender means, and whether it may act on it (attachments.md 2)."""

import uuid

from attachments.errors import AttachmentNotFound
from attachments.models import Attachment
from registry.callers import Caller
from registry.enums import Action
from registry.errors import NoAccessToResource
from registry.services.access import decide
from registry.services.directory import find_resource


def attachment_for_sender(*, caller: Caller, attachment_id: uuid.UUID) -> Attachment:
    """Raises AttachmentNotFound (unknown comes before forbidden), NoAccessToResource."""
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment is None:
        raise AttachmentNotFound
    resource = find_resource(attachment.resource_id)
    if not decide(caller, action=Action.WRITE, resource=resource, party_urn=attachment.sender_urn).granted:
        raise NoAccessToResource
    return attachment
