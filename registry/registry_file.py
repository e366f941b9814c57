"""The registry file (operator-interface.md): its lists, their keys, and what a value must look like.

Reading checks each entry by itself; whether parties and resources exist is the import's question.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from registry.enums import Action, AuthenticationLevel, Confidentiality, SubjectKind
from registry.identifiers import is_national_identity_number, is_organisation_number

NINE_DIGITS = 100_000_000

Check = Callable[[Any], str]
"""Says what is wrong with a value, or nothing."""


class RegistryFileError(Exception):
    """The file cannot be loaded; the message names the entry."""


def _is(condition: Callable[[Any], bool], otherwise: str) -> Check:
    return lambda value: "" if condition(value) else otherwise


def _is_uuid(value: Any) -> bool:
    try:
        return str(uuid.UUID(value)) == str(value).lower()
    except (ValueError, AttributeError, TypeError):
        return False


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


text = _is(lambda value: isinstance(value, str), "must be text")
flag = _is(lambda value: isinstance(value, bool), "must be true or false")
texts = _is(_texts, "must be a list of texts")
mapping = _is(lambda value: isinstance(value, dict), "must be an object")
organisation = _is(
    lambda value: isinstance(value, str) and is_organisation_number(value), "must be nine digits"
)
person = _is(
    lambda value: isinstance(value, str) and is_national_identity_number(value),
    "must be eleven digits whose control digits fit",
)
party = _is(
    lambda value: (
        isinstance(value, str) and (is_organisation_number(value) or is_national_identity_number(value))
    ),
    "must be an organisation number or a national identity number",
)
identity = _is(_is_uuid, "must be a UUID")
party_id = _is(
    lambda value: type(value) is int and 0 < value < NINE_DIGITS, "must be a number of at most eight digits"
)
level = _is(lambda value: value in AuthenticationLevel.values, "must be a number from 0 to 4")
actions = _is(
    lambda value: _texts(value) and set(value) <= set(Action.values), "must list read, write or subscribe"
)
confidentiality = _is(lambda value: value in Confidentiality.values, "must be none, confidential or explicit")
subject_kind = _is(lambda value: value in SubjectKind.values, "must be party, role, user or systemuser")
self_identified_kind = _is(lambda value: value in {"email", "legacy"}, "must be email or legacy")


def _or_null(check: Check) -> Check:
    return lambda value: "" if value is None else check(value)


FORMAT: dict[str, tuple[Mapping[str, Check], Mapping[str, Check]]] = {
    "organisations": (
        {"number": organisation, "name": text},
        {
            "parent": _or_null(organisation),
            "unit_type": text,
            "deleted": flag,
            "party_id": party_id,
            "uuid": identity,
        },
    ),
    "persons": (
        {"number": person, "name": text},
        {"reserved": flag, "party_id": party_id, "uuid": identity},
    ),
    "self_identified": ({"id": text, "kind": self_identified_kind}, {"name": text}),
    "roles": ({"from": organisation, "to": party, "role": text}, {}),
    "resources": (
        {"id": text, "owner": organisation, "type": text, "title": mapping},
        {
            "minimum_authentication_level": level,
            "minimum_authentication_level_org": _or_null(level),
            "confidential": flag,
            "confidentiality": confidentiality,
            "orgcode": text,
            "access_list_only": flag,
        },
    ),
    "grants": ({"party": text, "resource": text, "actions": actions}, {"subject_kind": subject_kind}),
    "contact_points": ({"party": party}, {"email": text, "mobile": text, "user": person, "resource": text}),
    "clients": (
        {"client_id": text, "organisation": organisation, "scopes": texts},
        {"client_secret": text, "jwks": mapping},
    ),
    "system_users": (
        {"uuid": identity, "organisation": organisation, "vendor": organisation, "system_id": text},
        {},
    ),
    "access_lists": (
        {
            "resource": text,
            "organisations": _is(
                lambda value: _texts(value) and all(map(is_organisation_number, value)),
                "must be a list of organisation numbers",
            ),
        },
        {},
    ),
}
"""By list: the keys that an entry must have, and those that it may have."""


def read(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """Every list of the format, empty where the file has none. Raises RegistryFileError."""
    try:
        document = json.loads(content.decode("utf-8"))
    except ValueError as error:
        raise RegistryFileError(f"The file is not UTF-8 JSON: {error}.") from error
    if not isinstance(document, dict):
        raise RegistryFileError("The file must hold one JSON object.")
    for name in document:
        if name not in FORMAT:
            raise RegistryFileError(f"{name}: unknown key.")
    return {name: _entries(name, document.get(name, [])) for name in FORMAT}


def _entries(name: str, entries: Any) -> list[dict[str, Any]]:
    if not isinstance(entries, list):
        raise RegistryFileError(f"{name}: must be a list.")
    for index, entry in enumerate(entries):
        _check_entry(f"{name}[{index}]", entry, *FORMAT[name])
    return entries


def _check_entry(place: str, entry: Any, needed: Mapping[str, Check], allowed: Mapping[str, Check]) -> None:
    if not isinstance(entry, dict):
        raise RegistryFileError(f"{place}: must be an object.")
    for key in needed:
        if key not in entry:
            raise RegistryFileError(f"{place}.{key}: is missing.")
    for key, value in entry.items():
        check = needed.get(key) or allowed.get(key)
        if check is None:
            raise RegistryFileError(f"{place}.{key}: unknown key.")
        if wrong := check(value):
            raise RegistryFileError(f"{place}.{key}: {wrong}.")
