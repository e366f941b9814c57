"""The table of initialize.md section 11, JSON rows: what is accepted, what is refused and with which number."""

import uuid

import pytest

from tests.support.letters import in_days, letter

PERSON = "urn:altinn:person:identifier-no:04825999731"
RESERVED = "08900499559"
DIALOG = {"referenceType": "DialogportenDialogId", "referenceValue": str(uuid.uuid4())}
TYPE = {"referenceType": "DialogportenTransmissionType", "referenceValue": "Submission"}

ACCEPTED = {
    "plain": letter(),
    "language in mixed case": letter({"language": "nN"}),
    "language EN": letter({"language": "EN"}),
    "language null": letter({"language": None}),
    "language empty": letter({"language": ""}),
    "language one space": letter({"language": " "}),
    "empty summary": letter({"messageSummary": ""}),
    "no summary": letter({"messageSummary": None}),
    "summary with HTML": letter({"messageSummary": "<b>x</b>"}),
    "body with HTML": letter({"messageBody": "<h1>x</h1><script>y</script>"}),
    "title of 255": letter({"messageTitle": "x" * 255}),
    "summary of 255": letter({"messageSummary": "x" * 255}),
    "body of 30000": letter({"messageBody": "x" * 30_000}),
    "message sender of 255": letter(correspondence={"messageSender": "x" * 255}),
    "recipient name in the title": letter({"messageTitle": "Til {{recipientName}}"}),
    "publish time null": letter(correspondence={"requestedPublishTime": None}),
    "publish time past": letter(correspondence={"requestedPublishTime": "2001-01-01T00:00:00Z"}),
    "time with seven decimals": letter(
        correspondence={"requestedPublishTime": "2001-01-01T00:00:00.1234567+01:00"}
    ),
    "organisation and person": letter(recipients=["0192:310654302", "04825999731"]),
    "e-mail user": letter(recipients=["urn:altinn:person:idporten-email:Kari@Eksempel.example"]),
    "legacy user": letter(recipients=["urn:altinn:person:legacy-selfidentified:Gammel"]),
    "resource with prefix": letter(correspondence={"resourceId": "urn:altinn:resource:example-letters"}),
    "sender is ignored": letter(correspondence={"sender": "anything"}),
    "reply option": letter(
        correspondence={"replyOptions": [{"linkURL": "HTTPS://www.altinn.no", "linkText": None}]}
    ),
    "property list": letter(correspondence={"propertyList": {"senderOrgNumber": "1", "b": ""}}),
    "unknown members": letter(correspondence={"allowSystemDeleteAfter": "x"}, visibleFrom=3),
    "names in another case": {k.upper(): v for k, v in letter().items()},
    "app reference as number": letter(
        correspondence={"externalReferences": [{"referenceType": 1, "referenceValue": ""}]}
    ),
    "confirmation with due date": letter(
        correspondence={"isConfirmationNeeded": True, "dueDateTime": "2099-01-01T00:00:00Z"}
    ),
    "confidential on its resource": letter(
        correspondence={"resourceId": "example-confidential", "isConfidential": True}
    ),
    "confidential to a sub-unit": letter(
        correspondence={"resourceId": "example-confidential", "isConfidential": True},
        recipients=["0192:313230090"],
    ),
    "reserved but ignored": letter(correspondence={"ignoreReservation": True}, recipients=[RESERVED]),
    "idempotency key": letter(idempotentKey="3C1B7C5E-6A52-4F0E-8A0E-6D0C4A3F9B10"),
}
REFUSED = {
    "language nu": (letter({"language": "nu"}), 400, 1023),
    "title with HTML": (letter({"messageTitle": "<h1>test</h1>"}), 400, 1002),
    "title with heading": (letter({"messageTitle": "# test"}), 400, 1002),
    "title with link": (letter({"messageTitle": "[a](b)"}), 400, 1002),
    "title with character reference": (letter({"messageTitle": "Drift&regnskap"}), 400, 1002),
    "message sender with HTML": (letter(correspondence={"messageSender": "<h1>test</h1>"}), 400, 1039),
    "due in the past": (letter(correspondence={"dueDateTime": in_days(-7)}), 400, 1008),
    "due before publishing": (
        letter(correspondence={"dueDateTime": in_days(7), "requestedPublishTime": in_days(14)}),
        400,
        1009,
    ),
    "confirmation without due date": (letter(correspondence={"isConfirmationNeeded": True}), 400, 1016),
    "unknown resource": (letter(correspondence={"resourceId": "nothing"}), 400, 1036),
    "resource for attachments only": (letter(correspondence={"resourceId": "example-access"}), 400, 4010),
    "unknown recipient": (letter(recipients=["0192:999999999"]), 404, 1029),
    "duplicate recipients": (
        letter(recipients=["0192:310654302", "urn:altinn:organization:identifier-no:310654302"]),
        400,
        1006,
    ),
    "only recipient reserved": (letter(recipients=[RESERVED]), 422, 1030),
    "key and two recipients": (
        letter(recipients=["0192:310654302", PERSON], idempotentKey=str(uuid.uuid4())),
        400,
        1047,
    ),
    "reply option http": (letter(correspondence={"replyOptions": [{"linkURL": "http://a.no"}]}), 400, 1035),
    "reply option without scheme": (
        letter(correspondence={"replyOptions": [{"linkURL": "a.no"}]}),
        400,
        1035,
    ),
    "reply option with space": (
        letter(correspondence={"replyOptions": [{"linkURL": "https://a b.no"}]}),
        400,
        1035,
    ),
    "reply option of a path": (letter(correspondence={"replyOptions": [{"linkURL": "C:\\a"}]}), 400, 1035),
    "confidential without flag": (letter(correspondence={"resourceId": "example-confidential"}), 400, 1060),
    "flag without confidential": (letter(correspondence={"isConfidential": True}), 400, 1061),
    "confidential to nobody": (
        letter(
            correspondence={"resourceId": "example-confidential", "isConfidential": True},
            recipients=["0192:314240979"],
        ),
        400,
        1044,
    ),
    "forwarding with a level": (
        letter(correspondence={"resourceId": "example-letters-level3", "allowForwarding": True}),
        400,
        1068,
    ),
    "unknown attachment": (letter(existingAttachments=[str(uuid.uuid4())]), 400, 1007),
    "metadata without file": (
        letter({"attachments": [{"fileName": "a.txt", "sendersReference": "1"}]}),
        400,
        1005,
    ),
    "metadata with a wrong type": (
        letter({"attachments": [{"fileName": "a.exe", "sendersReference": "1"}]}),
        400,
        2013,
    ),
    "dialog not a GUID": (
        letter(correspondence={"externalReferences": [DIALOG | {"referenceValue": "x"}]}),
        400,
        1048,
    ),
    "dialog unknown": (letter(correspondence={"externalReferences": [DIALOG]}), 404, 1054),
    "transmission of two recipients": (
        letter(correspondence={"externalReferences": [DIALOG]}, recipients=["0192:310654302", PERSON]),
        400,
        1045,
    ),
    "transmission with confirmation": (
        letter(
            correspondence={
                "externalReferences": [DIALOG],
                "isConfirmationNeeded": True,
                "dueDateTime": "2099-01-01T00:00:00Z",
            }
        ),
        400,
        1051,
    ),
    "transmission type without dialog": (letter(correspondence={"externalReferences": [TYPE]}), 400, 1053),
    "two transmission types": (
        letter(correspondence={"externalReferences": [DIALOG, TYPE, TYPE]}),
        400,
        1052,
    ),
    "undefined template": (letter(correspondence={"notification": {"notificationTemplate": 7}}), 400, 3023),
    "internal template": (letter(correspondence={"notification": {"notificationTemplate": 2}}), 404, 3001),
    "e-mail without text": (letter(correspondence={"notification": {}}), 400, 3002),
}
INVALID = {
    "content null": (letter(correspondence={"content": None}), "Correspondence.Content"),
    "title empty": (letter({"messageTitle": ""}), "Correspondence.Content.MessageTitle"),
    "title of 256": (letter({"messageTitle": "x" * 256}), "Correspondence.Content.MessageTitle"),
    "title of 128 emojis": (letter({"messageTitle": "😀" * 128}), "Correspondence.Content.MessageTitle"),
    "body null": (letter({"messageBody": None}), "Correspondence.Content.MessageBody"),
    "body blank": (letter({"messageBody": "  "}), "Correspondence.Content.MessageBody"),
    "body of 30001": (letter({"messageBody": "x" * 30_001}), "Correspondence.Content.MessageBody"),
    "summary of 256": (letter({"messageSummary": "x" * 256}), "Correspondence.Content.MessageSummary"),
    "language iv": (letter({"language": "iv"}), "Correspondence.Content.Language"),
    "language of three": (letter({"language": "nob"}), "Correspondence.Content.Language"),
    "message sender of 256": (
        letter(correspondence={"messageSender": "x" * 256}),
        "Correspondence.MessageSender",
    ),
    "blank reference": (letter(correspondence={"sendersReference": " "}), "Correspondence.SendersReference"),
    "recipient a word": (letter(recipients=["invalid-recipient"]), "Recipients"),
    "recipient nine digits": (letter(recipients=["123456789"]), "Recipients"),
    "recipient of another scheme": (letter(recipients=["1234:123456789"]), "Recipients"),
    "recipient with bad control digits": (letter(recipients=["01234567890"]), "Recipients"),
    "no recipients": (letter(recipients=[]), "Recipients"),
    "501 recipients": (letter(recipients=["0192:310654302"] * 501), "Recipients"),
    "eleven properties": (
        letter(correspondence={"propertyList": {str(n): "x" for n in range(11)}}),
        "Correspondence.PropertyList",
    ),
    "property null": (letter(correspondence={"propertyList": {"a": None}}), "Correspondence.PropertyList"),
    "zero key": (letter(idempotentKey="00000000-0000-0000-0000-000000000000"), "IdempotentKey"),
    "transmission id": (
        letter(correspondence={"externalReferences": [DIALOG | {"referenceType": 5}]}),
        "Correspondence.ExternalReferences",
    ),
    "unknown transmission type": (
        letter(correspondence={"externalReferences": [DIALOG, TYPE | {"referenceValue": "20"}]}),
        "Correspondence.ExternalReferences",
    ),
    "undefined channel": (
        letter(correspondence={"notification": {"notificationChannel": 9}}),
        "Correspondence.Notification.NotificationChannel",
    ),
    "subject of 513": (
        letter(correspondence={"notification": {"emailSubject": "x" * 513}}),
        "Correspondence.Notification.EmailSubject",
    ),
}
UNREADABLE = {
    "recipients missing": ({"correspondence": letter()["correspondence"]}, "$"),
    "title missing": (
        letter(correspondence={"content": {"messageBody": "x"}}),
        "$.correspondence.content",
    ),
    "flag as text": (letter(correspondence={"isConfidential": "true"}), "$.correspondence.isConfidential"),
    "flag null": (letter(correspondence={"isConfidential": None}), "$.correspondence.isConfidential"),
    "unknown channel": (
        letter(correspondence={"notification": {"notificationChannel": "Pigeon"}}),
        "$.correspondence.notification.notificationChannel",
    ),
    "bad date": (letter(correspondence={"dueDateTime": "01.02.2026"}), "$.correspondence.dueDateTime"),
    "bad key": (letter(idempotentKey="not-a-guid"), "$.idempotentKey"),
    "bad attachment id": (letter(existingAttachments=["x"]), "$.existingAttachments[0]"),
    "title a number": (letter({"messageTitle": 3}), "$.correspondence.content.messageTitle"),
    "recipients an object": (letter(recipients={}), "$.recipients"),
    "NUL": (letter({"messageBody": "a\x00b"}), "$.correspondence.content.messageBody"),
}


@pytest.mark.contract("initialize.md#11")
@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_initialize_accepts(sender, body):
    answer = sender.post("/correspondence", body)

    assert answer.status_code == 200, answer.content
    assert {item["status"] for item in answer.json()["correspondences"]} == {"ReadyForPublish"}


@pytest.mark.contract("initialize.md#11")
@pytest.mark.parametrize(("body", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_initialize_refuses_with_a_number(sender, body, status, code):
    answer = sender.post("/correspondence", body)

    assert (answer.status_code, answer.json().get("errorCode")) == (status, code)
    assert answer.json()["code"] == f"CORR-{code:05}"


@pytest.mark.contract("initialize.md#1.3")
@pytest.mark.parametrize(("body", "key"), INVALID.values(), ids=INVALID)
def test_initialize_refuses_what_breaks_the_model(sender, body, key):
    problem = sender.post("/correspondence", body).json()

    assert (problem["status"], problem["code"], list(problem["errors"])) == (400, "STD-00000", [key])
    assert problem["validationErrors"][0]["paths"] == [key.replace(".", "/")]
    assert "errorCode" not in problem


@pytest.mark.contract("api.md#2.2")
@pytest.mark.parametrize(("body", "key"), UNREADABLE.values(), ids=UNREADABLE)
def test_initialize_refuses_what_cannot_be_read(sender, body, key):
    problem = sender.post("/correspondence", body).json()

    assert (problem["status"], list(problem["errors"])) == (400, [key, "request"])


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        (b"", ["", "request"]),
        (b"  ", ["", "request"]),
        (b"null", ["", "request"]),
        (b"{", ["$", "request"]),
        (b'{"a": 1,}', ["$", "request"]),
        (b"\xff", ["$", "request"]),
        (b"[]", ["$", "request"]),
        (b'"text"', ["$", "request"]),
        (b'{"a": NaN}', ["$", "request"]),
        (b'{"a": "\\ud800"}', ["$.a", "request"]),
        (b"[" * 100_000, ["$", "request"]),
    ],
)
def test_initialize_refuses_what_is_no_json_object(sender, raw, keys):
    answer = sender.upload("/correspondence", raw, content_type="application/json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, keys)


@pytest.mark.contract("api.md#14")
def test_two_broken_rules_are_answered_together(sender):
    body = letter({"messageTitle": "x" * 256}, recipients=[])

    errors = sender.post("/correspondence", body).json()["errors"]

    assert set(errors) == {"Correspondence.Content.MessageTitle", "Recipients"}


def test_missing_members_are_all_named_at_once(sender):
    body = letter(correspondence={"content": {}})

    (message,) = sender.post("/correspondence", body).json()["errors"]["$.correspondence.content"]

    assert "messageTitle" in message
    assert "messageBody" in message


@pytest.mark.contract("api.md#12")
def test_earlier_checks_win(sender, stranger):
    everything_wrong = letter(
        {"messageTitle": "# x", "language": "xx"},
        {"isConfirmationNeeded": True},
        recipients=["0192:999999999"],
    )

    assert stranger.post("/correspondence", everything_wrong).json()["errorCode"] == 4001
    assert sender.post("/correspondence", everything_wrong).json()["errorCode"] == 1029
