"""Upstream's own attachment tests, row by row (attachments.md 8), by the ids they have there.

Rows about the malware webhook (MS01 to MS03) and the removal of orphans by the database (RA01 to RA03) have no
counterpart: scanning is ours (test_scan.py, test_clamd.py), and files that nobody answers for are found by
`verify_attachments` (test_verify.py). ZC01 to ZC04 stand in tests/correspondence/reading/test_download_all.py.
"""

import hashlib

import pytest

from attachments.enums import AttachmentStatus
from attachments.models import Attachment
from attachments.services.file_names import DATA_TYPES
from attachments.services.transitions import Actor, change_status
from correspondence.models import Correspondence
from registry.models import AccessGrant
from tests.support.clients import Client
from tests.support.letters import (
    as_form,
    described,
    in_days,
    letter,
    publish,
    send,
    send_and_publish,
    statuses,
    uploaded,
)
from tests.support.world import PERSON, resource

FILE = {"resourceId": "example-letters", "fileName": "test-file.txt", "sendersReference": "1234"}
NO_ID = "01900000-0000-7000-8000-00000000ffff"
FORBIDDEN = '*?<>|:"/\\\x00'
DEVICES = ["CON", "PRN", "AUX", "NUL", "LPT1", "COM2"]
NEAR_DEVICES = ["CONNECTION", "NULLABLE", "AUXILIARY", "COMPUTER", "FOONULBAR", "NO_CON"]


def code(answer):
    return answer.status_code, answer.json().get("errorCode")


def announce(sender, **fields):
    return sender.post("/attachment", FILE | fields)


ANNOUNCED = {
    "AI01": ({}, (200, None)),
    "AI02 slashes": ({"fileName": "a//b"}, (400, 2013)),
    "AI02 blanks": ({"fileName": "    "}, (400, 2010)),
    "AI03": ({"fileName": "x" * 296 + ".txt"}, (400, None)),
    "AI04": ({"displayName": "x" * 300}, (400, None)),
    "AI05": ({"displayName": None}, (200, None)),
    "AI08": ({"expirationInDays": 0}, (400, 2017)),
    "AI09": ({"expirationInDays": 2}, (200, None)),
    **{f"AI10 {ord(c)}": ({"fileName": f"file{c}name.txt"}, (400, 2012)) for c in FORBIDDEN if c != "\x00"},
    "AI10 0": ({"fileName": "file\x00name.txt"}, (400, None)),  # NUL: a validation problem (compatibility.md)
    **{f"AI11 {word}": ({"fileName": f"{word}.txt"}, (400, 2021)) for word in DEVICES},
    **{f"AI12 {word}": ({"fileName": f"my_{word}_file.txt"}, (200, None)) for word in NEAR_DEVICES},
}


@pytest.mark.contract("attachments.md#8.1")
@pytest.mark.parametrize(("fields", "expected"), ANNOUNCED.values(), ids=ANNOUNCED)
def test_announcing(sender, fields, expected):
    answer = announce(sender, **fields)

    assert (answer.status_code, None if expected[0] == 200 else answer.json().get("errorCode")) == expected
    if expected[0] == 200:
        assert sender.get(f"/attachment/{answer.json()}").json()["status"] == "Initialized"


@pytest.mark.contract("attachments.md#8.1")
def test_announcing_by_others(recipient, stranger):
    """AI06, AU12; AI07"""
    assert (announce(recipient).status_code, announce(recipient).content) == (403, b"")
    assert code(announce(stranger)) == (401, 4001)


@pytest.mark.contract("attachments.md#8.2")
def test_upload_of_an_unknown_attachment(sender):
    """AU01"""
    assert code(sender.upload(f"/attachment/{NO_ID}/upload", b"x")) == (404, 2001)


@pytest.mark.contract("attachments.md#8.2")
def test_upload_and_download(sender):
    """AU02, AU06, AU13, AU15: without a scanner every resource is exempt from scanning"""
    identity = announce(sender).json()

    answer = sender.upload(f"/attachment/{identity}/upload", b"four").json()

    assert (answer["status"], answer["checksum"]) == ("Published", hashlib.md5(b"four").hexdigest())
    assert b"".join(sender.get(f"/attachment/{identity}/download").streaming_content) == b"four"


@pytest.mark.contract("attachments.md#8.2")
def test_upload_by_another_sender_and_again(sender, stranger):
    """AU03, AU04"""
    identity = announce(sender).json()
    assert code(stranger.upload(f"/attachment/{identity}/upload", b"x")) == (401, 4001)
    assert sender.upload(f"/attachment/{identity}/upload", b"x").status_code == 200
    assert code(sender.upload(f"/attachment/{identity}/upload", b"x")) == (400, 2005)


@pytest.mark.contract("attachments.md#8.2")
def test_upload_of_nothing(sender):
    """AU05"""
    answer = sender.upload(f"/attachment/{announce(sender).json()}/upload", b"", content_type="")

    assert code(answer) == (400, 2004)


@pytest.mark.contract("attachments.md#8.2")
@pytest.mark.parametrize(
    ("announced", "expected"), [("right", (200, None)), ("wrong", (400, 2008)), (None, (200, None))]
)
def test_upload_with_a_checksum(sender, announced, expected):
    """AU08, AU09, AU10, AU11"""
    right = hashlib.md5(b"bytes").hexdigest()
    checksum = {"right": right, "wrong": hashlib.md5(right.encode()).hexdigest()}.get(announced, "")
    identity = announce(sender, checksum=checksum).json()
    before = sender.get(f"/attachment/{identity}").json()["checksum"]

    answer = sender.upload(f"/attachment/{identity}/upload", b"bytes")

    after = sender.get(f"/attachment/{identity}").json()["checksum"]
    assert (answer.status_code, answer.json().get("errorCode")) == expected
    assert (before, after) == (checksum, checksum if announced == "wrong" else right)


@pytest.mark.contract("attachments.md#8.3")
@pytest.mark.parametrize("path", ["", "/details", "/download"])
def test_looking_at_an_attachment(sender, recipient, stranger, path):
    """AR01 to AR04, AL01, AL02"""
    url = f"/attachment/{uploaded(sender)}{path}"

    answer = sender.get(url)

    assert (answer.status_code, len(answer.getvalue()) > 0) == (200, True)
    assert (recipient.get(url).status_code, recipient.get(url).content) == (403, b"")
    assert code(stranger.get(url)) == (401, 4001)


@pytest.mark.contract("attachments.md#8.3")
def test_withdrawing(sender, recipient, stranger):
    """AD01, AD02, AD03, AD06, AD07, AL04"""
    url = f"/attachment/{announce(sender).json()}"

    assert code(sender.delete(f"/attachment/{NO_ID}")) == (404, 2001)
    assert recipient.delete(url).status_code == 403
    assert code(stranger.delete(url)) == (401, 4001)
    assert sender.delete(url).status_code == 204
    assert code(sender.delete(url)) == (400, 2006)
    assert code(sender.get(f"{url}/download")) == (400, 2019)


@pytest.mark.contract("attachments.md#8.3")
@pytest.mark.parametrize("publish_time", [None, in_days(1)], ids=["AD04", "AD05"])
def test_withdrawing_what_a_letter_carries(sender, recipient, publish_time):
    attachment = uploaded(sender)
    body = letter(
        correspondence={"requestedPublishTime": publish_time}, existingAttachments=[str(attachment)]
    )
    publish(send(sender, body))

    assert recipient.delete(f"/attachment/{attachment}").status_code == 403
    assert code(sender.delete(f"/attachment/{attachment}")) == (400, 2007)


@pytest.mark.contract("attachments.md#8.3")
def test_senders_download_ends_with_publishing_and_expiry(sender):
    """AL03, AL05"""
    used, expired = uploaded(sender), uploaded(sender)
    send_and_publish(sender, letter(existingAttachments=[str(used)]))
    expire(expired)

    assert code(sender.get(f"/attachment/{used}/download")) == (400, 2016)
    assert code(sender.get(f"/attachment/{expired}/download")) == (400, 2020)


def expire(identity):
    attachment = Attachment.objects.get(pk=identity)
    change_status([attachment], AttachmentStatus.EXPIRED, actor=Actor(), at=attachment.created_at)


FORMS = {
    "CA01 one": (["a.txt"], ["a.txt"], (200, None)),
    "CA01 two of one name": (["a.txt", "a.txt"], ["a.txt", "a.txt"], (200, None)),
    **{f"CA02 {extension}": ([f"a{extension}"], [f"a{extension}"], (200, None)) for extension in DATA_TYPES},
    "CA03": (["a.text"], ["a.text"], (400, 2013)),
    "CA04": ([], [], (200, None)),
    "CA06, CA07": (["a.txt", "b.txt"], ["a.txt", "b.txt"], (200, None)),
    "CA08": (["a.txt", "b.txt"], ["b.txt", "a.txt"], (200, None)),
    "CA09": (["a.txt", "b.txt", "a.txt"], ["b.txt", "a.txt", "a.txt"], (400, 1005)),
}


@pytest.mark.contract("attachments.md#8.4")
@pytest.mark.parametrize(("entries", "files", "expected"), FORMS.values(), ids=FORMS)
def test_form(sender, entries, files, expected):
    body = letter({"attachments": described(*entries)})

    answer = sender.form("/correspondence/upload", as_form(body), [(name, b"x") for name in files])

    assert code(answer) == expected


@pytest.mark.contract("attachments.md#8.4")
def test_forms_of_other_kinds(sender):
    """CA05, CA10, CA11, CA12, CA13, CA14"""
    two, one = described("a.txt", "b.txt"), [("a.txt", b"x")]
    days = {n: letter({"attachments": described("a.txt", expirationInDays=n)}) for n in (0, 2)}
    both = letter({"attachments": two}, recipients=["0192:310654302", PERSON])
    existing = str(uploaded(sender))

    def post(body, files):
        return sender.form("/correspondence/upload", as_form(body), files)

    assert sender.upload("/correspondence/upload", b"{}", content_type="application/json").status_code == 415
    assert code(post(days[0], one)) == (400, 2017)
    assert post(days[2], one).status_code == 200
    assert "Recipients" in post(letter(recipients=[]), []).json()["errors"]
    assert len(post(both, [*one, ("b.txt", b"y")]).json()["correspondences"]) == 2
    with_existing = sender.post("/correspondence", letter(existingAttachments=[existing]))
    assert with_existing.json()["attachmentIds"] == [existing]


@pytest.fixture
def files(sender):
    return [uploaded(sender, b"first"), uploaded(sender, b"second")]


def letter_url(stored, attachment):
    return f"/correspondence/{stored.pk}/attachment/{attachment}/download"


@pytest.mark.contract("attachments.md#8.5")
def test_recipient_downloads(sender, recipient, files):
    """CD01, CD02, CD03, CD06, CD07"""
    stored = send_and_publish(sender, letter(existingAttachments=[str(file) for file in files]))

    answer = recipient.get(letter_url(stored, files[0]))

    assert b"".join(answer.streaming_content) == b"first"
    assert statuses(stored)[-2:] == ["Published", "AttachmentsDownloaded"]
    assert str(files[0]) in stored.status_events.latest("pk").text
    writer = Client.organisation("991825827", "altinn:correspondence.write")
    assert writer.get(letter_url(stored, files[0])).status_code == 403
    expire(files[0])
    assert code(recipient.get(letter_url(stored, files[0]))) == (400, 2020)


@pytest.mark.contract("attachments.md#8.5")
def test_recipient_does_not_download(sender, recipient, files):
    """CD04, CD05"""
    waiting = send(
        sender,
        letter(correspondence={"requestedPublishTime": in_days(1)}, existingAttachments=[str(files[0])]),
    )
    without = send_and_publish(sender)

    assert code(recipient.get(letter_url(waiting, files[0]))) == (404, 1001)
    assert code(recipient.get(letter_url(without, NO_ID))) == (404, 2001)


@pytest.mark.contract("attachments.md#8.5")
@pytest.mark.parametrize("allowed", [True, False])
def test_file_of_another_resource_asks_for_its_own_right(sender, recipient, world, allowed):
    """CD08, CD09, CD10, CD11"""
    other = resource("other-letters", world.owner)
    mine, theirs = uploaded(sender, b"mine"), uploaded(sender, b"theirs", resourceId="other-letters")
    stored = send_and_publish(sender, letter(existingAttachments=[str(mine), str(theirs)]))
    if not allowed:
        AccessGrant.objects.filter(resource=other).delete()

    answers = [
        recipient.get(letter_url(stored, mine)),
        recipient.get(letter_url(stored, theirs)),
        recipient.get(f"/correspondence/{stored.pk}/attachments/downloadall"),
    ]

    for answer in answers:
        if answer.streaming:
            b"".join(answer.streaming_content)
    expected = 200 if allowed else 401
    assert [answer.status_code for answer in answers] == [200, expected, expected]


@pytest.mark.contract("attachments.md#8.5")
def test_zip_with_an_expired_file(sender, recipient, files):
    """CD12; CD13 to CD15 stand in tests/correspondence/reading/test_download_all.py"""
    stored = send_and_publish(sender, letter(existingAttachments=[str(file) for file in files]))
    expire(files[1])

    assert code(recipient.get(f"/correspondence/{stored.pk}/attachments/downloadall")) == (400, 2020)
    assert Correspondence.objects.get(pk=stored.pk).downloaded_at is None
