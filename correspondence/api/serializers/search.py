"""The query of a search (api.md 5.3)."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from correspondence.enums import CorrespondenceStatus, SearchRole
from correspondence.services.search import SearchRequest
from registry.api.contract_fields import ResourceIdField
from registry.api.errors import ContractValidationError
from registry.api.fields import NumberField, TextField, WordField, parse_loose_time
from registry.identifiers import InvalidIdentifier, parse_party

PARAMETERS = (
    "resourceId",
    "role",
    "from",
    "to",
    "status",
    "onBehalfOf",
    "sendersReference",
    "idempotentKey",
    "altinn2CorrespondenceId",
)


class LooseTimeField(TextField):
    default_error_messages = {"time": "The value '{value}' is not a time."}

    def to_internal_value(self, data: Any) -> Any:
        moment = parse_loose_time(data)
        if moment is None:
            self.fail("time", value=data)
        return moment


class LooseGuidField(TextField):
    default_error_messages = {"guid": "The value '{value}' is not a GUID."}

    def to_internal_value(self, data: Any) -> Any:
        try:
            return uuid.UUID(data.strip())
        except ValueError:
            self.fail("guid", value=data)


class PartyField(TextField):
    default_error_messages = {"party": "The value '{value}' is not an organisation or a person."}

    def to_internal_value(self, data: Any) -> str:
        try:
            return parse_party(data)
        except InvalidIdentifier:
            self.fail("party", value=data)


class SearchQuery(serializers.Serializer[Any]):
    resourceId = ResourceIdField()
    role = WordField(SearchRole)
    status = WordField(CorrespondenceStatus, required=False)
    onBehalfOf = PartyField(required=False)
    sendersReference = TextField(required=False)
    idempotentKey = LooseGuidField(required=False)
    altinn2CorrespondenceId = NumberField(required=False)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["from"] = LooseTimeField(required=False)
        fields["to"] = LooseTimeField(required=False)
        return fields


def read_query(query: Any) -> SearchRequest:
    """Parameter names in any case; blank ones are absent. Raises ContractValidationError."""
    given = {name.lower(): value for name, value in query.items() if value.strip()}
    sent = {name: given[name.lower()] for name in PARAMETERS if name.lower() in given}
    serializer = SearchQuery(data=sent)
    if not serializer.is_valid():
        errors = {name: [str(error) for error in messages] for name, messages in serializer.errors.items()}
        raise ContractValidationError(errors, bound=tuple(dict.fromkeys([*errors, *sent])))
    data = serializer.validated_data
    return SearchRequest(
        resource_id=data["resourceId"],
        role=data["role"],
        begins=data.get("from"),
        ends=data.get("to"),
        status=data.get("status"),
        on_behalf_of=data.get("onBehalfOf", ""),
        senders_reference=data.get("sendersReference", ""),
        idempotency_key=data.get("idempotentKey"),
        altinn2_id=data.get("altinn2CorrespondenceId"),
    )


def _parameter(
    name: str, kind: OpenApiTypes, *, required: bool = False, enum: Any = None
) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, required=required, enum=enum)


SEARCH_PARAMETERS = [
    _parameter("resourceId", OpenApiTypes.STR, required=True),
    _parameter("role", OpenApiTypes.STR, required=True, enum=["Recipient", "Sender", "RecipientAndSender"]),
    _parameter("from", OpenApiTypes.DATETIME),
    _parameter("to", OpenApiTypes.DATETIME),
    _parameter("status", OpenApiTypes.STR, enum=[status.wire_name for status in CorrespondenceStatus]),
    _parameter("onBehalfOf", OpenApiTypes.STR),
    _parameter("sendersReference", OpenApiTypes.STR),
    _parameter("idempotentKey", OpenApiTypes.UUID),
    _parameter("altinn2CorrespondenceId", OpenApiTypes.INT),
]


class FoundCorrespondences(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField())
