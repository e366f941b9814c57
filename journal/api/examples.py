"""Examples of requests in the document."""

from drf_spectacular.utils import OpenApiExample

SUBSCRIPTION_EXAMPLES = [
    OpenApiExample(
        "All events of a resource, for its owner",
        value={
            "endPoint": "https://receiver.example.no/letters",
            "resourceFilter": "urn:altinn:resource:example-letters",
        },
        request_only=True,
    ),
    OpenApiExample(
        "Letters to a party, for whoever may read them",
        value={
            "endPoint": "https://receiver.example.no/letters",
            "resourceFilter": "urn:altinn:resource:example-letters",
            "subjectFilter": "urn:altinn:organization:identifier-no:310654302",
            "typeFilter": "no.altinn.correspondence.correspondencepublished",
        },
        request_only=True,
    ),
]
