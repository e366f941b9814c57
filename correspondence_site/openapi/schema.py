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
    """Postprocessing: path parameters are named as the contract names them, `correspondenceId`; texts are GUIDs."""
    paths = {}
    for path, operations in result["paths"].items():
        renamed = path
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    name = _camel(parameter["name"])
                    renamed = renamed.replace(f"{{{parameter['name']}}}", f"{{{name}}}")
                    is_text = parameter["schema"]["type"] == "string"
                    schema = {"type": "string", "format": "uuid"} if is_text else parameter["schema"]
                    parameter.update(name=name, schema=schema)
        paths[renamed] = operations
    return {**result, "paths": paths}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


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
