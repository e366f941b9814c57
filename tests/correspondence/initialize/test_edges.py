"""Requests at the edges of what is accepted: never a server error."""

import random
import string

import pytest

from tests.support.letters import letter

SCATTERED = "".join(random.Random(3).choices(string.ascii_letters + string.digits + "æøå", k=4096))
"""Text that no compression makes shorter."""
LAST_MOMENT = "9999-12-31T23:59:59.9999999Z"
GENERIC = {"notificationTemplate": "GenericAltinnMessage"}
CUSTOM = {"emailSubject": "$correspondenceTitle$" * 24, "emailBody": "$sender$" * 1250, "sendReminder": False}

ACCEPTED = {
    "long reference": letter(correspondence={"sendersReference": SCATTERED}),
    "last moment": letter(
        correspondence={
            "requestedPublishTime": LAST_MOMENT,
            "dueDateTime": LAST_MOMENT,
            "notification": GENERIC | {"sendReminder": True},
        }
    ),
    "first moment": letter(correspondence={"requestedPublishTime": "0001-01-01T00:00:00Z"}),
    "undefined reference type": letter(
        correspondence={"externalReferences": [{"referenceType": 9_999_999_999, "referenceValue": SCATTERED}]}
    ),
    "keywords that grow": letter({"messageTitle": SCATTERED[:255]}, {"notification": CUSTOM}),
    "longest e-mail user": letter(
        recipients=[f"urn:altinn:person:idporten-email:{SCATTERED[:470].lower()}@b.no"]
    ),
    "custom number of many digits": letter(
        correspondence={"notification": GENERIC | {"customRecipients": [{"organizationNumber": "9" * 512}]}}
    ),
}
REFUSED = {
    "e-mail user too long to store": (
        letter(recipients=[f"urn:altinn:person:idporten-email:{SCATTERED}@b.no"]),
        "Recipients",
    ),
    "custom number too long to store": (
        letter(
            correspondence={
                "notification": GENERIC | {"customRecipients": [{"organizationNumber": "9" * 513}]}
            }
        ),
        "Correspondence.Notification.CustomRecipients[0].OrganizationNumber",
    ),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_initialize_at_an_edge_is_accepted(sender, body):
    answer = sender.post("/correspondence", body)

    assert (answer.status_code, answer.content[:200] if answer.status_code != 200 else b"") == (200, b"")


@pytest.mark.parametrize(("body", "key"), REFUSED.values(), ids=REFUSED)
def test_initialize_beyond_an_edge_is_a_validation_problem(sender, body, key):
    answer = sender.post("/correspondence", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [key])
