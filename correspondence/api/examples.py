"""Examples of the contract's document. Each can be posted as it stands to a demo installation, again and again.

A letter is forwarded once to an address, so that example can be posted once for each letter that was read.
"""

from drf_spectacular.utils import OpenApiExample

EXAMPLE_ATTACHMENT_ID = "01900000-0000-7000-8000-0000000000a1"
"""An attachment that the demo's seed holds."""

LETTER = {
    "correspondence": {
        "resourceId": "example-letters",
        "sendersReference": "case-77",
        "content": {
            "language": "nb",
            "messageTitle": "Vedtak i saken din",
            "messageBody": "Søknaden er **innvilget**.",
        },
    },
    "recipients": ["0192:310654302"],
}
FULL_LETTER = {
    "correspondence": {
        "resourceId": "example-letters",
        "sendersReference": "case-78",
        "messageSender": "Søknadsavdelingen",
        "content": {
            "language": "nb",
            "messageTitle": "Vedtak i saken din",
            "messageSummary": "Søknaden er innvilget.",
            "messageBody": "Hei {{recipientName}}\n\nSøknaden er **innvilget**.",
        },
        "requestedPublishTime": "2099-01-01T08:00:00+01:00",
        "dueDateTime": "2099-02-01T12:00:00Z",
        "externalReferences": [{"referenceValue": "case-78", "referenceType": "Generic"}],
        "propertyList": {"caseNumber": "78"},
        "replyOptions": [{"linkURL": "https://www.example.no/reply", "linkText": "Svar her"}],
        "notification": {
            "notificationTemplate": "GenericAltinnMessage",
            "notificationChannel": "EmailPreferred",
            "sendReminder": True,
        },
        "ignoreReservation": False,
        "isConfirmationNeeded": True,
    },
    "recipients": ["0192:310654302", "urn:altinn:person:identifier-no:04825999731"],
    "existingAttachments": [EXAMPLE_ATTACHMENT_ID],
}
INITIALIZE_EXAMPLES = [
    OpenApiExample("A short letter", value=LETTER, request_only=True),
    OpenApiExample("With everything", value=FULL_LETTER, request_only=True),
]
FORWARD_EXAMPLES = [
    OpenApiExample(
        "To an accountant",
        value={"forwardTo": "regnskap@example.no", "forwardingText": "Kan du se på dette?"},
        request_only=True,
    ),
]
