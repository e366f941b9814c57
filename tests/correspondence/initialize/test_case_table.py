"""Upstream's own initialization tests, row by row (initialize.md 11), by the names they have there.

A row with a code of None is a success; `validation` is a problem without a number. Rows that differ on purpose stand
in docs/compatibility.md and say so here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from attachments.transports.scanner import EICAR
from correspondence.models import Correspondence
from registry.errors import RegistryUnavailable
from registry.models import Party
from tests.support.jobs import run_due_jobs
from tests.support.letters import (
    as_form,
    described,
    in_days,
    letter,
    send_and_publish,
    statuses,
    uploaded,
)
from tests.support.world import NO_ROLES, PERSON, RESERVED, SUB_UNIT, person, resource

VALIDATION = "validation"
COMPANY = "0192:310654302"
OTHER_PERSON = "07827199405"
KEY = "3c1b7c5e-6a52-4f0e-8a0e-6d0c4a3f9b10"
MARKDOWN = """# Overskrift

Et avsnitt med *kursiv*, **fet**, `kode`, ~~strøket~~ og <https://www.example.no>.

| a | b |
| - | - |
| 1 | 2 |

- [ ] gjort
- [x] ikke gjort

> sitat

```
kode
```

![bilde](https://www.example.no/a.png) og [lenke](https://www.example.no)
"""


@dataclass(frozen=True)
class Row:
    body: dict[str, Any] | Callable[[Any], dict[str, Any]]
    status: int = 200
    code: int | str | None = None
    files: list[tuple[str, bytes]] | None = None
    """Given: the request goes to `/upload`."""
    statuses: tuple[str, ...] = field(default=())
    """Of the letters in the answer, where the row says."""


def dialog_reference(value: object) -> dict[str, str]:
    return {"referenceType": "DialogportenDialogId", "referenceValue": str(value)}


def transmission_type(value: str) -> dict[str, str]:
    return {"referenceType": "DialogportenTransmissionType", "referenceValue": value}


def transmission(*more: dict[str, str], **fields: Any) -> Callable[[Any], dict[str, Any]]:
    """A letter in the dialog of an earlier, published one."""

    def body(sender: Any) -> dict[str, Any]:
        top = {name: fields[name] for name in fields if name == "recipients"}
        rest = {name: value for name, value in fields.items() if name != "recipients"}
        host = send_and_publish(sender)
        return letter(
            correspondence={"externalReferences": [dialog_reference(host.dialog_id), *more], **rest}, **top
        )

    return body


def with_existing(number: int, **content: Any) -> Callable[[Any], dict[str, Any]]:
    def body(sender: Any) -> dict[str, Any]:
        return letter(content, existingAttachments=[str(uploaded(sender)) for _ in range(number)])

    return body


def not_published(sender: Any) -> dict[str, Any]:
    announced = {"resourceId": "example-letters", "fileName": "a.txt", "sendersReference": "1"}
    return letter(existingAttachments=[sender.post("/attachment", announced).json()])


def names(number: int) -> list[str]:
    return [f"{n}.txt" for n in range(number)]


def contents(*file_names: str) -> list[tuple[str, bytes]]:
    return [(name, b"x") for name in file_names]


def confidential(*recipients: str, **fields: Any) -> dict[str, Any]:
    return letter(
        correspondence={"resourceId": "example-confidential", "isConfidential": True, **fields},
        recipients=list(recipients),
    )


def reply(url: str) -> dict[str, Any]:
    return letter(correspondence={"replyOptions": [{"linkURL": url, "linkText": "Svar"}]})


def properties(number: int) -> dict[str, str]:
    return {f"key{n}": "value" for n in range(number)}


ROWS = {
    "InitializeCorrespondence": Row(letter()),
    "WithCorrectLanguageCode nN": Row(letter({"language": "nN"})),
    "WithCorrectLanguageCode EN": Row(letter({"language": "EN"})),
    "WithNullOrEmptyLanguageCode null": Row(letter({"language": None})),
    "WithNullOrEmptyLanguageCode empty": Row(letter({"language": ""})),
    "WithNullOrEmptyLanguageCode space": Row(letter({"language": " "})),
    "WithInvalidLanguageCode": Row(letter({"language": "nu"}), 400, 1023),
    "WithExistingAttachmentsPublished": Row(with_existing(1)),
    "Multiple_WithExistingAttachmentsPublished": Row(
        lambda sender: with_existing(1)(sender) | {"recipients": [COMPANY, f"0192:{NO_ROLES}"]}
    ),
    "WithInvalidExistingAttachments": Row(letter(existingAttachments=[str(uuid.uuid4())]), 400, 1007),
    "WithExistingAttachmentsNotPublished": Row(not_published, 400, 1018),
    "WithoutContent": Row(letter(correspondence={"content": None}), 400, VALIDATION),
    "WithEmptyMessageFields title": Row(letter({"messageTitle": ""}), 400, VALIDATION),
    "WithEmptyMessageFields summary": Row(letter({"messageSummary": ""})),
    "WithEmptyMessageFields body": Row(letter({"messageBody": ""}), 400, VALIDATION),
    "With_HTML_Or_Markdown_In_Title HTML": Row(letter({"messageTitle": "<h1>test</h1>"}), 400, 1002),
    "With_HTML_Or_Markdown_In_Title Markdown": Row(letter({"messageTitle": "# test"}), 400, 1002),
    "With_HTML_In_Summary_Or_Body": Row(letter({"messageSummary": "<b>x</b>", "messageBody": "<h1>x</h1>"})),
    "WithTitleTooLong": Row(letter({"messageTitle": "x" * 256}), 400, VALIDATION),
    "WithTitleAt255Characters": Row(letter({"messageTitle": "x" * 255})),
    "With_RecipientToken": Row(letter({"messageSummary": "Til {{recipientName}}"})),
    "No_Message_Body": Row(letter({"messageBody": None}), 400, VALIDATION),
    "With_Different_Markdown_In_Body": Row(letter({"messageBody": MARKDOWN})),
    "Recipient_Can_Handle_Org_And_Ssn": Row(letter(recipients=[COMPANY, OTHER_PERSON])),
    "WithIdportenEmailRecipient": Row(letter(recipients=["urn:altinn:person:idporten-email:kari@a.no"])),
    "With_Invalid_Recipient word": Row(letter(recipients=["invalid-recipient"]), 400, VALIDATION),
    "With_Invalid_Recipient nine digits": Row(letter(recipients=["123456789"]), 400, VALIDATION),
    "With_Invalid_Recipient sixteen": Row(letter(recipients=["1234567812390123"]), 400, VALIDATION),
    "With_Invalid_Recipient scheme": Row(letter(recipients=["1234:123456789"]), 400, VALIDATION),
    "DueDate_PriorToday": Row(letter(correspondence={"dueDateTime": in_days(-7)}), 400, 1008),
    "DueDate_PriorRequestedPublishTime": Row(
        letter(correspondence={"dueDateTime": in_days(7), "requestedPublishTime": in_days(14)}), 400, 1009
    ),
    "WithConfirmationNeeded_Without_DueDate": Row(
        letter(correspondence={"isConfirmationNeeded": True}), 400, 1016
    ),
    "With_RequestedPublishTime_Null": Row(letter(correspondence={"requestedPublishTime": None})),
    "OneOfRecipientsIsReserved": Row(
        letter(recipients=[RESERVED, PERSON]), statuses=("Reserved", "ReadyForPublish")
    ),
    "OnlyRecipientIsReserved": Row(letter(recipients=[RESERVED]), 422, 1030),
    "RecipientIsReservedButIgnoreReservation": Row(
        letter(correspondence={"ignoreReservation": True}, recipients=[RESERVED]),
        statuses=("ReadyForPublish",),
    ),
    "WithValidReplyOptions": Row(reply("https://www.altinn.no")),
    "WithInvalidReplyOptions http": Row(reply("http://www.altinn.no"), 400, 1035),
    "WithInvalidReplyOptions no scheme": Row(reply("www.altinn.no"), 400, 1035),
    "WithInvalidReplyOptions space": Row(reply("https://www. altinn.no"), 400, 1035),
    "WithInvalidReplyOptions path": Row(reply("C:\\altinn"), 400, 1035),
    "WithMultipleRecipients_GivesUniqueAttachmentIds": Row(
        lambda sender: with_existing(1)(sender) | {"recipients": [PERSON, OTHER_PERSON]}
    ),
    "WithABrokerService": Row(letter(correspondence={"resourceId": "broker"}), 400, 4010),
    "WithAnAltinnApp": Row(letter(correspondence={"resourceId": "app"}), 400, 4010),
    "WithAnAltinnApp_AsTransmission": Row(
        letter(correspondence={"resourceId": "app", "externalReferences": [dialog_reference(KEY)]})
    ),
    "WithMoreThan100Attachments": Row(
        letter({"attachments": described(*names(101))}), 400, 1038, files=contents(*names(101))
    ),
    "WithAllowForwardingAndAttachmentsOver10MB": Row(
        letter({"attachments": described("a.txt")}, {"allowForwarding": True}),
        400,
        1069,
        files=[("a.txt", b"x" * 10_000_001)],
    ),
    "WithAllowForwardingOnResourceWithAuthLevelAboveZero": Row(
        letter(correspondence={"resourceId": "example-letters-level3", "allowForwarding": True}), 400, 1068
    ),
    "With100Attachments": Row(letter({"attachments": described(*names(100))}), files=contents(*names(100))),
    "WithMoreThan100ExistingAttachments": Row(with_existing(101), 400, 1038),
    "With100ExistingAttachments": Row(with_existing(100)),
    "WithMoreThan100ExistingAndNewAttachmentsCombined": Row(
        with_existing(50, attachments=described(*names(51))), 400, 1038
    ),
    "MultipleAttachments_Succeeds": Row(
        letter({"attachments": described("a.pdf", "b.jpg", "c.xlsx")}),
        files=contents("a.pdf", "b.jpg", "c.xlsx"),
    ),
    "WithInvalidIdempotentKey": Row(letter(idempotentKey=str(uuid.UUID(int=0))), 400, VALIDATION),
    "WithUrnPrefixOnResourceId": Row(
        letter(correspondence={"resourceId": "urn:altinn:resource:example-letters"})
    ),
    "WithSummaryTooLong": Row(letter({"messageSummary": "x" * 256}), 400, VALIDATION),
    "WithSummaryAt255Characters": Row(letter({"messageSummary": "x" * 255})),
    "WithSenderAt255Characters": Row(letter(correspondence={"messageSender": "x" * 255})),
    "WithSenderTooLong": Row(letter(correspondence={"messageSender": "x" * 256}), 400, VALIDATION),
    "With_HTML_Or_Markdown_In_Sender HTML": Row(
        letter(correspondence={"messageSender": "<h1>test</h1>"}), 400, 1039
    ),
    "With_HTML_Or_Markdown_In_Sender Markdown": Row(
        letter(correspondence={"messageSender": "# test"}), 400, 1039
    ),
    "WithMessageBodyTooLong": Row(letter({"messageBody": "x" * 30_001}), 400, VALIDATION),
    "WithMessageBodyAt30000Characters": Row(letter({"messageBody": "x" * 30_000})),
    "WithMessageBodyEmpty": Row(letter({"messageBody": ""}), 400, VALIDATION),
    "WithNonExistentRecipient": Row(letter(recipients=["0192:999999999"]), 404, 1029),
    "WithDialogportenTransmissionId": Row(
        letter(
            correspondence={
                "externalReferences": [
                    {"referenceType": "DialogportenTransmissionId", "referenceValue": KEY}
                ]
            }
        ),
        400,
        VALIDATION,
    ),
    "WithDialogportenTransmissionTypeWithoutDialogId": Row(
        letter(correspondence={"externalReferences": [transmission_type("Information")]}), 400, 1053
    ),
    "WithMultipleDialogportenTransmissionTypes": Row(
        transmission(transmission_type("Information"), transmission_type("Alert")), 400, 1052
    ),
    "WithValidDialogportenTransmissionTypeValue word": Row(transmission(transmission_type("Submission"))),
    "WithValidDialogportenTransmissionTypeValue number": Row(transmission(transmission_type("7"))),
    "WithInvalidDialogportenTransmissionTypeValue word": Row(
        transmission(transmission_type("InvalidTransmissionType")), 400, VALIDATION
    ),
    "WithInvalidDialogportenTransmissionTypeValue number": Row(
        transmission(transmission_type("20")), 400, VALIDATION
    ),
    "ValidatesRolesForOrgRecipient main unit, other role": Row(
        confidential(f"0192:{NO_ROLES}"), 400, 1044
    ),
    "ValidatesRolesForOrgRecipient sub-unit, other role": Row(confidential("0192:311111111"), 400, 1044),
    "ValidatesRolesForOrgRecipient main unit, daglig-leder": Row(confidential(COMPANY)),
    "ValidatesRolesForOrgRecipient sub-unit, daglig-leder": Row(confidential(f"0192:{SUB_UNIT}")),
    "WithPropertyListTooLong": Row(letter(correspondence={"propertyList": properties(11)}), 400, VALIDATION),
    "Transmission_WithTwoRecipients": Row(transmission(recipients=[PERSON, OTHER_PERSON]), 400, 1045),
    "Transmission_WithRecipientMismatch": Row(transmission(recipients=[PERSON]), 400, 1046),
    "WithIdempotentKeyAndMultipleRecipients": Row(
        letter(recipients=[PERSON, OTHER_PERSON], idempotentKey=KEY), 400, 1047
    ),
    "WithDialogIdNotGuid": Row(
        letter(correspondence={"externalReferences": [dialog_reference("not-a-guid")]}), 400, 1048
    ),
    "CreateTransmission_WithDifferentResource_SameServiceOwner": Row(
        transmission(resourceId="example-letters-level3")
    ),
    "Transmission_WithConfirmationNeeded": Row(
        transmission(isConfirmationNeeded=True, dueDateTime=in_days(5)), 400, 1051
    ),
    "Transmission_WithReplyOptions": Row(
        transmission(replyOptions=[{"linkURL": "https://www.altinn.no"}]), 400, 1051
    ),
    "Transmission_WithDialogIdNotFound": Row(
        letter(correspondence={"externalReferences": [dialog_reference(uuid.uuid4())]}), 404, 1054
    ),
    "Confidential_WithIsConfidentialFalse": Row(confidential(COMPANY, isConfidential=False), 400, 1060),
    "Confidential_WithIsConfidentialTrue": Row(confidential(COMPANY)),
    "NonConfidential_WithIsConfidentialTrue": Row(
        letter(correspondence={"isConfidential": True}), 400, 1061
    ),
    "WithNotification_NoExistingDialog": Row(
        letter(
            correspondence={
                "notification": {
                    "notificationTemplate": "GenericAltinnMessage",
                    "notificationChannel": "Email",
                }
            }
        )
    ),
    "WithoutNotification_WithExistingDialog": Row(transmission()),
}  # fmt: skip


@pytest.fixture
def cast(world):
    """Whom and what the rows name beside the usual ones."""
    resource("broker", world.owner, resource_type="BrokerService")
    resource("app", world.owner, resource_type="AltinnApp")
    person(OTHER_PERSON, "OLA EKSEMPEL")
    Party.objects.create(
        kind="organization",
        org_number="311111111",
        urn="urn:altinn:organization:identifier-no:311111111",
        display_name="UTEN ROLLER AVD",
        main_unit=world.no_roles,
    )


@pytest.mark.contract("initialize.md#11")
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_row(sender, cast, row):
    body = row.body(sender) if callable(row.body) else row.body

    if row.files is None:
        answer = sender.post("/correspondence", body)
    else:
        answer = sender.form("/correspondence/upload", as_form(body), row.files)

    problem = answer.json()
    number = problem.get("errorCode", VALIDATION) if row.status >= 400 else None
    assert (answer.status_code, number) == (row.status, row.code), answer.content[:500]
    if row.status == 200:
        letters = [item["status"] for item in problem["correspondences"]]
        assert letters == list(row.statuses or ["ReadyForPublish"] * len(body["recipients"]))
        assert len(set(problem["attachmentIds"])) == len(problem["attachmentIds"])


@pytest.mark.contract("initialize.md#11")
def test_invalid_language_code_returns_the_problems_fields(sender):
    """InvalidLanguageCode_ReturnsLegacyProblemDetailsFields"""
    problem = sender.post("/correspondence", letter({"language": "nu"})).json()

    assert {name: problem[name] for name in ("title", "status", "errorCode", "code")} == {
        "title": "Bad Request",
        "status": 400,
        "errorCode": 1023,
        "code": "CORR-01023",
    }
    assert problem["type"].startswith("https://")
    assert problem["detail"]
    assert problem["traceId"]


@pytest.mark.contract("initialize.md#11")
def test_as_recipient_is_forbidden(recipient):
    """As_Recipient_Is_Forbidden"""
    answer = recipient.post("/correspondence", letter())

    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.contract("initialize.md#11")
@pytest.mark.parametrize(("ignore", "status"), [(False, 500), (True, 200)])
def test_reservation_register_that_fails(sender, monkeypatch, ignore, status):
    """KRRFails_CorrespondenceFails, KRRFailsButIgnoreReservation; the local register cannot fail by itself."""

    def away(urns):
        raise RegistryUnavailable

    monkeypatch.setattr("correspondence.services.initialize.rules_recipients.reserved_persons", away)
    body = letter(correspondence={"ignoreReservation": ignore}, recipients=[PERSON])

    answer = sender.post("/correspondence", body)

    assert (answer.status_code, answer.json().get("errorCode")) == (status, None if ignore else 1032)


@pytest.mark.contract("initialize.md#11")
def test_without_urn_format_adds_urn_format(sender):
    """WithoutUrnFormat_AddsUrnFormat; organisations are echoed as written (docs/compatibility.md)."""
    body = letter(correspondence={"sender": "0192:991825827"}, recipients=[COMPANY, PERSON])

    first, second = sender.post("/correspondence", body).json()["correspondences"]

    assert (first["recipient"], second["recipient"]) == (COMPANY, f"urn:altinn:person:identifier-no:{PERSON}")
    overview = sender.get(f"/correspondence/{first['correspondenceId']}").json()
    assert overview["sender"] == "urn:altinn:organization:identifier-no:991825827"
    assert overview["recipient"] == "urn:altinn:organization:identifier-no:310654302"


@pytest.mark.contract("initialize.md#11")
def test_multiple_attachments_but_one_malware(sender, settings):
    """MultipleAttachmentsButOneMalware"""
    settings.CLAMD_URL = "simulated:"
    body = letter({"attachments": described("a.txt", "b.txt", "c.txt")})
    files = [("a.txt", b"x"), ("b.txt", EICAR), ("c.txt", b"x")]

    answer = sender.form("/correspondence/upload", as_form(body), files)
    run_due_jobs()

    assert answer.json()["correspondences"][0]["status"] == "Initialized"
    assert statuses(Correspondence.objects.get())[-1] == "Failed"


@pytest.mark.contract("initialize.md#11")
@pytest.mark.parametrize("second", [{}, {"messageTitle": "Another title"}])
def test_duplicate_idempotent_key(sender, second):
    """WithDuplicateIdempotentKey, WithDifferentContentAndSameIdempotentKey"""
    first = sender.post("/correspondence", letter(idempotentKey=KEY))

    repeated = sender.post("/correspondence", letter(second, idempotentKey=KEY))

    assert (first.status_code, repeated.status_code, repeated.json()["errorCode"]) == (200, 409, 1034)
    expected = first.json()["correspondences"][0]["correspondenceId"]
    assert repeated.json()["existingCorrespondenceId"] == expected


@pytest.mark.contract("initialize.md#11")
def test_multiple_recipients_share_properties_and_reply_options(sender):
    """WithMultipleRecipients_ReplyOptionsPresentForAll, …_PropertyListPresentForAll"""
    options = [{"linkURL": "https://www.altinn.no", "linkText": "Svar"}]
    fields = {"replyOptions": options, "propertyList": properties(2)}
    body = letter(correspondence=fields, recipients=[COMPANY, f"0192:{NO_ROLES}"])

    for item in sender.post("/correspondence", body).json()["correspondences"]:
        overview = sender.get(f"/correspondence/{item['correspondenceId']}").json()
        assert {name: overview[name] for name in fields} == fields


@pytest.mark.contract("initialize.md#11")
def test_dialog_id_creates_a_transmission(sender):
    """WithDialogportenDialogId_CreatesTransmission"""
    stored = send_and_publish(sender, transmission()(sender))

    references = sender.get(f"/correspondence/{stored.pk}").json()["externalReferences"]
    assert statuses(stored)[-1] == "Published"
    assert [reference["referenceType"] for reference in references] == [
        "DialogportenDialogId",
        "DialogportenTransmissionId",
    ]


@pytest.mark.contract("initialize.md#11")
def test_transmission_is_scheduled_at_its_publish_time(sender):
    """TransmissionScheduledAtRequestedPublishTime"""
    stored = send_and_publish(sender, transmission(requestedPublishTime=in_days(0.1))(sender))

    references = sender.get(f"/correspondence/{stored.pk}").json()["externalReferences"]
    assert "Published" not in statuses(stored)
    assert [reference["referenceType"] for reference in references] == ["DialogportenDialogId"]


@pytest.mark.contract("initialize.md#11")
def test_transmission_in_a_dialog_of_another_owner(sender, stranger, world):
    """CreateTransmission_WithDifferentServiceOwner"""
    resource("of-the-stranger", world.stranger)
    host = send_and_publish(stranger, letter(correspondence={"resourceId": "of-the-stranger"}))

    body = letter(correspondence={"externalReferences": [dialog_reference(host.dialog_id)]})

    answer = sender.post("/correspondence", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, 1050)


@pytest.mark.contract("initialize.md#11")
def test_letter_is_scheduled_once(sender):
    """WithoutAttachments_SchedulesPublish, WithPublishedAttachment_SchedulesPublishCorrespondenceJob"""
    send_body = letter(existingAttachments=[str(uploaded(sender))])

    sender.post("/correspondence", send_body)

    assert run_due_jobs() == ["correspondence.publish_message"]
    assert statuses(Correspondence.objects.get()) == ["Initialized", "ReadyForPublish", "Published"]
