"""From a token's claims to a caller (access.md 1.2, 1.3, 1.9, 2.4)."""

import uuid
from typing import Any

from registry.callers import Caller
from registry.enums import TokenKind
from registry.identifiers import (
    InvalidIdentifier,
    identifier_of,
    is_organisation_number,
    organisation_urn,
    parse_recipient,
    person_urn,
)

ORGANISATION_AUTHORITY = "iso6523-actorid-upis"
ACR_LEVELS = {
    "idporten-loa-high": 4,
    "idporten-loa-substantial": 3,
    "idporten-loa-low": 2,
    "selfregistered-email": 0,
}


def caller_of(claims: dict[str, Any], *, kind: TokenKind) -> Caller:
    """`claims` are verified. What is missing or malformed stays empty: rules decide what that means."""
    details = _first(claims.get("authorization_details"))
    system_user_org = _organisation(_member(details, "systemuser_org"))
    consumer = _organisation(claims.get("consumer"))
    organisation = system_user_org or _number(claims.get("urn:altinn:orgNumber")) or consumer
    person = _text(claims.get("pid"))
    acts_for = _urn(claims.get("p"))
    return Caller(
        kind=kind,
        issuer=str(claims["iss"]),
        client_id=_text(claims.get("client_id")),
        scopes=frozenset(_text(_first(claims.get("scope"))).split(" ")) - {""},
        actions=frozenset(_text(claims.get("a")).split(";")) - {""},
        party_urn=_party_urn(claims, person, system_user_org, organisation),
        organisation=organisation or (identifier_of(acts_for) if _is_organisation(acts_for) else ""),
        consumer_org=consumer,
        person_number=person,
        system_user=_uuid(_first(_member(details, "systemuser_id"))),
        party_uuid=_uuid(claims.get("urn:altinn:party:uuid")),
        level=_level(claims, kind),
        has_orgcode=bool(claims.get("urn:altinn:org")),
    )


def _party_urn(claims: dict[str, Any], person: str, system_user_org: str, organisation: str) -> str:
    """The first match of access.md 1.9 that is a party of ours: who acts, as the history names it."""
    if acting := _urn(claims.get("c")):
        return acting
    if person:
        return person_urn(person)
    if external := _urn(claims.get("urn:altinn:party:external-identifier")):
        return external
    number = system_user_org or organisation
    return organisation_urn(number) if number else ""


def _level(claims: dict[str, Any], kind: TokenKind) -> int | None:
    if kind == TokenKind.IDPORTEN:
        return ACR_LEVELS.get(_text(claims.get("acr")))
    value = claims.get("l") if kind == TokenKind.DIALOGPORTEN else claims.get("urn:altinn:authlevel")
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else None


def _first(value: Any) -> Any:
    """An array claim stands for its first element."""
    return (value[0] if value else None) if isinstance(value, list) else value


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _organisation(value: Any) -> str:
    return _number(identifier_of(_text(_member(_first(value), "ID"))))


def _number(value: Any) -> str:
    text = _text(value)
    return text if is_organisation_number(text) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _urn(value: Any) -> str:
    try:
        return parse_recipient(_text(value))
    except InvalidIdentifier:
        return ""


def _is_organisation(urn: str) -> bool:
    return bool(urn) and urn == organisation_urn(identifier_of(urn))


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(_text(value))
    except ValueError:
        return None
