"""Shapes of Altinn Events' subscriptions. Members without a value are left out of answers, as there."""

from typing import Any

from rest_framework import serializers

from journal.enums import EventSource
from journal.models import EventSubscription
from journal.requests import SubscriptionRequest
from journal.services.cloud_events import TYPE_PREFIX, source_url
from registry.api.binding import ContractSerializer
from registry.api.fields import FlagField, TextField, TimeField
from registry.identifiers import RESOURCE_PREFIX

FILTERS: dict[str, Any] = {"required": False, "allow_null": True}


class SubscriptionRequestModel(ContractSerializer):
    endPoint = TextField(max_length=2000, required_text=True)
    resourceFilter = TextField(max_length=276, **FILTERS)
    subjectFilter = TextField(max_length=512, **FILTERS)
    alternativeSubjectFilter = TextField(max_length=64, **FILTERS)
    typeFilter = TextField(max_length=128, **FILTERS)
    sourceFilter = TextField(max_length=2000, **FILTERS)
    includeSubunits = FlagField(**FILTERS)

    def to_domain(self, data: dict[str, Any]) -> SubscriptionRequest:
        return SubscriptionRequest(
            endpoint=data["endPoint"],
            resource=data.get("resourceFilter") or "",
            subject=data.get("subjectFilter") or "",
            alternative_subject=data.get("alternativeSubjectFilter") or "",
            type=data.get("typeFilter") or "",
            source=data.get("sourceFilter") or "",
            include_subunits=bool(data.get("includeSubunits")),
        )


class PrefixedField(TextField):
    """Stored without what all such values begin with."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(**kwargs)

    def to_representation(self, value: str) -> str:
        return f"{self.prefix}{value}" if value else ""


class SourceField(TextField):
    def to_representation(self, value: str) -> str:
        return source_url(EventSource(value)) if value else ""


class Subscription(serializers.Serializer[EventSubscription]):
    id = serializers.IntegerField()
    endPoint = TextField(source="endpoint")
    sourceFilter = SourceField(source="source", required=False)
    resourceFilter = PrefixedField(RESOURCE_PREFIX, source="resource_id")
    subjectFilter = TextField(source="subject", required=False)
    typeFilter = PrefixedField(TYPE_PREFIX, source="type", required=False)
    consumer = TextField()
    createdBy = TextField(source="consumer")
    created = TimeField(source="created_at")
    validated = FlagField(source="is_validated")

    def to_representation(self, instance: EventSubscription) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if value != ""}


class NewSubscription(Subscription):
    """With the secret, which is shown this once."""

    secret = serializers.CharField(
        required=False, help_text="What events are signed with; never shown again."
    )


class SubscriptionList(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    subscriptions = Subscription(many=True)
