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
    """The answer itself, once its body fits the schema of its operation and status."""
    schema = _schema(method, path.partition("?")[0].rstrip("/"), str(answer.status_code))
    if schema is not None and answer.headers.get("Content-Type", "").startswith("application/"):
        root = Resource.from_contents(document(), default_specification=DRAFT4)
        validator = OAS30ReadValidator(
            _absolute(schema), registry=Registry().with_resource("urn:contract", root)
        )
        assert [error.message for error in validator.iter_errors(answer.json())] == []
    return answer


def _absolute(schema: Any) -> Any:
    """References resolve against the whole document."""
    if isinstance(schema, dict):
        return {
            key: f"urn:contract{value}" if key == "$ref" else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema


def _schema(method: str, path: str, status: str) -> Any:
    for pattern, operation_method, operation in operations():
        if operation_method == method and pattern.fullmatch(path):
            content = operation["responses"].get(status, {}).get("content", {})
            return content.get("application/json", {}).get("schema")
    return None
