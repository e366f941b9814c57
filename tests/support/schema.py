"""Every answer that a test gets must be one that integrators can read of in the document."""

import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS30ReadValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

BASE = "/correspondence/api/v1"
HIDDEN = re.compile(
    r"/correspondence/[^/]+/(content|notification/check(/main)?|forward/check)|/confidential-reminders"
    r"|/swagger.*|/openapi\.json",
    re.IGNORECASE,
)
"""Answered, and left out of the document (api.md 4)."""
NOT_AN_OPERATION = {404, 405}


@cache
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def operations() -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
    found = []
    for path, item in _contract()["paths"].items():
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path.removeprefix(BASE)), re.IGNORECASE)
        found += [(pattern, method, operation) for method, operation in item.items()]
    return found


def check_answer(method: str, path: str, answer: Any) -> Any:
    """The answer itself, once its status, its type and its body are found in the document."""
    path = path.partition("?")[0].rstrip("/")
    if HIDDEN.fullmatch(path):
        return answer
    label = f"{method.upper()} {path} {answer.status_code}"
    operation = _operation(method, path)
    if operation is None:
        assert answer.status_code in NOT_AN_OPERATION, f"{label}: no such operation in the document"
        return answer
    responses = operation["responses"]
    assert str(answer.status_code) in responses, f"{label}: no such status in the document"
    _check_body(label, responses[str(answer.status_code)].get("content", {}), answer)
    return answer


def _check_body(label: str, documented: dict[str, Any], answer: Any) -> None:
    sent = answer.headers.get("Content-Type", "").partition(";")[0]
    if not answer.streaming and not (answer.content and sent):
        assert answer.status_code >= 300 or not documented, f"{label}: the document promises a body"
        return
    assert sent in documented or "*/*" in documented, f"{label}: no {sent} in the document"
    if sent.endswith("json") and sent in documented:
        errors = [
            error.message for error in _validator(documented[sent]["schema"]).iter_errors(answer.json())
        ]
        assert errors == [], f"{label}: {errors}"


def _operation(method: str, path: str) -> dict[str, Any] | None:
    return next(
        (found for pattern, name, found in operations() if name == method and pattern.fullmatch(path)), None
    )


def _validator(schema: dict[str, Any]) -> OAS30ReadValidator:
    root = Resource.from_contents(_contract(), default_specification=DRAFT4)
    return OAS30ReadValidator(schema, registry=Registry().with_resource("urn:contract", root))


@cache
def _contract() -> dict[str, Any]:
    return _as_read(document())


def _as_read(schema: Any) -> Any:
    """The document with references from its root, and with null where generated clients take it.

    They all read `nullable` beside a reference in `allOf` as what it means; the specification gives it no effect.
    """
    if isinstance(schema, list):
        return [_as_read(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    read = {
        key: f"urn:contract{value}" if key == "$ref" else _as_read(value) for key, value in schema.items()
    }
    if read.get("nullable") is True and "allOf" in read:
        return {"anyOf": [{"allOf": read["allOf"]}, {"enum": [None], "nullable": True}]}
    return read
