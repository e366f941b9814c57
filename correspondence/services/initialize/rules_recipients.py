"""Who gets it, and whether they may (initialize.md 1.5, nos. 12 to 16)."""

from collections.abc import Collection

from correspondence.errors import (
    ContactReservationRegistryFailed,
    DueDateRequired,
    DuplicateRecipients,
    RecipientLacksRequiredRolesForCorrespondence,
    RecipientLookupFailed,
    RecipientReserved,
)
from correspondence.requests import InitializeRequest
from registry.directory import PartyInfo
from registry.enums import RecipientKind
from registry.errors import RegistryUnavailable
from registry.identifiers import kind_of
from registry.services.directory import find_parties, organisations_with_a_role, reserved_persons

CONFIDENTIAL_ROLES = (
    "bestyrende-reder",
    "daglig-leder",
    "deltaker-delt-ansvar",
    "deltaker-fullt-ansvar",
    "innehaver",
    "styreleder",
    "komplementar",
)
"""Any one of them may read confidential letters to an organisation (initialize.md 10)."""


def check_recipients(request: InitializeRequest) -> dict[str, PartyInfo]:
    """The recipients' parties by URN. Raises 1006, 1029, 1044."""
    urns = [recipient.urn for recipient in request.recipients]
    if len(set(urns)) < len(urns):
        raise DuplicateRecipients
    parties = find_parties(urns)
    if unknown := [urn for urn in urns if urn not in parties]:
        raise RecipientLookupFailed(f"Not found in the register: {', '.join(unknown)}.")
    if request.is_confidential and (without := organisations_without_a_role(urns)):
        raise RecipientLacksRequiredRolesForCorrespondence(
            f"Nobody in a role that may read confidential correspondence: {', '.join(without)}."
        )
    return parties


def organisations_without_a_role(urns: Collection[str]) -> list[str]:
    """The organisations among these in which nobody could read a confidential letter, in the order given."""
    organisations = [urn for urn in urns if kind_of(urn) == RecipientKind.ORGANIZATION]
    with_role = organisations_with_a_role(organisations, CONFIDENTIAL_ROLES) if organisations else set()
    return [urn for urn in organisations if urn not in with_role]


def check_confirmation(request: InitializeRequest) -> None:
    """Raises 1016."""
    if request.is_confirmation_needed and request.due_date_time is None:
        raise DueDateRequired


def check_reservations(request: InitializeRequest) -> set[str]:
    """The recipients who are reserved and get a letter that is never published. Raises 1030, 1032."""
    try:
        reserved = reserved_persons([recipient.urn for recipient in request.recipients])
    except RegistryUnavailable as error:
        if request.ignore_reservation:
            return set()
        raise ContactReservationRegistryFailed from error
    if request.ignore_reservation:
        return set()
    if reserved and len(request.recipients) == 1:
        raise RecipientReserved
    return reserved
