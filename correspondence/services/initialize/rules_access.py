"""Who may send this, under which resource, once (initialize.md 1.5, nos. 1 to 11; design.md point 15)."""

from dataclasses import dataclass

from correspondence.enums import ReferenceType
from correspondence.errors import (
    CannotAllowForwardingOnCorrespondenceWithAuthLevel,
    CannotInitializeConfidentialCorrespondenceWithoutIsConfidentialFlag,
    CannotInitializeNonConfidentialCorrespondenceWithIsConfidentialFlag,
    DuplicateInitCorrespondenceRequest,
    IdempotencyKeyNotAllowedWithMultipleRecipients,
    IncorrectCorrespondenceResourceType,
)
from correspondence.models import Correspondence
from correspondence.requests import InitializeRequest
from correspondence.services.dialogs import APP_RESOURCE
from registry.callers import Caller
from registry.directory import PartyInfo, ResourceInfo
from registry.enums import Action, Confidentiality
from registry.errors import NoAccessToResource, ResourceUnknown
from registry.identifiers import organisation_urn
from registry.services.access import decide
from registry.services.directory import caller_party, find_resource

LETTER_RESOURCE = "CorrespondenceService"


@dataclass(frozen=True)
class Permission:
    """What was decided before anything else is looked at."""

    resource: ResourceInfo
    party: PartyInfo
    """The caller's, for the history."""

    @property
    def sender_urn(self) -> str:
        return organisation_urn(self.resource.owner_org)


def check_access(request: InitializeRequest, caller: Caller) -> Permission:
    """Raises 1047, 1036, 4001, 1034, 4010, 4006, 4002, 1060, 1061, 1068, in this order."""
    _key_has_one_recipient(request)
    resource = _resource(request)
    _may_send(caller, resource)
    _key_is_free(request, resource)
    _resource_takes_letters(request, resource)
    permission = Permission(resource, caller_party(caller))
    _confidentiality_agrees(request, resource)
    _forwarding_needs_no_level(request, resource)
    return permission


def _key_has_one_recipient(request: InitializeRequest) -> None:
    if request.idempotency_key and len(request.recipients) > 1:
        raise IdempotencyKeyNotAllowedWithMultipleRecipients


def _resource(request: InitializeRequest) -> ResourceInfo:
    resource = find_resource(request.resource_id)
    if resource is None:
        raise ResourceUnknown
    return resource


def _may_send(caller: Caller, resource: ResourceInfo) -> None:
    owner = organisation_urn(resource.owner_org)
    if not decide(caller, action=Action.WRITE, resource=resource, party_urn=owner).granted:
        raise NoAccessToResource


def _key_is_free(request: InitializeRequest, resource: ResourceInfo) -> None:
    if request.idempotency_key is None:
        return
    taken_by = Correspondence.objects.with_idempotency_key(
        request.idempotency_key, owner_org=resource.owner_org
    )
    if letter := taken_by.first():
        raise DuplicateInitCorrespondenceRequest(existingCorrespondenceId=str(letter.pk))


def _resource_takes_letters(request: InitializeRequest, resource: ResourceInfo) -> None:
    is_transmission = bool(request.references(ReferenceType.DIALOG_ID))
    is_app = resource.resource_type == APP_RESOURCE and is_transmission
    if resource.resource_type != LETTER_RESOURCE and not is_app:
        raise IncorrectCorrespondenceResourceType


def _confidentiality_agrees(request: InitializeRequest, resource: ResourceInfo) -> None:
    if resource.resource_type == APP_RESOURCE:
        return
    if resource.confidentiality == Confidentiality.CONFIDENTIAL and not request.is_confidential:
        raise CannotInitializeConfidentialCorrespondenceWithoutIsConfidentialFlag
    if resource.confidentiality == Confidentiality.NONE and request.is_confidential:
        raise CannotInitializeNonConfidentialCorrespondenceWithIsConfidentialFlag


def _forwarding_needs_no_level(request: InitializeRequest, resource: ResourceInfo) -> None:
    if request.allow_forwarding and resource.minimum_level > 0:
        raise CannotAllowForwardingOnCorrespondenceWithAuthLevel
