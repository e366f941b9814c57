"""What a registry file may hold (operator-interface.md): its lists, their keys, and what each value must look like.

Lengths are those of the columns that the values go to.
"""

import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from django.db.models import Model

from registry.addresses import e164, is_email
from registry.enums import Action, AuthenticationLevel, Confidentiality, RecipientKind, SubjectKind
from registry.identifiers import (
    InvalidIdentifier,
    is_national_identity_number,
    is_organisation_number,
    parse_recipient,
)
from registry.models import ApiClient, ContactPoint, Party, PartyRole, Resource, SystemUser

NINE_DIGITS = 100_000_000
EVERYONE = "*"
SELF_IDENTIFIED = {"email": RecipientKind.EMAIL_USER, "legacy": RecipientKind.LEGACY_USER}
SUBJECT_KINDS = set(SubjectKind) - {SubjectKind.EVERYONE}

Entry = dict[str, Any]
Check = Callable[[Any], str]
"""Says what is wrong with a value, or nothing."""
Rule = Callable[[Entry], tuple[str, str]]
"""Says which key of an entry does not fit the others and why, or nothing of either."""


def _is(condition: Callable[[Any], bool], otherwise: str) -> Check:
    return lambda value: "" if condition(value) else otherwise


def _is_text(value: Any, *, least: int = 0, most: int | None = None) -> bool:
    return isinstance(value, str) and least <= len(value.strip()) and (most is None or len(value) <= most)


def _is_uuid(value: Any) -> bool:
    try:
        return str(uuid.UUID(value)) == str(value).lower()
    except (ValueError, AttributeError, TypeError):
        return False


def _is_party(value: Any) -> bool:
    return isinstance(value, str) and (is_organisation_number(value) or is_national_identity_number(value))


def _list_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(check, value)) and len(set(value)) == len(value)


def _both(first: Check, second: Check) -> Check:
    return lambda value: first(value) or second(value)


def _or_null(check: Check) -> Check:
    return lambda value: "" if value is None else check(value)


def _longest(model: type[Model], name: str) -> int:
    """Characters that the column holds, or each item of it when it is a list."""
    field: Any = model._meta.get_field(name)  # noqa: SLF001 - Django documents it for use from outside
    most: int = getattr(field, "base_field", field).max_length
    return most


def column(model: type[Model], name: str, *, least: int = 0) -> Check:
    """Text that fits the column."""
    most = _longest(model, name)
    wanted = f"must be text of {least or 'at most'}{' to' if least else ''} {most} characters"
    return _is(lambda value: _is_text(value, least=least, most=most), wanted)


secret = _is(_is_text, "must be text")
flag = _is(lambda value: isinstance(value, bool), "must be true or false")
key_set = _is(
    lambda value: (
        isinstance(value, dict)
        and isinstance(value.get("keys"), list)
        and all(isinstance(key, dict) for key in value["keys"])
    ),
    "must be an object whose keys are a list of objects",
)
title = _is(
    lambda value: isinstance(value, dict) and all(map(_is_text, value.values())), "must be an object of texts"
)
organisation = _is(
    lambda value: isinstance(value, str) and is_organisation_number(value), "must be nine digits"
)
organisations = _is(
    _list_of(lambda value: isinstance(value, str) and is_organisation_number(value)),
    "must be a list of organisation numbers, each once",
)
person = _is(
    lambda value: isinstance(value, str) and is_national_identity_number(value),
    "must be eleven digits whose control digits fit",
)
party = _is(_is_party, "must be an organisation number or a national identity number")
identity = _is(_is_uuid, "must be a UUID")
party_id = _is(
    lambda value: type(value) is int and 0 < value < NINE_DIGITS, "must be a number of at most eight digits"
)
level = _is(
    lambda value: type(value) is int and value in AuthenticationLevel.values, "must be a number from 0 to 4"
)
actions = _is(
    _list_of(lambda value: isinstance(value, str) and value in Action.values),
    "must list read, write or subscribe, each once",
)
confidentiality = _is(
    lambda value: isinstance(value, str) and value in Confidentiality.values,
    "must be none, confidential or explicit",
)
subject_kind = _is(
    lambda value: isinstance(value, str) and value in SUBJECT_KINDS,
    "must be party, role, user or systemuser",
)
self_identified_kind = _is(
    lambda value: isinstance(value, str) and value in SELF_IDENTIFIED, "must be email or legacy"
)
email = _is(lambda value: not value or is_email(value), "is no e-mail address")
mobile = _is(
    lambda value: not value or e164(value) is not None, "is no telephone number with its country's code"
)
resource_id = _is(
    lambda value: _is_text(value, least=1, most=255) and ":" not in value,
    "must be text of 1 to 255 characters without a colon",
)
longest_scope = _longest(ApiClient, "scopes")
scopes = _is(
    _list_of(lambda value: _is_text(value, least=1, most=longest_scope)),
    f"must be a list of texts of 1 to {longest_scope} characters, each once",
)

FORMAT: dict[str, tuple[Mapping[str, Check], Mapping[str, Check]]] = {
    "organisations": (
        {"number": organisation, "name": column(Party, "display_name", least=1)},
        {
            "parent": _or_null(organisation),
            "unit_type": column(Party, "unit_type"),
            "deleted": flag,
            "party_id": party_id,
            "uuid": identity,
        },
    ),
    "persons": (
        {"number": person, "name": column(Party, "display_name", least=1)},
        {"reserved": flag, "party_id": party_id, "uuid": identity},
    ),
    "self_identified": (
        {"id": column(Party, "external_id", least=1), "kind": self_identified_kind},
        {"name": column(Party, "display_name")},
    ),
    "roles": ({"from": organisation, "to": party, "role": column(PartyRole, "role", least=1)}, {}),
    "resources": (
        {
            "id": resource_id,
            "owner": organisation,
            "type": column(Resource, "resource_type"),
            "title": title,
        },
        {
            "minimum_authentication_level": level,
            "minimum_authentication_level_org": _or_null(level),
            "confidential": flag,
            "confidentiality": confidentiality,
            "orgcode": column(Resource, "orgcode"),
            "access_list_only": flag,
        },
    ),
    "grants": (
        {"party": column(PartyRole, "role", least=1), "resource": resource_id, "actions": actions},
        {"subject_kind": subject_kind},
    ),
    "contact_points": (
        {"party": party},
        {
            "email": _both(column(ContactPoint, "email"), email),
            "mobile": _both(column(ContactPoint, "mobile"), mobile),
            "user": person,
            "resource": resource_id,
        },
    ),
    "clients": (
        {
            "client_id": column(ApiClient, "client_id", least=1),
            "organisation": organisation,
            "scopes": scopes,
        },
        {"client_secret": secret, "jwks": key_set},
    ),
    "system_users": (
        {
            "uuid": identity,
            "organisation": organisation,
            "vendor": organisation,
            "system_id": column(SystemUser, "system_id"),
        },
        {},
    ),
    "access_lists": ({"resource": resource_id, "organisations": organisations}, {}),
}
"""By list: the keys that an entry must have, and those that it may have."""


def _organisation(entry: Entry) -> tuple[str, str]:
    return "parent", "is the organisation itself" if entry.get("parent") == entry["number"] else ""


def _self_identified(entry: Entry) -> tuple[str, str]:
    try:
        parse_recipient(f"{SELF_IDENTIFIED[entry['kind']]}:{entry['id']}")
    except InvalidIdentifier:
        return "id", f"is no recipient of the kind {entry['kind']}"
    return "", ""


def _grant(entry: Entry) -> tuple[str, str]:
    """A grant for everyone has no kind, so that none for a role or a system user becomes one by its subject."""
    kind, subject = entry.get("subject_kind", SubjectKind.PARTY), entry["party"]
    if subject == EVERYONE:
        return ("", "") if kind == SubjectKind.PARTY else ("subject_kind", "does not go with * for everyone")
    if kind == SubjectKind.SYSTEM_USER:
        return "party", identity(subject)
    if kind == SubjectKind.ROLE:
        return "", ""
    return "party", "" if _is_party(subject) else "must be an organisation number, a person's number or *"


def _contact_point(entry: Entry) -> tuple[str, str]:
    reachable = any(entry.get(key, "").strip() for key in ("email", "mobile"))
    return "email", "" if reachable else "is missing, and so is mobile"


RULES: dict[str, Rule] = {
    "organisations": _organisation,
    "self_identified": _self_identified,
    "grants": _grant,
    "contact_points": _contact_point,
}


def _of(*keys: str) -> Callable[[Entry], Iterable[Hashable]]:
    return lambda entry: [tuple(str(entry.get(key)).lower() for key in keys)]


SAME: dict[str, tuple[str, Callable[[Entry], Iterable[Hashable]]]] = {
    "organisations": ("number", _of("number")),
    "persons": ("number", _of("number")),
    "self_identified": ("id", _of("kind", "id")),
    "roles": ("role", _of("from", "to", "role")),
    "resources": ("id", lambda entry: [entry["id"]]),
    "grants": (
        "actions",
        lambda entry: [
            (entry.get("subject_kind"), entry["party"], entry["resource"], one) for one in entry["actions"]
        ],
    ),
    "contact_points": ("party", _of("party", "user", "resource", "email", "mobile")),
    "clients": ("client_id", lambda entry: [entry["client_id"]]),
    "system_users": ("uuid", _of("uuid")),
    "access_lists": (
        "organisations",
        lambda entry: [(entry["resource"], number) for number in entry["organisations"]],
    ),
}
"""By list: what two entries may not have in common, and the key that an error names."""
