"""Variables of the environment, each declared once: name, default, meaning.

A wrong value stops the start with a sentence that names the variable. A secret may be given as a file:
`NAME_FILE` holds its path. docs/reference/environment.md is made from `VARIABLES`.
"""

import json
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from notifications.transports.urls import provider_url

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}
TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
DAILY_WINDOW = re.compile(f" *(?P<begins>{TIME}) *- *(?P<ends>{TIME}) *")


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    meaning: str


VARIABLES: dict[str, Variable] = {}


def text(name: str, default: str = "", *, shown_default: str | None = None, meaning: str) -> str:
    """The variable's text; an empty value counts as unset."""
    VARIABLES[name] = Variable(name, default if shown_default is None else shown_default, meaning)
    if path := os.environ.get(f"{name}_FILE"):
        return _read_secret(name, path)
    return os.environ.get(name) or default


@dataclass(frozen=True)
class Secret:
    """A secret that is renewed while we run: it is read each time it is used, and not kept."""

    name: str

    def read(self) -> str:
        if path := os.environ.get(f"{self.name}_FILE"):
            return _read_secret(self.name, path)
        return os.environ.get(self.name, "")


def renewed_secret(name: str, *, meaning: str) -> Secret:
    text(name, meaning=meaning)
    return Secret(name)


def flag(name: str, *, default: bool, shown_default: str | None = None, meaning: str) -> bool:
    value = text(name, "1" if default else "0", shown_default=shown_default, meaning=meaning).lower()
    if value not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in TRUE_WORDS


def number(name: str, default: int, *, meaning: str) -> int:
    value = text(name, str(default), meaning=meaning)
    if not value.isdecimal() or int(value) == 0:
        raise ImproperlyConfigured(f"{name} must be a whole number above zero, not {value!r}.")
    return int(value)


def words(
    name: str, default: str = "", *, separator: str = ",", shown_default: str | None = None, meaning: str
) -> list[str]:
    value = text(name, default, shown_default=shown_default, meaning=meaning)
    return [word.strip() for word in value.split(separator) if word.strip()]


def provider_urls(name: str, *, schemes: Collection[str], meaning: str) -> list[str]:
    """Addresses of providers, separated by spaces, each found to be well-formed."""
    urls = words(name, separator=" ", meaning=meaning)
    try:
        for url in urls:
            provider_url(url, schemes=schemes)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    return urls


def choice(
    name: str, default: str, choices: tuple[str, ...], *, shown_default: str | None = None, meaning: str
) -> str:
    value = text(name, default, shown_default=shown_default, meaning=meaning)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def service_url(
    name: str, default: str = "", *, only_https: bool, shown_default: str | None = None, meaning: str
) -> str:
    """A base address, of us or of a neighbour, without a slash at its end; empty when there is none."""
    value = text(name, default, shown_default=shown_default, meaning=meaning).rstrip("/")
    if value and not is_url(value, ("https",) if only_https else ("https", "http")):
        raise ImproperlyConfigured(
            f"{name} must begin with https:// and a host (http:// will do outside production)."
        )
    return value


def is_url(value: Any, schemes: tuple[str, ...]) -> bool:
    """An address with one of these schemes and a host."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # a wrong one is found when it is asked for
    except (ValueError, AttributeError):
        return False
    return parts.scheme in schemes and bool(parts.hostname) and " " not in value


def daily_window(name: str, default: str, *, meaning: str) -> str:
    """Two times of one day, the earlier one first, or `always`."""
    value = text(name, default, meaning=meaning)
    window = DAILY_WINDOW.fullmatch(value)
    if value != "always" and (window is None or window["begins"] >= window["ends"]):
        raise ImproperlyConfigured(f"{name} must be like 09:00-17:00, or always, not {value!r}.")
    return value


def json_list(name: str, *, meaning: str) -> list[Any]:
    value = text(name, "[]", meaning=meaning)
    try:
        parsed = json.loads(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a JSON list: {error}.") from error
    if not isinstance(parsed, list):
        raise ImproperlyConfigured(f"{name} must be a JSON list.")
    return parsed


def as_markdown() -> str:
    """The reference page of the variables, as a table."""
    rows = [
        f"| `{variable.name}` | {variable.default or 'unset'} | {variable.meaning} |"
        for variable in VARIABLES.values()
    ]
    return "\n".join(["| variable | default | meaning |", "| --- | --- | --- |", *rows]) + "\n"


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names a file that cannot be read: {error.strerror}."
        ) from error
