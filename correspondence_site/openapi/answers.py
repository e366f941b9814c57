"""The errors that an operation can answer (api.md 2, 5), read off its view."""

from typing import Any, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from registry.api.views import ContractView

JSON, PROBLEM_JSON = "application/json", "application/problem+json"
FORM, BYTES = "multipart/form-data", "application/octet-stream"
INITIALIZE = {"InitializeCorrespondences", "InitializeCorrespondencesAndUploadAttachments"}
FORWARD = "ForwardCorrespondence"

PROBLEMS = {
    "400": "A rule of the contract is broken, or the request is not valid.",
    "401": "No valid token (no body), or no access to the resource (code 4001 or 4006).",
    "404": "Nothing of that id that the caller may see.",
    "408": "The file came too slowly (code 2022).",
    "409": "The idempotency key was used before (code 1034).",
    "422": "A recipient has reserved itself against digital letters (code 1030).",
    "429": "Too many within an hour; `Retry-After` says how long to wait.",
    "500": "The service has failed; the trace id helps to find out why.",
    "502": "The file could not be stored, or did not arrive whole (code 2002).",
}
OTHERS = {
    "403": "The token lacks the scope (no body), is of a kind that is not taken, or may not see these events.",
    "406": "`Accept` does not admit the type that is produced; one line of text names it.",
    "413": "The body, or the texts of the form, are larger than 10 MB; no body.",
    "415": "The body is of another type than the one that is taken (no body), or of none.",
}


class ContractSchema(AutoSchema):
    """Adds the errors to what the views say about themselves."""

    @property
    def endpoint(self) -> ContractView:
        return cast("ContractView", self.view)  # every documented view is one

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            for status in self._error_statuses(operation):
                operation["responses"].setdefault(status, self._error(status))
            operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def _error_statuses(self, operation: dict[str, Any]) -> set[str]:
        initializes = operation["operationId"] in INITIALIZE
        takes = set(operation.get("requestBody", {}).get("content", {}))
        conditions = {
            "404": initializes or "{" in self.path,
            "406": self.endpoint.produces is not None,
            "408": takes & {FORM, BYTES},
            "409": initializes,
            "413": takes & {JSON, FORM},
            "415": takes,
            "422": initializes,
            "429": operation["operationId"] == FORWARD,
            "502": takes & {FORM, BYTES},
        }
        return {"400", "401", "403", "500", *(status for status, can_be in conditions.items() if can_be)}

    def _error(self, status: str) -> dict[str, Any]:
        types = self._problem_types(status)
        description = PROBLEMS.get(status) or OTHERS[status]
        if not types:
            return {"description": description}
        return {"description": description, "content": {name: {"schema": self._problem()} for name in types}}

    def _problem_types(self, status: str) -> list[str]:
        """Of the bodies: a problem is JSON where the view produces JSON; what fails outside it never is."""
        own = JSON if self.endpoint.produces == JSON else PROBLEM_JSON
        if status == "500":
            return sorted({own, PROBLEM_JSON})
        if status == "403":
            return [JSON]
        if status == "415":
            return [own] if self.endpoint.requires_content_type or self.endpoint.takes_any_json else []
        return [own] if status in PROBLEMS else []

    def _problem(self) -> dict[str, Any]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]  # the library has no types here
            name="ProblemDetails",
            type=ResolvedComponent.SCHEMA,
            object="ProblemDetails",
            schema=PROBLEM_DETAILS,
        )
        self.registry.register_on_missing(component)
        reference: dict[str, Any] = component.ref
        return reference


PROBLEM_DETAILS: dict[str, Any] = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
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
