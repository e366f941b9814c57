"""Announcing a file (attachments.md 2.1)."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.errors import AttachmentExpirationPriorMinimumDaysFromNow, IncorrectResourceType
from attachments.models import Attachment
from attachments.services.file_names import check_file_name
from attachments.services.transitions import Actor, record_history
from registry.callers import Caller
from registry.enums import Action
from registry.errors import NoAccessToResource, ResourceUnknown
from registry.identifiers import organisation_urn, strip_resource_prefix
from registry.services.access import decide
from registry.services.directory import caller_party, find_resource, store_new_parties

RESOURCE_TYPES = {"GenericAccessResource", "CorrespondenceService"}
MINIMUM_DAYS, MINIMUM_DAYS_IN_PRODUCTION = 1, 14


@dataclass(frozen=True, kw_only=True)
class AttachmentData:
    """What a sender announces. `checksum`: None and "" differ in answers."""

    resource_id: str
    file_name: str
    senders_reference: str
    display_name: str | None = None
    is_encrypted: bool = False
    checksum: str | None = ""
    expiration_in_days: int | None = None


def initialize_attachment(*, caller: Caller, data: AttachmentData) -> Attachment:
    """Store what was announced.

    Raises ResourceUnknown, NoAccessToResource, IncorrectResourceType, CallerPartyUnknown, and what the file's name
    and lifetime break.
    """
    resource = find_resource(strip_resource_prefix(data.resource_id))
    if resource is None:
        raise ResourceUnknown
    sender_urn = organisation_urn(resource.owner_org)
    if not decide(caller, action=Action.WRITE, resource=resource, party_urn=sender_urn).granted:
        raise NoAccessToResource
    if resource.resource_type not in RESOURCE_TYPES:
        raise IncorrectResourceType
    party = caller_party(caller)
    check_file_name(data.file_name)
    check_lifetime(data.expiration_in_days)
    with transaction.atomic():
        store_new_parties([party])
        attachment = Attachment.objects.create(
            resource_id=resource.identifier,
            owner_org=resource.owner_org,
            sender_urn=sender_urn,
            file_name=data.file_name,
            display_name=data.display_name,
            is_encrypted=data.is_encrypted,
            senders_reference=data.senders_reference,
            announced_checksum=data.checksum,
            expiration_in_days=data.expiration_in_days,
        )
        now = timezone.now()
        record_history([attachment], AttachmentStatus.INITIALIZED, actor=Actor.of(party), at=now)
    return attachment


def check_lifetime(days: int | None) -> None:
    """Raises AttachmentExpirationPriorMinimumDaysFromNow."""
    minimum = MINIMUM_DAYS_IN_PRODUCTION if settings.IS_PRODUCTION else MINIMUM_DAYS
    if days is not None and days < minimum:
        raise AttachmentExpirationPriorMinimumDaysFromNow(
            f"The attachment's lifetime must be at least {minimum} days."
        )
