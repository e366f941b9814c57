"""How operators' search terms are read: each function gives what an indexed column holds, or None."""

import uuid

from registry.addresses import e164
from registry.enums import RecipientKind
from registry.identifiers import (
    NATIONAL_IDENTITY_NUMBER,
    is_organisation_number,
    organisation_urn,
    person_urn,
    strip_organisation_prefix,
    strip_resource_prefix,
)

PARTY_ID_LIMIT = 100_000_000


def text(term: str) -> str:
    return term


def as_uuid(term: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(term)
    except ValueError:
        return None


def as_organisation_number(term: str) -> str | None:
    number = strip_organisation_prefix(_without_spaces(term))
    return number if is_organisation_number(number) else None


def as_person_number(term: str) -> str | None:
    number = _without_spaces(term).removeprefix(f"{RecipientKind.PERSON}:")
    return number if NATIONAL_IDENTITY_NUMBER.fullmatch(number) else None


def as_party_id(term: str) -> int | None:
    return int(term) if term.isascii() and term.isdigit() and int(term) < PARTY_ID_LIMIT else None


def as_resource_id(term: str) -> str:
    return strip_resource_prefix(term)


def as_urn(term: str) -> str | None:
    """A recipient's URN from a URN, a bare number (with or without `0192:`) or an e-mail address."""
    if number := as_organisation_number(term):
        return organisation_urn(number)
    if number := as_person_number(term):
        return person_urn(number)
    if term.startswith("urn:"):
        return term.lower()
    return f"{RecipientKind.EMAIL_USER}:{term.lower()}" if "@" in term else None


def as_address(term: str) -> str | None:
    """An e-mail address or a mobile number as messages are sent there, however it was written."""
    if "@" in term:
        return term.lower()
    return None if as_uuid(term) else e164(term)


def _without_spaces(term: str) -> str:
    """`991 825 827` is how people write numbers down."""
    return "".join(term.split())
