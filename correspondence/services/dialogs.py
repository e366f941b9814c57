"""Dialogs: each letter has one of its own, or is a transmission of another's (design.md point 18).

This is the local port: it knows the dialogs of our own letters.
"""

import re
import uuid
from dataclasses import dataclass

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

APP_RESOURCE = "AltinnApp"
DIGITS = r"[0-9a-fA-F]{32}"
HYPHENATED = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
GUID = re.compile(rf"{DIGITS}|{HYPHENATED}|\{{{HYPHENATED}\}}|\({HYPHENATED}\)")
"""The spellings that a reference's value may have; Python's own parser takes many more."""
PARENTHESES = str.maketrans("", "", "()")


@dataclass(frozen=True)
class Dialog:
    owner_org: str
    party_urn: str


def find_dialog(dialog_id: uuid.UUID) -> Dialog | None:
    """The dialog of one of our letters, or None."""
    letter = Correspondence.objects.filter(dialog_id=dialog_id).only("owner_org", "recipient_urn").first()
    return Dialog(letter.owner_org, letter.recipient_urn) if letter else None


def check_host_dialog(request: InitializeRequest, *, owner_org: str, resource_type: str) -> uuid.UUID | None:
    """The dialog that the letter becomes a transmission of, or None.

    Raises, in this order, the errors 1048, 1045, 1051, 1054, 1050, 1046. The dialog of an app is recorded and not
    looked up.
    """
    if request.dialog_id is None:
        return None
    dialog_id = _guid(request.dialog_id)
    if len(request.recipients) > 1:
        raise TransmissionOnlyAllowsOneRecipient
    if request.reply_options or request.is_confirmation_needed:
        raise TransmissionNotAllowedWithGuiActions
    if resource_type == APP_RESOURCE:
        return dialog_id
    dialog = find_dialog(dialog_id)
    if dialog is None:
        raise DialogportenDialogIdNotFound
    if dialog.owner_org != owner_org:
        raise InvalidServiceOwner
    if dialog.party_urn != request.recipients[0].urn:
        raise RecipientMismatch
    return dialog_id


def _guid(text: str) -> uuid.UUID:
    if GUID.fullmatch(text.strip()) is None:
        raise InvalidCorrespondenceDialogId
    return uuid.UUID(text.strip().translate(PARENTHESES))
