"""JSON as the contract reads it (api.md 1.5; design.md point 22)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters

from registry.api.body import read
from registry.api.errors import ContractValidationError, PlainAnswer

MAX_DEPTH = 32


def read_json(environ: Mapping[str, Any], *, parameter: str) -> Any:
    """The request's body as a document; `parameter` names it in problems about the whole body.

    Reads the server's stream itself, since Django takes a chunked body for an empty one. Raises PlainAnswer (413),
    ContractValidationError.
    """
    raw = read_body(environ, limit=settings.MAX_JSON_BODY_BYTES)
    if not raw.strip() or raw.strip() == b"null":
        raise ContractValidationError(
            {"": ["A non-empty body is required."], parameter: _required(parameter)}
        )
    try:
        document = json.loads(raw.decode(_charset(environ)), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        message = f"The body is not valid JSON: {error}."
        raise ContractValidationError({"$": [message], parameter: _required(parameter)}) from error
    _refuse_unstorable(document, parameter)
    return document


def read_body(environ: Mapping[str, Any], *, limit: int) -> bytes:
    """The body as it was sent. Raises PlainAnswer: 413 when it is longer than `limit`, 400 when it breaks off."""
    announced = environ.get("CONTENT_LENGTH") or ""
    chunked = limit + 1 if environ.get("wsgi.input_terminated") else 0
    size = int(announced) if announced.isdigit() else chunked
    try:
        raw = read(environ, min(size, limit + 1))
    except OSError as error:
        raise PlainAnswer(
            400
        ) from error  # the client has gone, or speaks no HTTP: nobody reads more than this
    if len(raw) > limit:
        raise PlainAnswer(413)
    return raw


def _charset(environ: Mapping[str, Any]) -> str:
    """UTF-8, or UTF-16 when the content type says so (api.md 1.5)."""
    named = parse_header_parameters(environ.get("CONTENT_TYPE") or "")[1].get("charset", "").lower()
    return named if named.startswith("utf-16") else "utf-8-sig"


def _required(parameter: str) -> list[str]:
    return [f"The {parameter} field is required."]


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _refuse_unstorable(document: Any, parameter: str) -> None:
    """Nesting beyond 32 levels, NUL and lone surrogates end here: no database column can hold the latter two."""
    for path, depth, value in _walk(document):
        if depth > MAX_DEPTH:
            message = f"The body is nested deeper than {MAX_DEPTH} levels."
        elif isinstance(value, str) and not is_storable(value):
            message = "The text contains a character that cannot be stored (NUL or a lone surrogate)."
        else:
            continue
        raise ContractValidationError({path: [message], parameter: _required(parameter)})


def is_storable(text: str) -> bool:
    return ("\x00" not in text and text.isascii()) or not any(
        "\ud800" <= c <= "\udfff" or c == "\x00" for c in text
    )


def _walk(document: Any) -> Iterator[tuple[str, int, Any]]:
    """Every value and every member's name, with its JSON path and depth."""
    stack: list[tuple[str, int, Any]] = [("$", 0, document)]
    while stack:
        path, depth, value = stack.pop()
        yield path, depth, value
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, dict):
            for name, member in value.items():
                yield path, depth + 1, name
                stack.append((f"{path}.{name}", depth + 1, member))
        elif isinstance(value, list):
            stack.extend((f"{path}[{index}]", depth + 1, item) for index, item in enumerate(value))
