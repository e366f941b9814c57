"""Reading a registry file: each entry by itself, and none twice.

Whether parties and resources exist is the import's question; what they look like says `registry_format`.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from registry.registry_format import FORMAT, RULES, SAME, Check, Entry

DEEPEST = 20
"""Levels of lists and objects in a value: a key set has three."""
OF_ALL_PARTIES = ("party_id", "uuid")
TWICE = "stands in the file twice"


class RegistryFileError(Exception):
    """The file cannot be loaded; the message names the entry."""


class _Object(dict[str, Any]):
    """A JSON object that remembers a name written twice: which of the two was meant nobody knows."""

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        names = [name for name, _ in members]
        self.twice = (
            next((name for name in names if names.count(name) > 1), "") if len(self) < len(names) else ""
        )


def read(content: bytes) -> dict[str, list[Entry]]:
    """Every list of the format, empty where the file has none. Raises RegistryFileError."""
    document = _parsed(content)
    if not isinstance(document, _Object):
        raise RegistryFileError("The file must hold one JSON object.")
    if document.twice:
        raise RegistryFileError(f"{document.twice}: {TWICE}.")
    for name in document:
        if name not in FORMAT:
            raise RegistryFileError(f"{name}: unknown key.")
    lists = {name: _entries(name, document.get(name, [])) for name in FORMAT}
    for key in OF_ALL_PARTIES:
        _check_numbering(key, lists)
    return lists


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_Object, parse_constant=_refuse_constant)
    except ValueError as error:
        raise RegistryFileError(f"The file is not UTF-8 JSON: {error}.") from error
    except RecursionError as error:
        raise RegistryFileError("The file is not read: it is nested too deep.") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _entries(name: str, entries: Any) -> list[Entry]:
    if not isinstance(entries, list):
        raise RegistryFileError(f"{name}: must be a list.")
    for index, entry in enumerate(entries):
        _check_entry(f"{name}[{index}]", entry, *FORMAT[name])
        if name in RULES:
            key, wrong = RULES[name](entry)
            if wrong:
                raise RegistryFileError(f"{name}[{index}].{key}: {wrong}.")
    key, identities = SAME[name]
    _refuse_twice(
        (f"{name}[{index}].{key}", one) for index, entry in enumerate(entries) for one in identities(entry)
    )
    return entries


def _check_entry(place: str, entry: Any, needed: Mapping[str, Check], allowed: Mapping[str, Check]) -> None:
    if not isinstance(entry, _Object):
        raise RegistryFileError(f"{place}: must be an object.")
    if entry.twice:
        raise RegistryFileError(f"{place}.{entry.twice}: stands in the entry twice.")
    for key in needed:
        if key not in entry:
            raise RegistryFileError(f"{place}.{key}: is missing.")
    for key, value in entry.items():
        check = needed.get(key) or allowed.get(key)
        if check is None:
            raise RegistryFileError(f"{place}.{key}: unknown key.")
        if wrong := _unstorable(value) or check(value):
            raise RegistryFileError(f"{place}.{key}: {wrong}.")


def _unstorable(value: Any, depth: int = 0) -> str:
    """Why PostgreSQL could not hold the value, wherever in it that lies; empty: it can."""
    wrong = ""
    if depth > DEEPEST:
        wrong = "is nested too deep"
    elif isinstance(value, str) and any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        wrong = "holds NUL or half of a surrogate pair"
    elif isinstance(value, float) and not math.isfinite(value):
        wrong = "holds a number out of range"
    elif isinstance(value, _Object) and value.twice:
        wrong = f"holds {value.twice} twice"
    elif isinstance(value, dict | list):
        inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        wrong = next((found for one in inner if (found := _unstorable(one, depth + 1))), "")
    return wrong


def _check_numbering(key: str, lists: dict[str, list[Entry]]) -> None:
    """No two parties, of whichever kind, may have one party id or UUID."""
    _refuse_twice(
        (f"{name}[{index}].{key}", str(entry[key]).lower())
        for name in ("organisations", "persons")
        for index, entry in enumerate(lists[name])
        if key in entry
    )


def _refuse_twice(places: Iterable[tuple[str, Any]]) -> None:
    seen = set()
    for place, one in places:
        if one in seen:
            raise RegistryFileError(f"{place}: {TWICE}.")
        seen.add(one)
