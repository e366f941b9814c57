"""From a token's claims to a caller (access.md 1.2, 1.3, 1.9, 2.4)."""

import uuid
from dataclasses import dataclass
from typing import Any

from registry.callers import Caller
from registry.enums import RecipientKind, TokenKind
from registry.identifiers import (
    InvalidIdentifier,
    identifier_of,
    is_national_identity_number,
    is_organisation_number,
    organisation_urn,
    parse_recipient,
    person_urn,
)

ORGANISATION_AUTHORITY = "iso6523-actorid-upis"
SYSTEM_USER_TYPE = "urn:altinn:systemuser"
PERSONAL = (
    "pid",
    "urn:altinn:party:external-identifier",
    "urn:altinn:party:uuid",
    "urn:altinn:userid",
    "urn:altinn:partyid",
)
"""A token with one of these is a person's: it never acts as the organisation in it (access.md 1.3, 2.3)."""
ACR_LEVELS = {
    "idporten-loa-high": 4,
    "idporten-loa-substantial": 3,
    "idporten-loa-low": 2,
    "selfregistered-email": 0,
}


@dataclass(frozen=True, kw_only=True)
class _Identity:
    """The one party or system user that a token acts as: members of the same names in `Caller`."""

    party_urn: str = ""
    on_behalf_of: str = ""
    is_system_user: bool = False
    system_user: uuid.UUID | None = None


def caller_of(claims: dict[str, Any], *, kind: TokenKind) -> Caller:
    """`claims` are verified. What is missing or malformed stays empty: rules decide what that means."""
    identity = _identity(claims, kind)
    return Caller(
        kind=kind,
        issuer=str(claims["iss"]),
        client_id=_text(claims.get("client_id")),
        scopes=frozenset(_text(_first(claims.get("scope"))).split(" ")) - {""},
        actions=frozenset(_text(claims.get("a")).split(";")) - {""},
        party_urn=identity.party_urn,
        on_behalf_of=identity.on_behalf_of,
        consumer_org=_organisation(claims.get("consumer")),
        is_system_user=identity.is_system_user,
        system_user=identity.system_user,
        level=_level(claims, kind),
        has_orgcode=bool(claims.get("urn:altinn:org")),
    )


def _identity(claims: dict[str, Any], kind: TokenKind) -> _Identity:
    """Exactly one, by the rule of the token's kind; what is there but unreadable is nobody, not the next in line."""
    if kind == TokenKind.DIALOGPORTEN:
        return _of_dialog(claims)
    if kind == TokenKind.IDPORTEN:
        email = f"{RecipientKind.EMAIL_USER}:{_text(claims.get('email'))}"
        return _Identity(party_urn=_person(claims) if claims.get("pid") else _urn(email))
    if any(claims.get(name) for name in PERSONAL):
        external = claims.get("urn:altinn:party:external-identifier")
        return _Identity(party_urn=_person(claims) if claims.get("pid") else _urn(external))
    return _of_organisation(claims)


def _of_dialog(claims: dict[str, Any]) -> _Identity:
    """`c` acts on behalf of `p`, with rights of its own only; `y` stands for a system user (access.md 1.3)."""
    acting, represented, system = _urn(claims.get("c")), _urn(claims.get("p")), claims.get("y")
    return _Identity(
        party_urn=acting or (represented if system else ""),
        on_behalf_of=represented,
        is_system_user=bool(system),
        system_user=_uuid(identifier_of(_text(system))),
    )


def _of_organisation(claims: dict[str, Any]) -> _Identity:
    """A vendor's system user acts for its customer; without one the organisation acts itself."""
    details = _first(claims.get("authorization_details"))
    if _member(details, "type") == SYSTEM_USER_TYPE or _member(details, "systemuser_id"):
        customer = _organisation(_member(details, "systemuser_org"))
        urn = organisation_urn(customer) if customer else ""
        system = _uuid(_first(_member(details, "systemuser_id")))
        return _Identity(party_urn=urn, on_behalf_of=urn, is_system_user=True, system_user=system)
    number = _number(claims.get("urn:altinn:orgNumber")) or _organisation(claims.get("consumer"))
    urn = organisation_urn(number) if number else ""
    return _Identity(party_urn=urn, on_behalf_of=urn)


def _person(claims: dict[str, Any]) -> str:
    number = _text(claims.get("pid"))
    return person_urn(number) if is_national_identity_number(number) else ""


def _level(claims: dict[str, Any], kind: TokenKind) -> int | None:
    if kind == TokenKind.IDPORTEN:
        return ACR_LEVELS.get(_text(claims.get("acr")))
    value = claims.get("l") if kind == TokenKind.DIALOGPORTEN else claims.get("urn:altinn:authlevel")
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else None


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


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(_text(value))
    except ValueError:
        return None
