"""The sender's download (attachments.md 2.5, 8.3), and ranges of both downloads (RFC 9110, 14)."""

import pytest
from django.core.files.storage import storages

from attachments.enums import AttachmentStatus
from attachments.models import Attachment
from attachments.services.transitions import Actor, change_status
from attachments.transports.scanner import EICAR
from tests.support.jobs import run_due_jobs
from tests.support.letters import letter, send_and_publish, statuses, uploaded

DATA = b"0123456789"
FILE = {"resourceId": "example-letters", "fileName": "notat.txt", "sendersReference": "a-1"}


def body_of(answer):
    """All of it: whoever stops before the end leaves the file open."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def code_of(answer):
    return answer.status_code, answer.json()["errorCode"]


@pytest.mark.contract("attachments.md#8.3")
def test_sender_downloads_until_a_letter_is_published(sender):
    attachment = uploaded(sender, DATA)
    url = f"/attachment/{attachment}/download"

    answer = sender.get(url)
    assert (answer.status_code, body_of(answer)) == (200, DATA)
    assert (answer.headers["Content-Type"], answer.headers["Content-Length"]) == (
        "application/octet-stream",
        "10",
    )
    assert "Content-Disposition" not in answer.headers

    send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    assert code_of(sender.get(url)) == (400, 2016)


@pytest.mark.contract("attachments.md#8.3")
def test_only_the_sender_downloads(sender, recipient, stranger):
    url = f"/attachment/{uploaded(sender)}/download"

    forbidden = recipient.get(url)

    assert (forbidden.status_code, forbidden.content) == (403, b"")
    assert code_of(stranger.get(url)) == (401, 4001)
    assert stranger.get(url).json()["title"] == "Unauthorized"


@pytest.mark.contract("attachments.md#8.3")
def test_withdrawn_expired_missing_and_infected_files(sender, settings):
    withdrawn, expired, lost = (uploaded(sender) for _ in range(3))
    sender.delete(f"/attachment/{withdrawn}")
    change_status(
        [Attachment.objects.get(pk=expired)],
        AttachmentStatus.EXPIRED,
        actor=Actor(),
        at=Attachment.objects.get(pk=expired).created_at,
    )
    storages["attachments"].delete(Attachment.objects.get(pk=lost).storage_key)
    announced = sender.post("/attachment", FILE).json()
    settings.CLAMD_URL = "simulated:"
    infected = sender.post("/attachment", FILE).json()
    sender.upload(f"/attachment/{infected}/upload", EICAR)
    run_due_jobs()

    codes = [
        code_of(sender.get(f"/attachment/{identity}/download"))
        for identity in (withdrawn, expired, lost, announced, infected)
    ]

    assert codes == [(400, 2019), (400, 2020), (400, 2019), (404, 2001), (400, 2019)]


@pytest.mark.contract("api.md#1.4")
@pytest.mark.parametrize(
    ("accept", "status"), [("*/*", 200), ("application/octet-stream", 200), ("application/json", 406)]
)
def test_accept_of_the_senders_download(sender, accept, status):
    answer = sender.get(f"/attachment/{uploaded(sender)}/download", Accept=accept)

    assert (answer.status_code, body_of(answer) != b"") == (status, True)


RANGES = {
    "bytes=0-3": (206, b"0123", "bytes 0-3/10"),
    "bytes=4-": (206, b"456789", "bytes 4-9/10"),
    "bytes=-3": (206, b"789", "bytes 7-9/10"),
    "bytes=-30": (206, DATA, "bytes 0-9/10"),
    "bytes=8-100": (206, b"89", "bytes 8-9/10"),
    "bytes=10-": (416, b"", "bytes */10"),
    "bytes=-0": (416, b"", "bytes */10"),
    "bytes=5-3": (200, DATA, None),
    "bytes=0-1,4-5": (200, DATA, None),
    "bytes=-": (200, DATA, None),
    "lines=0-1": (200, DATA, None),
    "nonsense": (200, DATA, None),
}


@pytest.fixture
def downloads(sender, recipient):
    """The same file for its sender and, on a letter, for its recipient."""
    mine, theirs = uploaded(sender, DATA), uploaded(sender, DATA)
    stored = send_and_publish(sender, letter(existingAttachments=[str(theirs)]))
    return stored, {
        "sender": (sender, f"/attachment/{mine}/download"),
        "recipient": (recipient, f"/correspondence/{stored.pk}/attachment/{theirs}/download"),
    }


@pytest.mark.parametrize("side", ["sender", "recipient"])
@pytest.mark.parametrize(("asked", "expected"), RANGES.items(), ids=RANGES)
def test_range(downloads, side, asked, expected):
    client, url = downloads[1][side]

    answer = client.get(url, Range=asked)

    content = body_of(answer)
    assert (answer.status_code, content, answer.headers.get("Content-Range")) == expected
    if answer.status_code < 300:
        assert answer.headers["Content-Length"] == str(len(content))


def test_range_with_a_condition_that_we_cannot_judge_gets_the_whole_file(downloads):
    client, url = downloads[1]["sender"]

    assert body_of(client.get(url, Range="bytes=0-1", If_Range='"x"')) == DATA


def test_only_the_beginning_of_a_download_is_recorded(downloads):
    stored, clients = downloads
    client, url = clients["recipient"]

    for asked in ("bytes=0-3", "bytes=4-7", "bytes=8-", "bytes=20-"):
        body_of(client.get(url, Range=asked))

    assert statuses(stored).count("AttachmentsDownloaded") == 1
