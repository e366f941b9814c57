"""Serializer fields that read and write as the contract does (api.md 1.5 to 1.8).

A value that the contract's parser would refuse fails with the code `conversion`; a value that breaks a rule of
the model fails with any other code. The two are reported differently (`registry.api.binding`).
"""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from django.db.models import IntegerChoices
from rest_framework import serializers

from registry.api.parsers import is_storable

CONVERSION = "conversion"
FORM = "form"
"""In the context of a serializer that reads a form."""
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DIGITS, HYPHENATED = r"[0-9a-fA-F]{32}", GUID.pattern
LOOSE_GUID = re.compile(rf"({DIGITS})|({HYPHENATED})|\{{({HYPHENATED})\}}|\(({HYPHENATED})\)")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,10}")
ISO_8601 = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(T(?P<time>[0-9]{2}:[0-9]{2}(:[0-9]{2})?)(\.(?P<fraction>[0-9]{1,16}))?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
DOTNET_TIME = re.compile(
    r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})"
    r"( (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]{1,7}))?)?"
    r"( ?(?P<half>[AP]M))?)?( ?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}))?",
    re.IGNORECASE,
)
"""How .NET prints and reads times where nothing else is said: `08/20/2026 11:10:08 +00:00`."""


def utf16_length(text: str) -> int:
    """Limits count UTF-16 code units (api.md 6)."""
    return len(text) + sum(character > "\uffff" for character in text)


class ContractField(serializers.Field[Any, Any, Any, Any]):
    """Base of the scalar fields: `conversion` failures carry the JSON path's message."""

    default_error_messages = {
        CONVERSION: "The value could not be converted.",
        "required": "It is required.",
    }

    takes_null_as_missing = False
    """Whether null breaks a rule of the model, as it does for texts, or does not convert, as for the rest."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None and not self.allow_null and not self.takes_null_as_missing:
            self.fail(CONVERSION)
        return super().validate_empty_values(data)

    def convert(self, *, ok: bool) -> None:
        if not ok:
            self.fail(CONVERSION)

    @property
    def is_in_form(self) -> bool:
        """Whether the value comes from a form, where everything is text and is read more leniently (api.md 8.2)."""
        return FORM in self.context


class TextField(ContractField):
    """A string. `required_text`: neither null, nor empty, nor only white space."""

    default_error_messages = {
        "blank": "The field is required.",
        "null": "The field is required.",
        "max_length": "The text must be at most {limit} characters long.",
    }

    takes_null_as_missing = True

    def __init__(self, *, max_length: int | None = None, required_text: bool = False, **kwargs: Any) -> None:
        self.max_length = max_length
        self.required_text = required_text
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        self.convert(ok=isinstance(data, str) and is_storable(data))
        if self.required_text and not data.strip():
            self.fail("blank")
        if self.max_length is not None and utf16_length(data) > self.max_length:
            self.fail("max_length", limit=self.max_length)
        return str(data)

    def to_representation(self, value: Any) -> str:
        return str(value)


class FlagField(ContractField):
    """Only `true` and `false`, in a form in any case; null does not convert unless allowed."""

    def to_internal_value(self, data: Any) -> bool:
        if self.is_in_form:
            data = {"true": True, "false": False}.get(data.strip().lower())
        self.convert(ok=isinstance(data, bool))
        return bool(data)

    def to_representation(self, value: Any) -> bool:
        return bool(value)


class NumberField(ContractField):
    """A whole number, also as a JSON string."""

    def to_internal_value(self, data: Any) -> int:
        is_number = isinstance(data, int) and not isinstance(data, bool)
        self.convert(
            ok=is_number or (isinstance(data, str) and WHOLE_NUMBER.fullmatch(data.strip()) is not None)
        )
        self.convert(ok=-(2**31) <= int(data) < 2**31)
        return int(data)

    def to_representation(self, value: Any) -> int:
        return int(value)


class GuidField(ContractField):
    """Only the hyphenated form, in any case; in a form any of the usual spellings."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        is_guid = isinstance(data, str) and GUID.fullmatch(data) is not None
        guid = parse_loose_guid(data) if self.is_in_form else uuid.UUID(data) if is_guid else None
        if guid is None:
            self.fail(CONVERSION)
        return guid

    def to_representation(self, value: Any) -> str:
        return str(value)


class TimeField(ContractField):
    """ISO 8601 in, UTC when it names no offset; `+00:00` out, without a trailing zero of the fraction."""

    def to_internal_value(self, data: Any) -> datetime:
        parse = parse_loose_time if self.is_in_form else parse_time
        moment = parse(data) if isinstance(data, str) else None
        if moment is None:
            self.fail(CONVERSION)
        return moment

    def to_representation(self, value: datetime) -> str:
        return time_on_the_wire(value)


class WordField(ContractField):
    """An enum: its words in any case, or its numbers, in; its word out.

    `undefined`: what an undefined number does in JSON. `refuse`: a model rule fails; `keep`: it is taken as it is.
    A form's undefined numbers are always refused.
    """

    default_error_messages = {"undefined": "The value is not defined."}

    def __init__(self, choices: type[IntegerChoices], *, undefined: str = "refuse", **kwargs: Any) -> None:
        self.enum = choices
        self.undefined = undefined
        self.by_word = {word_of(member).lower(): member for member in choices}
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        self.convert(ok=isinstance(data, int | str) and not isinstance(data, bool))
        word = str(data).strip().lower()
        if word in self.by_word:
            return self.by_word[word]
        self.convert(ok=WHOLE_NUMBER.fullmatch(word) is not None)
        if int(word) in self.enum.values:
            return self.enum(int(word))
        if self.undefined == "refuse" or self.is_in_form:
            self.fail("undefined")
        return int(word)

    def to_representation(self, value: int) -> str | int:
        return word_of(self.enum(value)) if value in self.enum.values else value


def word_of(member: IntegerChoices) -> str:
    """A member's word on the wire: its `wire_name`, or its label where the enum spells it out."""
    return str(getattr(member, "wire_name", member.label))


def parse_loose_guid(text: str) -> uuid.UUID | None:
    """A GUID in any of the usual spellings: without hyphens, in braces or parentheses; None if it is none."""
    bare = text.strip()
    return uuid.UUID(bare.strip("{}()")) if LOOSE_GUID.fullmatch(bare) else None


def parse_time(text: str) -> datetime | None:
    """A moment in UTC, or None when the text is not of the strict profile of api.md 1.7."""
    match = ISO_8601.fullmatch(text)
    if match is None:
        return None
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    time = match["time"] or "00:00"
    seconds = time if time.count(":") == 2 else f"{time}:00"  # noqa: PLR2004 - hours, minutes, seconds
    zone = "+00:00" if match["zone"] in {None, "Z"} else match["zone"]
    try:
        return datetime.fromisoformat(f"{match['date']}T{seconds}.{fraction}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_loose_time(text: str) -> datetime | None:
    """A moment as queries and forms may write it, UTC without an offset; None if it is none.

    Any ISO 8601 form, or one of those that .NET prints, month first (api.md 1.7).
    """
    printed = DOTNET_TIME.fullmatch(text.strip())
    iso = _iso(printed.groupdict("")) if printed else text.strip().replace(" +", "+")
    try:
        moment = datetime.fromisoformat(iso)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(printed: dict[str, str]) -> str:
    hour = int(printed["hour"] or 0)
    if printed["half"]:
        hour = hour % 12 + 12 * (printed["half"].upper() == "PM") if 1 <= hour <= 12 else 99  # noqa: PLR2004 - a clock
    day = f"{printed['year']}-{printed['month']:0>2}-{printed['day']:0>2}"
    time = f"{hour:02}:{printed['minute'] or '00'}:{printed['second'] or '00'}.{printed['fraction'][:6]:0<6}"
    return f"{day}T{time}{printed['zone'].upper()}"


def time_on_the_wire(moment: datetime) -> str:
    """`2026-09-01T08:00:03.118+00:00`: always an offset, no trailing zeros, no fraction when it is zero."""
    utc = moment.astimezone(UTC)
    text = utc.strftime("%Y-%m-%dT%H:%M:%S")
    if utc.year < 1000:  # noqa: PLR2004 - strftime leaves the year unpadded on some platforms
        text = text.rjust(19, "0")
    fraction = f".{utc.microsecond:06}".rstrip("0") if utc.microsecond else ""
    return f"{text}{fraction}+00:00"
