"""`POST /correspondence/upload`: how a form is read (api.md 2.2, 2.4, 8)."""

import uuid

import pytest

from attachments.models import Attachment
from correspondence.models import Message
from tests.support.clients import encode_form
from tests.support.letters import as_form, described, letter
from tests.support.world import PERSON

UPLOAD = "/correspondence/upload"
A = ("a.txt", b"first")


SPELLINGS = {
    "lower case": lambda name: name.lower(),
    "upper case": lambda name: name.upper(),
    "with prefix": lambda name: f"request.{name}",
    "with prefix in capitals": lambda name: f"REQUEST.{name}",
}


@pytest.mark.contract("api.md#8.1")
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_names_in_any_spelling(sender, spell):
    fields = [(spell(name), value) for name, value in as_form(letter({"attachments": described("a.txt")}))]

    assert sender.form(UPLOAD, fields, [A]).status_code == 200


@pytest.mark.contract("api.md#8.1")
def test_with_a_prefix_anywhere_other_names_are_not_read(sender):
    fields = as_form(letter())

    answer = sender.form(UPLOAD, [*fields, ("request.idempotentKey", str(uuid.uuid4()))])

    assert set(answer.json()["errors"]) >= {"request.Correspondence", "request.Recipients"}


@pytest.mark.contract("api.md#8.1")
@pytest.mark.parametrize(
    "fields",
    [
        [("Recipients[0]", "0192:310654302"), ("Recipients[1]", PERSON)],
        [("Recipients", "0192:310654302"), ("recipients", PERSON)],
        [("Recipients[]", "0192:310654302"), ("Recipients[]", PERSON)],
        [("Recipients[0]", "0192:310654302"), ("Recipients[1]", PERSON), ("Recipients[3]", "no recipient")],
    ],
)
def test_lists_of_texts(sender, fields):
    answer = sender.form(UPLOAD, [*as_form(letter(recipients=[])), *fields])

    assert len(answer.json()["correspondences"]) == 2


@pytest.mark.contract("api.md#8.1")
@pytest.mark.parametrize(
    "fields",
    [
        [("Correspondence.PropertyList.caseNumber", "78"), ("correspondence.propertylist.b", "")],
        [("Correspondence.PropertyList[caseNumber]", "78"), ("Correspondence.PropertyList[b]", "")],
        [
            ("Correspondence.PropertyList[0].Key", "caseNumber"),
            ("Correspondence.PropertyList[0].Value", "78"),
            ("Correspondence.PropertyList[1].Key", "b"),
            ("Correspondence.PropertyList[1].Value", ""),
        ],
    ],
)
def test_property_lists(sender, fields):
    sender.form(UPLOAD, [*as_form(letter()), *fields])

    assert Message.objects.get().property_list == {"caseNumber": "78", "b": ""}


@pytest.mark.contract("api.md#8.2")
def test_values_as_other_frameworks_print_them(sender):
    fields = {
        "Correspondence.IsConfirmationNeeded": "True",
        "Correspondence.IgnoreReservation": "FALSE",
        "Correspondence.DueDateTime": "08/20/2099 11:10:08 +02:00",
        "Correspondence.RequestedPublishTime": "2098-08-20T11:10:08.1234567Z",
        "Correspondence.Notification.NotificationChannel": "3",
        "Correspondence.Notification.NotificationTemplate": "genericaltinnmessage",
        "Correspondence.ExternalReferences[0].ReferenceType": "1",
        "Correspondence.ExternalReferences[0].ReferenceValue": "app",
        "Correspondence.ReplyOptions[0].LinkURL": "https://www.example.no",
        "Correspondence.Content.MessageSummary": "  ",
        "Correspondence.AllowSystemDeleteAfter": "whatever",
        "IdempotentKey": uuid.uuid4().hex,
        "ExistingAttachments": "",
    }

    answer = sender.form(UPLOAD, [*as_form(letter()), *fields.items()])

    assert answer.status_code == 200, answer.content
    message = Message.objects.get()
    assert (message.is_confirmation_needed, message.ignore_reservation) == (True, False)
    assert message.due_date_time.isoformat() == "2099-08-20T09:10:08+00:00"
    assert message.external_references == [{"referenceType": 1, "referenceValue": "app"}]
    assert (message.summary, message.idempotency_key.hex) == (
        "Søknaden er innvilget.",
        fields["IdempotentKey"],
    )


INVALID = {
    "blank title": ({"messageTitle": " "}, {}, "Correspondence.Content.MessageTitle"),
    "blank file name": (
        {"attachments": described(" ")},
        {},
        "Correspondence.Content.Attachments[0].FileName",
    ),
    "flag": ({}, {"isConfidential": "yes"}, "Correspondence.IsConfidential"),
    "date": ({}, {"dueDateTime": "tomorrow"}, "Correspondence.DueDateTime"),
    "word": (
        {},
        {"notification": {"notificationChannel": "Pigeon"}},
        "Correspondence.Notification.NotificationChannel",
    ),
    "undefined template": (
        {},
        {"notification": {"notificationTemplate": "7"}},
        "Correspondence.Notification.NotificationTemplate",
    ),
    "undefined reference": (
        {},
        {"externalReferences": [{"referenceType": "9", "referenceValue": "x"}]},
        "Correspondence.ExternalReferences[0].ReferenceType",
    ),
    "NUL": ({"messageBody": "a\x00b"}, {}, "Correspondence.Content.MessageBody"),
}


@pytest.mark.contract("api.md#2.2")
@pytest.mark.parametrize(("content", "correspondence", "key"), INVALID.values(), ids=INVALID)
def test_invalid_value_is_reported_under_its_own_name(sender, nothing_left, content, correspondence, key):
    problem = sender.form(UPLOAD, as_form(letter(content, correspondence)), [A]).json()

    assert (problem["status"], problem["code"]) == (400, "STD-00000")
    assert [name for name, messages in problem["errors"].items() if messages] == [key]
    assert problem["errors"]["Correspondence.SendersReference"] == []


@pytest.mark.contract("api.md#2.4")
def test_form_without_content_type_is_an_empty_one(sender):
    problem = sender.upload(UPLOAD, b"x", content_type="").json()

    assert set(problem["errors"]) == {"Correspondence", "Recipients"}


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(("content_type", "status"), [("application/json", 415), ("text/plain", 415)])
def test_other_content_types(sender, content_type, status):
    assert sender.upload(UPLOAD, b"{}", content_type=content_type).status_code == status


def test_get_of_the_upload_path_is_a_letter_of_no_id(sender):
    answer = sender.get(UPLOAD)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["correspondenceId"])


BROKEN = {
    "no boundary": ("multipart/form-data", b"--x\r\n"),
    "another boundary": ("multipart/form-data; boundary=y", b"--x\r\n\r\n--x--\r\n"),
    "no end": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="a.txt"\r\n\r\nhei',
    ),
    "no name": ("multipart/form-data; boundary=x", b"--x\r\n\r\nhei\r\n--x--\r\n"),
    "nothing": ("multipart/form-data; boundary=x", b" "),
}


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(("content_type", "body"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_form(sender, nothing_left, content_type, body):
    answer = sender.upload(UPLOAD, body, content_type=content_type)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [""])


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(
    "fields",
    [
        [("x", "y")] * 1025,
        [("x" * 2049, "y")],
        [("x", "y" * (4 * 1024 * 1024 + 1))],
    ],
    ids=["entries", "name", "value"],
)
def test_limits_of_a_form(sender, fields):
    answer = sender.form(UPLOAD, fields)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [""])


def test_texts_of_more_than_ten_megabytes(sender):
    assert sender.form(UPLOAD, [("x", "y" * 4_000_000)] * 3).status_code == 413


def test_file_parts_of_other_names_are_ignored(sender):
    fields = as_form(letter())

    assert sender.upload(UPLOAD, *encode_form(fields, [A], "document")).status_code == 200
    assert not Attachment.objects.exists()


def test_file_part_in_any_casing(sender):
    fields = as_form(letter({"attachments": described("a.txt")}))

    assert sender.upload(UPLOAD, *encode_form(fields, [A], "Attachments")).status_code == 200


def test_encoded_file_name(sender):
    """RFC 5987, as .NET sends names beyond ASCII."""
    fields = as_form(letter({"attachments": described("søknad.txt")}))
    body, content_type = encode_form(fields, [A])
    encoded = body.replace(b'filename="a.txt"', b"filename=\"x.txt\"; filename*=utf-8''s%C3%B8knad.txt")

    assert sender.upload(UPLOAD, encoded, content_type).status_code == 200
