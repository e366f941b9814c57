"""Announcing, uploading and withdrawing files (attachments.md 8.1 to 8.3)."""

import hashlib
import uuid
from functools import partial

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from attachments.enums import AttachmentStatus
from attachments.errors import UploadFailed
from attachments.models import Attachment
from attachments.services.upload import upload
from journal.models import OutboundEvent
from registry.services.tokens import verify
from tests.support.clients import Client
from tests.support.letters import files_in, in_days, letter, send, send_and_publish, uploaded
from tests.support.parallel import at_once

FILE = {"resourceId": "example-letters", "fileName": "test-file.txt", "sendersReference": "1234"}


def announce(sender, **fields):
    answer = sender.post("/attachment", FILE | fields)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_announced_file_is_initialized(sender):
    overview = sender.get(f"/attachment/{announce(sender, displayName=None)}").json()

    assert overview["statusChanged"].endswith("+00:00")
    assert (overview["status"], overview["statusText"], overview["checksum"]) == (
        "Initialized",
        "Initialized",
        "",
    )
    assert (overview["sender"], overview["displayName"], overview["correspondenceIds"]) == (
        "urn:altinn:organization:identifier-no:991825827",
        None,
        [],
    )


@pytest.mark.contract("attachments.md#8.1")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fileName": "a//b"}, 2013),
        ({"fileName": "    "}, 2010),
        ({"fileName": ""}, 2010),
        ({"fileName": "file.text"}, 2013),
        ({"fileName": "file.pptx"}, 2013),
        *[({"fileName": f"file{character}name.txt"}, 2012) for character in '*?<>|:"'],
        ({"fileName": "a\\b.txt"}, 2012),
        *[({"fileName": f"{name}.txt"}, 2021) for name in ("CON", "prn", "AUX", "NUL", "LPT1", "COM2")],
        ({"expirationInDays": 0}, 2017),
        ({"resourceId": "nothing"}, 1036),
    ],
)
def test_announcing_is_refused_with_a_number(sender, fields, code):
    assert sender.post("/attachment", FILE | fields).json().get("errorCode") == code


@pytest.mark.contract("attachments.md#8.1")
@pytest.mark.parametrize(
    "fields",
    [
        {"expirationInDays": 2},
        *[{"fileName": f"my_{name}_file.txt"} for name in ("CONNECTION", "NULLABLE", "NO_CON")],
        *[
            {"fileName": f"a.{extension}"}
            for extension in ("DOC", "docx", "zip", "pdf", "jpeg", "dicom", "csv")
        ],
        {"resourceId": "example-access"},
        {"resourceId": "urn:altinn:resource:example-letters"},
        {"checksum": None},
        {"checksum": "z" * 32},
    ],
)
def test_announcing_accepts(sender, fields):
    uuid.UUID(announce(sender, **fields))


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"fileName": "x" * 256}, "FileName"),
        ({"displayName": "x" * 256}, "DisplayName"),
        ({"checksum": "A" * 32}, "Checksum"),
        ({"checksum": "a" * 31}, "Checksum"),
        ({"sendersReference": " "}, "SendersReference"),
    ],
)
def test_announcing_refuses_what_breaks_the_model(sender, fields, key):
    assert list(sender.post("/attachment", FILE | fields).json()["errors"]) == [key]


def test_missing_members_name_the_parameter_of_this_endpoint(sender):
    assert list(sender.post("/attachment", {}).json()["errors"]) == ["$", "InitializeAttachmentExt"]


@pytest.mark.contract("attachments.md#8.2")
def test_upload_publishes_with_the_computed_checksum(sender):
    identity = announce(sender)

    answer = sender.upload(f"/attachment/{identity}/upload", b"hei").json()

    assert (answer["status"], answer["checksum"]) == ("Published", hashlib.md5(b"hei").hexdigest())
    assert list(OutboundEvent.objects.values_list("type", flat=True)) == [
        "attachmentinitialized",
        "attachmentpublished",
    ]
    assert stored_bytes() == b"hei"


@pytest.mark.contract("attachments.md#8.2")
def test_upload_with_the_announced_checksum_succeeds(sender):
    identity = announce(sender, checksum=hashlib.md5(b"hei").hexdigest())

    assert sender.upload(f"/attachment/{identity}/upload", b"hei").status_code == 200


@pytest.mark.contract("attachments.md#8.2")
def test_upload_with_another_checksum_fails_for_good_and_keeps_no_bytes(sender):
    identity = announce(sender, checksum=hashlib.md5(b"other").hexdigest())

    first = sender.upload(f"/attachment/{identity}/upload", b"hei")
    second = sender.upload(f"/attachment/{identity}/upload", b"other")

    assert (first.json()["errorCode"], second.json()["errorCode"]) == (2008, 2005)
    overview = sender.get(f"/attachment/{identity}").json()
    assert (overview["status"], overview["checksum"]) == ("Failed", hashlib.md5(b"other").hexdigest())
    assert stored_files(identity) == []


def stored_bytes():
    with storages["attachments"].open(Attachment.objects.get().storage_key) as stored:
        return stored.read()


def stored_files(identity):
    try:
        return storages["attachments"].listdir(f"{identity[-2:]}/{identity[-4:-2]}/{identity}")[1]
    except FileNotFoundError:
        return []


def test_second_upload_is_refused(sender):
    identity = uploaded(sender)

    assert sender.upload(f"/attachment/{identity}/upload", b"again").json()["errorCode"] == 2005


def test_empty_upload_is_refused_and_may_be_repeated(sender):
    identity = announce(sender)

    empty = sender.http.post(
        f"/correspondence/api/v1/attachment/{identity}/upload",
        b"",
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {sender.token}"},
        CONTENT_LENGTH="0",
    )

    assert empty.json()["errorCode"] == 2004
    assert sender.upload(f"/attachment/{identity}/upload", b"hei").status_code == 200


def test_unknown_attachment_is_2001(sender):
    assert sender.upload(f"/attachment/{uuid.uuid4()}/upload", b"x").json()["errorCode"] == 2001


def test_two_uploads_at_once_one_wins(committed, sender):
    identity = announce(sender)
    path = f"/attachment/{identity}/upload"
    calls = [partial(Client(sender.token).upload, path, b"%d" % number) for number in range(4)]

    answers = list(enumerate(at_once(*calls)))

    (winner,) = [number for number, answer in answers if answer.status_code == 200]
    assert {answer.json().get("errorCode") for number, answer in answers if number != winner} == {2005}
    assert stored_bytes() == b"%d" % winner


@pytest.mark.contract("attachments.md#8.3")
def test_file_on_a_letter_cannot_be_withdrawn(sender):
    attachment = uploaded(sender)
    send(
        sender,
        letter(correspondence={"requestedPublishTime": in_days(1)}, existingAttachments=[str(attachment)]),
    )

    assert sender.delete(f"/attachment/{attachment}").json()["errorCode"] == 2007


@pytest.mark.contract("attachments.md#8.3")
def test_withdrawing_is_204_and_happens_once(sender):
    attachment = uploaded(sender)

    first, second = sender.delete(f"/attachment/{attachment}"), sender.delete(f"/attachment/{attachment}")

    assert (first.status_code, first.content) == (204, b"")
    assert second.json()["errorCode"] == 2006
    assert sender.get(f"/attachment/{attachment}/details").json()["statusHistory"][-1]["status"] == "Purged"


@pytest.mark.contract("attachments.md#6.1")
def test_use_ends_after_the_files_lifetime(sender, recipient):
    attachment = uploaded(sender, expirationInDays=14)
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))

    use = published.message.message_attachments.get()

    assert (use.expires_at - published.message.created_at).days == 14


def test_used_file_cannot_be_uploaded_anew(sender):
    attachment = uploaded(sender)
    Attachment.objects.update(storage_key="", status=AttachmentStatus.INITIALIZED)
    send(sender)
    published = send_and_publish(sender)
    published.message.message_attachments.create(
        attachment_id=attachment, position=0, created_at=published.created_at
    )

    assert sender.upload(f"/attachment/{attachment}/upload", b"x").json()["errorCode"] == 2003


@pytest.mark.parametrize("change", [{"size": None}, {"checksum": ""}, {"storage_key": ""}, {"status": 9}])
def test_database_refuses_a_published_file_without_its_bytes(sender, change):
    uploaded(sender)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.update(**change)


def test_attachment_withdrawn_while_it_arrives_keeps_no_bytes(sender, own_storage):
    identity = uuid.UUID(sender.post("/attachment", FILE).json())

    def withdrawn_on_the_way():
        yield b"first"
        assert sender.delete(f"/attachment/{identity}").status_code == 204
        yield b"second"

    with pytest.raises(UploadFailed):
        upload(
            caller=verify(sender.token),
            attachment_id=identity,
            chunks=withdrawn_on_the_way(),
            content_length=None,
        )

    assert Attachment.objects.get().status == AttachmentStatus.PURGED
    assert files_in(own_storage) == []


@pytest.mark.contract("api.md#6.14")
def test_details_fill_in_what_the_overview_leaves_null(sender):
    identity = announce(sender, displayName=None, checksum=None)

    overview, details = (sender.get(f"/attachment/{identity}{rest}").json() for rest in ("", "/details"))

    assert (overview["displayName"], overview["checksum"]) == (None, None)
    assert (details["displayName"], details["checksum"]) == ("test-file.txt", "")
