"""What drf-spectacular cannot know by itself about this contract."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension

from registry.api.fields import FlagField, GuidField, NumberField, TimeField, WordField, word_of


class JWTBearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "registry.api.authentication.BearerAuthentication"
    name = "JWTBearerAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        del auto_schema  # the same for every operation
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def name_path_parameters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing: path parameters are named as the contract names them, `correspondenceId`, and are GUIDs."""
    paths = {}
    for path, operations in result["paths"].items():
        renamed = path
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    name = _camel(parameter["name"])
                    renamed = renamed.replace(f"{{{parameter['name']}}}", f"{{{name}}}")
                    parameter.update(name=name, schema={"type": "string", "format": "uuid"})
        paths[renamed] = operations
    return {**result, "paths": paths}


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing: what each operation can answer beside its success (api.md 2, 5), in the type it does."""
    result["components"]["schemas"]["ProblemDetails"] = PROBLEM_DETAILS
    for operations in result["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            problem = {_problem_type(responses): {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
            numbered = {**PROBLEMS, **MORE_PROBLEMS.get(operation["operationId"], {})}
            for status, description in numbered.items():
                responses.setdefault(status, {"description": description, "content": problem})
            for status, description in BARE.items():
                responses.setdefault(status, {"description": description})
    return result


def _problem_type(responses: dict[str, Any]) -> str:
    """Operations that answer JSON have their problems as JSON, others as problem documents (api.md 2.1)."""
    succeeded = responses.get("200", {}).get("content", {"application/json": {}})
    return "application/json" if "application/json" in succeeded else "application/problem+json"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


PROBLEMS = {
    "400": "A rule of the contract is broken, or the request is not valid.",
    "401": "No valid token (no body), or no access to the resource (code 4001).",
    "404": "Nothing of that id that the caller may see.",
}
INITIALIZE = {
    "409": "The idempotency key is taken (1034); the first letter's id is in `existingCorrespondenceId`.",
    "422": "The only recipient is reserved (1030).",
    "500": "The reservation register does not answer (1032), or something went wrong.",
}
UPLOAD = {
    "408": "Nothing came for too long (2022).",
    "502": "The bytes did not arrive whole, or were not stored (2002).",
}
MORE_PROBLEMS = {
    "InitializeCorrespondences": INITIALIZE,
    "InitializeCorrespondencesAndUploadAttachments": INITIALIZE | UPLOAD,
    "UploadAttachment": UPLOAD,
    "ForwardCorrespondence": {"415": "A type that is no JSON."},
}
BARE = {
    "403": "The token lacks the scope; no body.",
    "406": "`Accept` does not admit what is answered; one line of text.",
    "413": "The body, or a form's texts, are above 10 MB; no body.",
    "415": "Another type than the operation consumes; no body.",
    "416": "The range lies outside the file; no body.",
    "429": "Too often; `Retry-After` says when again.",
}
"""Where they can happen at all; an answer without a body needs no schema."""
PROBLEM_DETAILS: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "example": "CORR-01001"},
        "errorCode": {"type": "integer", "example": 1001},
        "statusDescription": {"type": "string"},
        "traceId": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "validationErrors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "title", "paths"],
                "properties": {
                    "code": {"type": "string"},
                    "title": {"type": "string"},
                    "paths": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "existingCorrespondenceId": {"type": "string", "format": "uuid"},
    },
}


class ScalarField(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """The contract's fields (`registry.api.fields`) as the document shows them."""

    target_class = "registry.api.fields.ContractField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction  # the same in requests and answers
        field = self.target
        if isinstance(field, WordField):
            return {"type": "string", "enum": [word_of(member) for member in field.enum]}
        for kind, schema in FIELD_SCHEMAS.items():
            if isinstance(field, kind):
                return schema
        limit = getattr(field, "max_length", None)
        return {"type": "string", **({"maxLength": limit} if limit else {})}


FIELD_SCHEMAS: dict[type, dict[str, Any]] = {
    FlagField: {"type": "boolean"},
    NumberField: {"type": "integer", "format": "int32"},
    GuidField: {"type": "string", "format": "uuid"},
    TimeField: {"type": "string", "format": "date-time"},
}
