"""What a demo installation holds before its first letter. May run any number of times."""

import hashlib
import io
import uuid

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, AttachmentStatusEvent
from attachments.services.upload import storage_folder
from registry.enums import ActorKind
from registry.identifiers import organisation_urn
from registry.services.demo import seed_demo_registry
from registry.services.operators import ensure_operator, ensure_supervisor

OPERATOR, OPERATOR_PASSWORD = "operator", "demo-operator"
SUPERVISOR, SUPERVISOR_PASSWORD = "supervisor", "demo-supervisor"
OWNER = "991825827"
EXAMPLE_ATTACHMENT = uuid.UUID("01900000-0000-7000-8000-0000000000a1")
"""What the document's examples name in `existingAttachments`."""
EXAMPLE_FILE = "Vedtak: søknaden er innvilget.\n".encode()


def seed() -> None:
    seed_demo_registry()
    ensure_operator(username=OPERATOR, password=OPERATOR_PASSWORD)
    ensure_supervisor(username=SUPERVISOR, password=SUPERVISOR_PASSWORD)
    _seed_example_attachment()


def _seed_example_attachment() -> None:
    if Attachment.objects.filter(pk=EXAMPLE_ATTACHMENT).exists():
        return
    key = f"{storage_folder(EXAMPLE_ATTACHMENT)}/example"
    if not storages["attachments"].exists(key):
        storages["attachments"].save(key, File(io.BytesIO(EXAMPLE_FILE)))
    attachment = Attachment.objects.create(
        id=EXAMPLE_ATTACHMENT,
        resource_id="example-letters",
        owner_org=OWNER,
        sender_urn=organisation_urn(OWNER),
        file_name="vedtak.txt",
        display_name="Vedtaket",
        senders_reference="example",
        checksum=hashlib.md5(EXAMPLE_FILE, usedforsecurity=False).hexdigest(),
        size=len(EXAMPLE_FILE),
        status=AttachmentStatus.PUBLISHED,
        storage_key=key,
    )
    AttachmentStatusEvent.objects.create(
        attachment=attachment,
        status=AttachmentStatus.PUBLISHED,
        text="Seeded for the examples.",
        at=timezone.now(),
        actor_kind=ActorKind.SYSTEM,
    )
