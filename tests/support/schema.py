"""Every JSON answer that a test gets must fit the document that integrators read."""

import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS30ReadValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

BASE = "/correspondence/api/v1"


@cache
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def operations() -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
    found = []
    for path, item in document()["paths"].items():
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path.removeprefix(BASE)), re.IGNORECASE)
        found += [(pattern, method, operation) for method, operation in item.items()]
    return found


def check_answer(method: str, path: str, answer: Any) -> Any:
    """The answer itself, once its status is documented and its body fits the schema of its operation.

    405 belongs to no operation, and a 500 without a number to all.
    """
    responses = _responses(method, path.partition("?")[0].rstrip("/"))
    if responses is None or answer.status_code == 405 or _is_unnumbered_error(answer):
        return answer
    status, media_type = str(answer.status_code), answer.headers.get("Content-Type", "").partition(";")[0]
    assert status in responses, f"{method} {path} is not documented to answer {status}"
    content = responses[status].get("content", {})
    if content and media_type.startswith("application/") and media_type.endswith("json"):
        assert media_type in content, (
            f"{method} {path} is not documented to answer {media_type} with {status}"
        )
        root = Resource.from_contents(document(), default_specification=DRAFT4)
        validator = OAS30ReadValidator(
            _absolute(content[media_type]["schema"]),
            registry=Registry().with_resource("urn:contract", root),
        )
        assert [error.message for error in validator.iter_errors(answer.json())] == []
    return answer


def _is_unnumbered_error(answer: Any) -> bool:
    return answer.status_code == 500 and "errorCode" not in answer.json()


def _absolute(schema: Any) -> Any:
    """References resolve against the whole document."""
    if isinstance(schema, dict):
        return {
            key: f"urn:contract{value}" if key == "$ref" else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema


def _responses(method: str, path: str) -> Any:
    """None for what the document does not have."""
    for pattern, operation_method, operation in operations():
        if operation_method == method and pattern.fullmatch(path):
            return operation["responses"]
    return None
