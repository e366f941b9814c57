"""Multipart forms as the contract reads them (api.md 2.4 last row, 8): names, lists, and files that are streamed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.http import parse_header_parameters
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header
from rest_framework import serializers

from registry.api.errors import ContractValidationError, PlainAnswer

MAX_ENTRIES = 1024
MAX_NAME, MAX_VALUE_BYTES = 2048, 4 * 1024 * 1024
MAX_PART_HEADERS, MAX_PART_HEADER_BYTES = 16, 16 * 1024
PREFIX = "request"
"""When any name begins with it, only those that do are read."""
NEXT_PART = re.compile(r"[.\[]")

FileTaker = Callable[[str, Iterator[bytes]], None]
"""Takes a file's name and its bytes, which it must use up or leave while the form is read."""


class Form:
    """The text fields of a form, found by name in any case."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        pairs = list(fields)
        prefixed = [(name, value) for name, value in pairs if _is_prefixed(name)]
        self.prefix = f"{PREFIX}." if prefixed else ""
        self._values: dict[str, list[str]] = {}
        self._names: list[tuple[str, str]] = []
        """In lower case and as sent, since the keys of a property list keep their case."""
        for name, value in ((name[len(self.prefix) :], value) for name, value in prefixed or pairs):
            self._names.append((name.lower(), name))
            self._values.setdefault(name.lower(), []).append(value)

    def texts(self, name: str) -> list[str]:
        """All values of that name, in order."""
        return self._values.get(name.lower(), [])

    def below(self, name: str) -> list[str]:
        """What stands behind `name` in the names that go on with `.` or `[`."""
        start = name.lower()
        rests = (sent[len(start) :] for lower, sent in self._names if lower.startswith(start))
        return [rest for rest in rests if NEXT_PART.match(rest)]


@dataclass
class _Reading:
    """What has been read so far, and how much of it is text."""

    taker: FileTaker
    file_field: str
    limit: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0
    text_bytes: int = 0

    def take(self, segment: MultipartSegment, content: Iterator[bytes]) -> None:
        name, file_name = _names(segment)
        if file_name is not None:
            if name.lower() == self.file_field:
                self.files += 1
                self.taker(file_name, content)
        elif name:
            self.fields.append((name, self._text(content)))
        if len(name) > MAX_NAME or max(len(self.fields), self.files) > MAX_ENTRIES:
            raise unreadable_form(f"A form may have {MAX_ENTRIES} entries, a name {MAX_NAME} characters.")

    def _text(self, content: Iterator[bytes]) -> str:
        value = bytearray()
        for piece in content:
            value += piece
            self.text_bytes += len(piece)
            if len(value) > MAX_VALUE_BYTES:
                raise unreadable_form(f"A form's value may have {MAX_VALUE_BYTES} bytes.")
            if self.text_bytes > self.limit:
                raise PlainAnswer(413)
        return value.decode(errors="replace")


def read_form(
    content_type: str, chunks: Iterable[bytes], *, file_field: str, take_file: FileTaker, max_text_bytes: int
) -> Form:
    """The form's texts; each file part named `file_field` (in any case) is handed to `take_file` as it arrives.

    No content type at all is an empty form. Raises ContractValidationError for what is no multipart form or
    ends too early, PlainAnswer (413) when the texts are too long together, and what `take_file` raises.
    """
    if not content_type:
        return Form([])
    reading = _Reading(taker=take_file, file_field=file_field, limit=max_text_bytes)
    try:
        parser = PushMultipartParser(
            parse_options_header(content_type)[1].get("boundary", ""),
            max_header_size=MAX_PART_HEADER_BYTES,
            max_header_count=MAX_PART_HEADERS,
        )
        events = _events(parser, chunks)
        for segment in events:
            content = _content(events)
            reading.take(segment, content)
            for _rest in content:
                """What nobody wanted is passed over."""
    except MultipartError as error:
        raise unreadable_form(f"The body is not a valid multipart form: {error}.") from error
    return Form(reading.fields)


def unreadable_form(message: str) -> ContractValidationError:
    return ContractValidationError({"": [message]})


def _events(parser: PushMultipartParser, chunks: Iterable[bytes]) -> Iterator[Any]:
    """A segment, its bytes, None; and so on. Leaving the parser checks that the closing boundary has come."""
    with parser:
        for chunk in chunks:
            if parser.closed:
                continue
            yield from parser.parse(chunk)


def _content(events: Iterator[Any]) -> Iterator[bytes]:
    """The bytes of the segment that was just begun."""
    for event in events:
        if event is None:
            return
        yield bytes(event)


def _names(segment: MultipartSegment) -> tuple[str, str | None]:
    """The part's name and file name; the encoded form of the latter wins (RFC 5987)."""
    disposition = segment.header("Content-Disposition", "")
    if "filename*" in disposition.lower():
        return segment.name or "", parse_header_parameters(disposition)[1].get("filename", segment.filename)
    return segment.name or "", segment.filename


def _is_prefixed(name: str) -> bool:
    return name[: len(PREFIX)].lower() == PREFIX and NEXT_PART.match(name[len(PREFIX) :]) is not None


def document_of(form: Form, serializer: serializers.BaseSerializer[Any]) -> Any:
    """The form as the document that the serializer reads: what is not given is not there, blank texts are null."""
    return _object(form, serializer, "")


def _object(form: Form, serializer: Any, path: str) -> dict[str, Any]:
    members = {
        name: _member(form, child, f"{path}.{name}" if path else name)
        for name, child in serializer.fields.items()
    }
    return {name: value for name, value in members.items() if value is not ABSENT}


ABSENT = object()


def _member(form: Form, child: serializers.Field[Any, Any, Any, Any], path: str) -> Any:
    if isinstance(child, serializers.ListSerializer | serializers.ListField):
        return _list(form, child.child, path)
    if isinstance(child, serializers.DictField):
        return _mapping(form, path)
    if isinstance(child, serializers.BaseSerializer):
        return _object(form, child, path) if form.below(path) else ABSENT
    values = form.texts(path)
    return _text(values[0]) if values else ABSENT


def _list(form: Form, child: Any, path: str) -> Any:
    """`name[0]`, `name[1]` up to the first gap, or the name repeated, or `name[]` repeated."""
    items: list[Any] = []
    while (item := _member(form, child, f"{path}[{len(items)}]")) is not ABSENT:
        items.append(item)
    if not items and not isinstance(child, serializers.BaseSerializer):
        items = [_text(value) for value in form.texts(path) or form.texts(f"{path}[]")]
    return items if any(item is not None for item in items) else ABSENT


def _mapping(form: Form, path: str) -> Any:
    """`name.key`, `name[key]`, or `name[0].Key` with `name[0].Value`; a key ends at the next `.` or `[`."""
    found: dict[str, str] = {}
    while keys := form.texts(f"{path}[{len(found)}].key"):
        found[keys[0]] = "".join(form.texts(f"{path}[{len(found)}].value")[:1])
    if not found:
        for rest in form.below(path):
            key = NEXT_PART.split(rest[1:])[0].rstrip("]")
            found.setdefault(key, form.texts(path + rest)[0])
    return found or ABSENT


def _text(value: str) -> str | None:
    return value if value.strip() else None


def bound_values(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of every value that the form held, which problems list also when they are right (api.md 2.2)."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from bound_values(value, (*path, name))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from bound_values(value, (*path, index))
    else:
        yield path


def form_schema(
    serializer_class: type[serializers.BaseSerializer[Any]], *, file_field: str
) -> dict[str, Any]:
    """The form's fields for the document, by their dotted names; of lists of objects, the first element's."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    return {"type": "object", "properties": {**dict(_properties(serializer_class(), "")), file_field: files}}


def _properties(serializer: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, child in serializer.fields.items():
        here = f"{path}.{name[:1].upper()}{name[1:]}".lstrip(".")
        if isinstance(child, serializers.ListSerializer):
            yield from _properties(child.child, f"{here}[0]")
        elif isinstance(child, serializers.BaseSerializer):
            yield from _properties(child, here)
        elif isinstance(child, serializers.ListField):
            yield here, {"type": "array", "items": {"type": "string"}}
        elif isinstance(child, serializers.DictField):
            yield f"{here}.key", {"type": "string", "description": "One for each key, which ends the name."}
        else:
            yield here, {"type": "string"}
