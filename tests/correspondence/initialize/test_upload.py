"""`POST /correspondence/upload`: what becomes of a form's files (initialize.md 5.2)."""

import hashlib
import uuid

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, IncomingFile
from attachments.services.file_names import DATA_TYPES
from correspondence.models import Correspondence
from tests.support.letters import as_form, described, files_in, letter, uploaded
from tests.support.world import PERSON

UPLOAD = "/correspondence/upload"
A, B = ("a.txt", b"first"), ("b.pdf", b"second")


def post(sender, body, *files):
    return sender.form(UPLOAD, as_form(body), files)


def files_of(answer):
    (item,) = answer.json()["correspondences"]
    uses = Correspondence.objects.get(pk=item["correspondenceId"]).message.message_attachments
    return [use.attachment for use in uses.select_related("attachment")]


def stored(attachment):
    with storages["attachments"].open(attachment.storage_key) as file:
        return file.read()


def test_letter_with_two_files(sender):
    answer = post(sender, letter({"attachments": described("a.txt", "b.pdf")}), A, B)

    assert answer.status_code == 200, answer.content
    assert answer.json()["correspondences"][0]["status"] == "ReadyForPublish"
    first, second = files_of(answer)
    assert answer.json()["attachmentIds"] == [str(first.pk), str(second.pk)]
    assert [stored(first), stored(second)] == [b"first", b"second"]
    assert (first.checksum, first.size) == (hashlib.md5(b"first").hexdigest(), 5)
    assert not IncomingFile.objects.exists()


def test_file_keeps_what_the_form_says_of_it(sender):
    announced = hashlib.md5(b"first").hexdigest()
    fields = {"displayName": "Vedtaket", "isEncrypted": True, "checksum": announced, "expirationInDays": 30}

    answer = post(sender, letter({"attachments": described("a.txt", **fields)}), A)

    (attachment,) = files_of(answer)
    overview = sender.get(f"/attachment/{attachment.pk}").json()
    assert {name: overview[name] for name in fields} == fields
    assert (overview["status"], overview["sendersReference"]) == ("Published", "a-1")
    history = sender.get(f"/attachment/{attachment.pk}/details").json()["statusHistory"]
    assert [row["status"] for row in history] == ["Initialized", "UploadProcessing", "Published"]


def test_recipient_downloads_the_file(sender, recipient, django_capture_on_commit_callbacks):
    answer = post(sender, letter({"attachments": described("a.txt")}), A)
    letter_id, attachment_id = (
        answer.json()["correspondences"][0]["correspondenceId"],
        answer.json()["attachmentIds"][0],
    )
    recipient.get(f"/correspondence/{letter_id}")

    download = recipient.get(f"/correspondence/{letter_id}/attachment/{attachment_id}/download")

    assert b"".join(download.streaming_content) == b"first"


def test_new_files_come_before_existing_ones(sender):
    existing = uploaded(sender)

    answer = post(sender, letter({"attachments": described("a.txt")}, existingAttachments=[str(existing)]), A)

    new = Attachment.objects.get(file_name="a.txt")
    assert answer.json()["attachmentIds"] == [str(new.pk), str(existing)]
    assert [attachment.pk for attachment in files_of(answer)] == [new.pk, existing]


def test_form_without_files_works_as_json_does(sender):
    assert post(sender, letter()).status_code == 200


@pytest.mark.parametrize("extension", sorted(DATA_TYPES))
def test_every_allowed_extension(sender, extension):
    name = f"file{extension}"

    assert post(sender, letter({"attachments": described(name)}), (name, b"x")).status_code == 200


MATCHED = {
    "in order": (["a.txt", "b.pdf"], [A, B]),
    "in another order": (["b.pdf", "a.txt"], [A, B]),
    "two of one name, in order": (["a.txt", "a.txt"], [A, ("a.txt", b"other")]),
}
UNMATCHED = {
    "repeated name out of order": (["a.txt", "b.pdf", "a.txt"], [B, A, ("a.txt", b"other")]),
    "fewer files": (["a.txt", "b.pdf"], [A]),
    "more files": (["a.txt"], [A, B]),
    "files without metadata": ([], [A]),
    "metadata without files": (["a.txt"], []),
    "another name": (["a.txt"], [("A.txt", b"first")]),
    "one file for two entries": (["a.txt", "a.txt"], [A, B]),
}


@pytest.mark.contract("attachments.md#8.4")
@pytest.mark.parametrize(("names", "files"), MATCHED.values(), ids=MATCHED)
def test_entries_find_their_files(sender, names, files):
    answer = post(sender, letter({"attachments": described(*names)}), *files)

    assert answer.status_code == 200, answer.content
    found = [(attachment.file_name, stored(attachment)) for attachment in files_of(answer)]
    assert found == sorted(files, key=lambda file: names.index(file[0]))


@pytest.mark.contract("attachments.md#8.4")
@pytest.mark.parametrize(("names", "files"), UNMATCHED.values(), ids=UNMATCHED)
def test_entries_that_do_not_find_their_files(sender, nothing_left, names, files):
    answer = post(sender, letter({"attachments": described(*names)}), *files)

    assert (answer.status_code, answer.json()["errorCode"]) == (400, 1005)


def over_ten_megabytes():
    return [("a.txt", b"x" * 10_000_001)]


REFUSED = {
    "extension": (letter({"attachments": described("a.text")}), [("a.text", b"x")], 2013),
    "character": (letter({"attachments": described("a*.txt")}), [("a*.txt", b"x")], 2012),
    "device": (letter({"attachments": described("con.txt")}), [("con.txt", b"x")], 2021),
    "empty file": (letter({"attachments": described("a.txt")}), [("a.txt", b"")], 2004),
    "lifetime": (letter({"attachments": described("a.txt", expirationInDays=0)}), [A], 2017),
    "checksum": (letter({"attachments": described("a.txt", checksum="0" * 32)}), [A], 2008),
    "one more than a hundred": (
        letter({"attachments": described(*(f"{n}.txt" for n in range(101)))}),
        [(f"{n}.txt", b"x") for n in range(101)],
        1038,
    ),
    "too much to forward": (
        letter({"attachments": described("a.txt")}, {"allowForwarding": True}),
        over_ten_megabytes(),
        1069,
    ),
    "title": (letter({"attachments": described("a.txt"), "messageTitle": "# x"}), [A], 1002),
    "recipient": (letter({"attachments": described("a.txt")}, recipients=["0192:999999999"]), [A], 1029),
    "notification text before checksum": (
        letter({"attachments": described("a.txt", checksum="0" * 32)}, {"notification": {"sendReminder": "true"}}),
        [A],
        3002,
    ),
}  # fmt: skip


@pytest.mark.contract("initialize.md#5.2")
@pytest.mark.parametrize(("body", "files", "code"), REFUSED.values(), ids=REFUSED)
def test_refused_request_leaves_nothing(sender, nothing_left, body, files, code):
    answer = post(sender, body, *files)

    assert answer.json().get("errorCode") == code, answer.content


def test_hundred_files(sender):
    names = [f"{n}.txt" for n in range(100)]

    answer = post(sender, letter({"attachments": described(*names)}), *((name, b"x") for name in names))

    assert [attachment.file_name for attachment in files_of(answer)] == names


def queries_of_a_request(sender, number):
    names = [f"{n}.txt" for n in range(number)]
    body = letter({"attachments": described(*names)}, recipients=["0192:310654302", PERSON])
    with CaptureQueriesContext(connection) as queries:
        assert post(sender, body, *((name, b"x") for name in names)).status_code == 200
    return len(queries)


def test_queries_do_not_grow_with_files(sender):
    queries_of_a_request(sender, 1)  # what is looked up once stays known

    extra = queries_of_a_request(sender, 20) - queries_of_a_request(sender, 1)

    assert extra == 19, "one row is written down before each file, and nothing else"


def test_second_use_of_a_key_leaves_no_file(sender, own_storage):
    body = letter({"attachments": described("a.txt")}, idempotentKey=str(uuid.uuid4()))
    assert post(sender, body, A).status_code == 200

    assert post(sender, body, A).json()["errorCode"] == 1034
    assert len(files_in(own_storage)) == 1
    assert Attachment.objects.count() == 1


def test_another_owner_cannot_send(stranger, nothing_left):
    answer = post(stranger, letter({"attachments": described("a.txt")}), A)

    assert (answer.status_code, answer.json()["errorCode"]) == (401, 4001)


def test_published_attachment_is_not_uploaded_again(sender):
    answer = post(sender, letter({"attachments": described("a.txt")}), A)

    again = sender.upload(f"/attachment/{answer.json()['attachmentIds'][0]}/upload", b"other")

    assert again.json()["errorCode"] == 2005
    assert Attachment.objects.get().status == AttachmentStatus.PUBLISHED
