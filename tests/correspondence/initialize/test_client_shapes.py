"""Requests in the shapes that real clients send (access.md 5.2), rebuilt; none may be refused."""

import json
import uuid

import pytest

from correspondence.models import Message
from registry.enums import TokenKind
from tests.support.clients import Client, encode_form
from tests.support.letters import in_days, uploaded
from tests.support.world import PERSON

UPLOAD = "/correspondence/upload"
COMPANY_URN = "urn:altinn:organization:identifier-no:310654302"


@pytest.fixture
def raw(world):
    """A raw Maskinporten token, as the systems that run beside a sidecar send it."""
    return Client.organisation(
        "991825827", "altinn:correspondence.write", "altinn:serviceowner", kind=TokenKind.MASKINPORTEN
    )


def accepted(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_app_library(sender):
    """URNs, words, lists that are always there, a recipient in the new and in the obsolete form."""
    custom = {
        "emailAddress": "kari@eksempel.example",
        "mobileNumber": None,
        "organizationNumber": None,
        "nationalIdentityNumber": None,
        "isReserved": None,
    }
    body = {
        "correspondence": {
            "resourceId": "example-letters",
            "sender": "0192:991825827",
            "sendersReference": "app-1",
            "messageSender": "Direktoratet",
            "content": {
                "language": "nb",
                "messageTitle": "Tittel",
                "messageSummary": "Kort",
                "messageBody": "# Innhold",
                "attachments": [],
            },
            "requestedPublishTime": "2026-08-20T10:00:00+02:00",
            "dueDateTime": in_days(30),
            "externalReferences": [{"referenceType": "AltinnAppInstance", "referenceValue": "1/2"}],
            "propertyList": {"a": "b"},
            "replyOptions": [{"linkURL": "https://www.example.no", "linkText": "Svar"}],
            "notification": {
                "notificationTemplate": "CustomMessage",
                "notificationChannel": "EmailPreferred",
                "reminderNotificationChannel": "Email",
                "emailSubject": "Emne",
                "emailBody": "Tekst",
                "smsBody": "Tekst",
                "sendReminder": True,
                "reminderEmailSubject": "Emne",
                "reminderEmailBody": "Tekst",
                "reminderSmsBody": "Tekst",
                "customRecipients": [custom],
                "customNotificationRecipients": [{"recipientToOverride": "0192:310654302", "recipients": [custom]}],
            },
            "ignoreReservation": True,
            "isConfirmationNeeded": False,
            "isConfidential": False,
        },
        "recipients": [COMPANY_URN],
        "existingAttachments": [],
    }  # fmt: skip

    answer = accepted(sender.post("/correspondence", body))

    (item,) = answer["correspondences"]
    details = sender.get(f"/correspondence/{item['correspondenceId']}/details").json()
    assert item["recipient"] == COMPANY_URN
    assert {"statusHistory", "recipient", "statusText", "resourceId", "sendersReference"} <= set(details)


def test_document_distribution(raw):
    """A raw token, a key, an MD5, a confidential letter, preferred e-mail with a reminder."""
    body = {
        "correspondence": {
            "resourceId": "example-confidential",
            "sendersReference": "dist-1",
            "content": {
                "language": "nb",
                "messageTitle": "Tittel",
                "messageSummary": "Kort",
                "messageBody": "Innhold",
            },
            "isConfidential": True,
            "notification": {
                "notificationTemplate": "CustomMessage",
                "notificationChannel": "EmailPreferred",
                "emailSubject": "Emne",
                "emailBody": "Tekst",
                "smsBody": "Tekst",
                "sendReminder": True,
                "reminderNotificationChannel": "EmailPreferred",
                "reminderEmailSubject": "Emne",
                "reminderEmailBody": "Tekst",
                "reminderSmsBody": "Tekst",
            },
        },
        "recipients": ["0192:310654302"],
        "existingAttachments": [str(uploaded(raw))],
        "idempotentKey": str(uuid.uuid4()),
    }

    accepted(raw.post("/correspondence", body, Accept="application/json"))

    repeated = raw.post("/correspondence", body, Accept="application/json")
    assert (repeated.status_code, type(repeated.json()["errorCode"])) == (409, int)


def test_grant_letters(raw):
    """No summary, a withdrawn member, times with three decimals and `Z`."""
    body = {
        "correspondence": {
            "resourceId": "example-letters",
            "sendersReference": "tilsagn-1",
            "content": {"language": "nb", "messageTitle": "Tilsagn", "messageBody": "Se vedlegg"},
            "requestedPublishTime": "2026-08-20T10:00:00.000Z",
            "allowSystemDeleteAfter": "2036-08-20T10:00:00.000Z",
        },
        "recipients": ["0192:310654302"],
        "existingAttachments": [str(uploaded(raw))],
    }

    accepted(raw.post("/correspondence", body))


def test_formidling(sender):
    """A form with flattened names and a withdrawn member of the notification."""
    fields = [
        ("correspondence.resourceId", "example-letters"),
        ("correspondence.sender", "0192:991825827"),
        ("correspondence.sendersReference", "conversation-1"),
        ("correspondence.content.language", "nb"),
        ("correspondence.content.messageTitle", "Tittel"),
        ("correspondence.content.messageSummary", "Kort"),
        ("correspondence.content.messageBody", "Innhold"),
        ("correspondence.content.attachments[0].dataLocationType", "NewCorrespondenceAttachment"),
        ("correspondence.content.attachments[0].fileName", "vedlegg.pdf"),
        ("correspondence.content.attachments[0].displayName", "Vedlegget"),
        ("correspondence.content.attachments[0].isEncrypted", "false"),
        ("correspondence.content.attachments[0].sendersReference", "conversation-1/1"),
        ("correspondence.requestedPublishTime", "2026-08-20T10:00:00+02:00"),
        ("correspondence.dueDateTime", in_days(7)),
        ("correspondence.notification.notificationTemplate", "CustomMessage"),
        ("correspondence.notification.notificationChannel", "EmailPreferred"),
        ("correspondence.notification.emailSubject", "Emne"),
        ("correspondence.notification.emailBody", "Tekst"),
        ("correspondence.notification.smsBody", "Tekst"),
        ("correspondence.notification.requestedSendTime", "2026-08-20T10:00:00+02:00"),
        ("recipients[0]", COMPANY_URN),
        ("idempotentKey", str(uuid.uuid4())),
    ]

    answer = accepted(sender.form(UPLOAD, fields, [("vedlegg.pdf", b"%PDF-1.4")]))

    overview = sender.get(f"/correspondence/{answer['correspondences'][0]['correspondenceId']}").json()
    assert {"created", "published", "status", "statusChanged", "read"} <= set(overview)


def test_generated_client(sender):
    """References by name, bare numbers turned into `0192:`."""
    body = {
        "Correspondence": {
            "ResourceId": "example-letters",
            "SendersReference": "dd-1",
            "Content": {"Language": "nb", "MessageTitle": "Tittel", "MessageBody": "Innhold"},
            "ExternalReferences": [{"ReferenceType": "Generic", "ReferenceValue": "sak-1"}],
        },
        "Recipients": ["0192:310654302", PERSON],
    }

    accepted(sender.post("/correspondence", body))


def test_support_dashboard(sender):
    """Lower-case names, `True` and `False`, a channel as a number, JSON as text, files as `Attachments`."""
    fields = [
        ("recipients[0]", "0192:310654302"),
        ("correspondence.resourceid", "example-letters"),
        ("correspondence.sendersreference", "support-1"),
        ("correspondence.content.language", "nb"),
        ("correspondence.content.messagetitle", "Tittel"),
        ("correspondence.content.messagesummary", "Kort"),
        ("correspondence.content.messagebody", "Innhold"),
        ("correspondence.content.attachments[0].filename", "a.txt"),
        ("correspondence.content.attachments[0].sendersreference", "1"),
        ("correspondence.isconfirmationneeded", "True"),
        ("correspondence.ignorereservation", "True"),
        ("correspondence.isconfidential", "False"),
        ("correspondence.duedatetime", in_days(7)),
        ("correspondence.notification.notificationtemplate", "0"),
        ("correspondence.notification.notificationchannel", "3"),
        ("correspondence.notification.emailsubject", "Emne"),
        ("correspondence.notification.emailbody", json.dumps("Tekst med\nlinjeskift")),
        ("correspondence.notification.smsbody", "Tekst"),
    ]

    accepted(sender.upload(UPLOAD, *encode_form(fields, [("a.txt", b"hei")], "Attachments")))

    assert Message.objects.get().is_confirmation_needed


def test_end_to_end_script_of_upstream(sender):
    """Fields with the `request.` prefix, a location type as a number, the file without prefix."""
    fields = [
        ("request.correspondence.resourceId", "example-letters"),
        ("request.correspondence.sendersReference", "k6"),
        ("request.correspondence.content.language", "nb"),
        ("request.correspondence.content.messageTitle", "Tittel"),
        ("request.correspondence.content.messageSummary", "Kort"),
        ("request.correspondence.content.messageBody", "Innhold"),
        ("request.correspondence.content.attachments[0].dataLocationType", "1"),
        ("request.correspondence.content.attachments[0].fileName", "a.txt"),
        ("request.correspondence.content.attachments[0].sendersReference", "1"),
        ("request.recipients[0]", "0192:310654302"),
    ]

    answer = accepted(sender.form(UPLOAD, fields, [("a.txt", b"hei")]))

    assert len(answer["attachmentIds"]) == 1


def test_helper_of_upstreams_tests(sender):
    """Times as .NET prints them, an empty due date, misspelt names that are ignored."""
    fields = [
        ("correspondence.resourceId", "urn:altinn:resource:example-letters"),
        ("correspondence.sendersReference", "1"),
        ("correspondence.content.language", "nb"),
        ("correspondence.content.messageTitle", "test"),
        ("correspondence.content.messageSummary", "test"),
        ("correspondence.content.messageBody", "test"),
        ("correspondence.requestedPublishTime", "08/20/2026 11:10:08 +00:00"),
        ("correspondence.dueDateTime", ""),
        ("correspondence.isConfirmationNeeded", "False"),
        ("correspondence.ignoreReservation", "False"),
        ("correspondence.ExternalReference[0].referenceType", "Generic"),
        ("correspondence.propertyLists[0]", "x"),
        ("recipients[0]", COMPANY_URN),
    ]

    accepted(sender.form(UPLOAD, fields))


def test_oldest_load_test(sender):
    """Numbers for words, a withdrawn member, names that no model has."""
    body = {
        "recipients": ["0192:310654302"],
        "correspondence": {
            "resourceId": "example-letters",
            "sender": "0192:991825827",
            "sendersReference": "1",
            "content": {"language": "nb", "messageTitle": "t", "messageSummary": "s", "messageBody": "b"},
            "visibleFrom": "2024-05-29T13:31:28.290518+00:00",
            "allowSystemDeleteAfter": "2025-05-29T13:31:28.290518+00:00",
            "externalReferences": [{"referenceValue": "1", "referenceType": 0}],
            "replyOptions": [{"linkURL": "https://www.example.no", "linkText": "test"}],
            "notification": {"notificationTemplate": 1, "notificationChannel": 3, "sendReminder": True},
            "isReservable": True,
        },
    }

    accepted(sender.post("/correspondence", body))


def test_body_without_its_envelope_is_told_what_is_missing(sender):
    """The guardianship demo's flat body is refused upstream too; the answer says what lacks."""
    flat = {"resourceId": "example-letters", "sendersReference": "1", "recipients": ["0192:310654302"]}

    problem = sender.post("/correspondence", flat).json()

    assert "correspondence" in problem["errors"]["$"][0]
