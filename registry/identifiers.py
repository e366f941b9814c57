"""Identifiers of parties: organisation numbers, national identity numbers, URNs (initialize.md 2, access.md 1.9).

Organisation numbers are checked by pattern only, national identity numbers by their two control digits only:
the synthetic numbers that test data consists of fail every stricter check.
"""

import re
import uuid

from registry.enums import PartyKind, RecipientKind

ORGANISATION_NUMBER = re.compile(r"[0-9]{9}")
NATIONAL_IDENTITY_NUMBER = re.compile(r"[0-9]{11}")
ISO6523_PREFIX = "0192:"
RESOURCE_PREFIX = "urn:altinn:resource:"
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
PARTY_NAMESPACE = uuid.UUID("6f0d8b1e-6f5c-5a57-9d0e-1c1f2b0a7d11")

PARTY_KINDS = {
    RecipientKind.ORGANIZATION: PartyKind.ORGANIZATION,
    RecipientKind.PERSON: PartyKind.PERSON,
    RecipientKind.EMAIL_USER: PartyKind.SELF_IDENTIFIED,
    RecipientKind.LEGACY_USER: PartyKind.SELF_IDENTIFIED,
}


class InvalidIdentifier(ValueError):
    """The text is no identifier of the kinds that are accepted here."""


def is_organisation_number(text: str) -> bool:
    return ORGANISATION_NUMBER.fullmatch(text) is not None


def is_national_identity_number(text: str) -> bool:
    """Whether both control digits fit; the date is not looked at."""
    if NATIONAL_IDENTITY_NUMBER.fullmatch(text) is None:
        return False
    digits = [int(digit) for digit in text]
    return digits[9] == _control_digit(digits, FIRST_WEIGHTS) and digits[10] == _control_digit(
        digits, SECOND_WEIGHTS
    )


def _control_digit(digits: list[int], weights: tuple[int, ...]) -> int:
    """11 minus the weighted sum modulo 11, where 11 counts as 0; 10 fits no digit."""
    return (11 - sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11) % 11


def organisation_urn(number: str) -> str:
    return f"{RecipientKind.ORGANIZATION}:{number}"


def person_urn(number: str) -> str:
    return f"{RecipientKind.PERSON}:{number}"


def kind_of(urn: str) -> RecipientKind:
    """The kind of a normalised URN. Raises InvalidIdentifier."""
    try:
        return RecipientKind(urn.rpartition(":")[0])
    except ValueError as error:
        raise InvalidIdentifier(urn) from error


def identifier_of(urn: str) -> str:
    """What stands after the last colon: the number, address or name."""
    return urn.rpartition(":")[2]


def parse_party(text: str) -> str:
    """The URN of an organisation (`0192:…`, URN) or a person (bare, URN); bare nine digits are refused.

    Raises InvalidIdentifier.
    """
    prefix, _, identifier = text.rpartition(":")
    if prefix in {"0192", RecipientKind.ORGANIZATION} and is_organisation_number(identifier):
        return organisation_urn(identifier)
    if (
        prefix in {"", RecipientKind.PERSON}
        and ":" + identifier != text
        and is_national_identity_number(identifier)
    ):
        return person_urn(identifier)
    raise InvalidIdentifier(text)


def parse_recipient(text: str) -> str:
    """The normalised URN of a recipient in any of the forms of initialize.md 2.1. Raises InvalidIdentifier."""
    prefix, _, identifier = text.rpartition(":")
    if prefix == RecipientKind.EMAIL_USER and _is_weak_email(identifier):
        return text.lower()
    if prefix == RecipientKind.LEGACY_USER and identifier:
        return text.lower()
    return parse_party(text)


def _is_weak_email(text: str) -> bool:
    """Exactly one `@`, neither first nor last: all that the contract asks of an ID-porten user."""
    local, at, domain = text.partition("@")
    return bool(local and at and domain) and "@" not in domain


def strip_organisation_prefix(text: str) -> str:
    """`0192:991825827` and the URN form give `991825827`; anything else comes back unchanged."""
    return text.removeprefix(ISO6523_PREFIX).removeprefix(f"{RecipientKind.ORGANIZATION}:")


def strip_resource_prefix(text: str) -> str:
    return text.removeprefix(RESOURCE_PREFIX)


def made_up_party_uuid(urn: str) -> uuid.UUID:
    """The party UUID of somebody that no register knows: the same whoever meets it first."""
    return uuid.uuid5(PARTY_NAMESPACE, urn)


def masked(urn: str) -> str:
    """For logs, audit and lists: a national identity number keeps its birth date only."""
    prefix, colon, identifier = urn.rpartition(":")
    if NATIONAL_IDENTITY_NUMBER.fullmatch(identifier):
        identifier = identifier[:6] + "*****"
    return f"{prefix}{colon}{identifier}"
