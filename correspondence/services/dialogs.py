"""Dialogs: each letter has one of its own, or is a transmission of another's (design.md point 18).

Without DIALOG_SERVICE_URL the dialogs of our own letters are all there are; with it the national dialog service
is asked (docs/decisions/dialogs.md).
"""

import re
import uuid
from dataclasses import dataclass

from django.conf import settings

from correspondence.errors import (
    DialogportenDialogIdNotFound,
    InvalidCorrespondenceDialogId,
    InvalidServiceOwner,
    RecipientMismatch,
    TransmissionNotAllowedWithGuiActions,
    TransmissionOnlyAllowsOneRecipient,
)
from correspondence.models import Correspondence
from correspondence.requests import InitializeRequest
from correspondence.transports.dialog_service import FoundDialog, dialog_service
from registry.directory import ResourceInfo
from registry.services.directory import find_resource

APP_RESOURCE = "AltinnApp"
DIGITS = r"[0-9a-fA-F]{32}"
HYPHENATED = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
GUID = re.compile(rf"{DIGITS}|{HYPHENATED}|\{{{HYPHENATED}\}}|\({HYPHENATED}\)")
"""The spellings that a reference's value may have; Python's own parser takes many more."""
PARENTHESES = str.maketrans("", "", "()")


@dataclass(frozen=True)
class Dialog:
    owner_org: str
    """Empty when it cannot be told; nobody's letter fits then."""
    party_urn: str


def check_host_dialog(request: InitializeRequest, *, resource: ResourceInfo) -> uuid.UUID | None:
    """The dialog that the letter becomes a transmission of, or None.

    Raises, in this order, the errors 1048, 1045, 1051, 1054, 1050, 1046; RegistryUnavailable when the dialog
    service does not answer. Without that service the dialog of an app is recorded and not looked up.
    """
    if request.dialog_id is None:
        return None
    dialog_id = _guid(request.dialog_id)
    if len(request.recipients) > 1:
        raise TransmissionOnlyAllowsOneRecipient
    if request.reply_options or request.is_confirmation_needed:
        raise TransmissionNotAllowedWithGuiActions
    if resource.resource_type == APP_RESOURCE and not settings.DIALOG_SERVICE_URL:
        return dialog_id
    dialog = find_dialog(dialog_id, resource=resource)
    if dialog is None:
        raise DialogportenDialogIdNotFound
    if dialog.owner_org != resource.owner_org:
        raise InvalidServiceOwner
    if dialog.party_urn != request.recipients[0].urn:
        raise RecipientMismatch
    return dialog_id


def find_dialog(dialog_id: uuid.UUID, *, resource: ResourceInfo) -> Dialog | None:
    """The dialog as the chosen adapter knows it, or None; `resource` is the letter's."""
    if settings.DIALOG_SERVICE_URL:
        return _ask_service(dialog_id, resource)
    letter = Correspondence.objects.filter(dialog_id=dialog_id).only("owner_org", "recipient_urn").first()
    return Dialog(letter.owner_org, letter.recipient_urn) if letter else None


def _ask_service(dialog_id: uuid.UUID, resource: ResourceInfo) -> Dialog | None:
    with dialog_service() as service:
        found = service.find(dialog_id)
    return Dialog(_owner_of(found, resource), found.party_urn) if found else None


def _owner_of(dialog: FoundDialog, resource: ResourceInfo) -> str:
    """By the dialog's own resource; where the register does not know that one, by the owner's code."""
    if known := find_resource(dialog.resource_id):
        return known.owner_org
    has_same_code = bool(resource.orgcode) and dialog.owner_code.lower() == resource.orgcode.lower()
    return resource.owner_org if has_same_code else ""


def _guid(text: str) -> uuid.UUID:
    if GUID.fullmatch(text.strip()) is None:
        raise InvalidCorrespondenceDialogId
    return uuid.UUID(text.strip().translate(PARENTHESES))
