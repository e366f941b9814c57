"""Scanning with a real ClamAV daemon (attachments.md 5)."""

import io

import pytest

from attachments.models import Attachment
from attachments.services.scan import scan
from attachments.transports.clamd import ClamdScanner
from attachments.transports.scanner_base import ScannerUnavailable
from journal.models import FollowUp
from tests.support.clamd import BAD, MAX_STREAM_BYTES, clamd, needs_clamd
from tests.support.jobs import run_due_jobs
from tests.support.processes import eventually, worker

FILE = {"resourceId": "example-letters", "fileName": "notat.txt", "sendersReference": "a-1"}
FINDING = "Correspondence.Test.Finding.UNOFFICIAL"
NOWHERE = "tcp://127.0.0.1:9"
pytestmark = pytest.mark.xdist_group("clamd")


@pytest.fixture(scope="session")
def addresses(tmp_path_factory):
    with clamd(tmp_path_factory.mktemp("clamd")) as addresses:
        yield addresses


@pytest.fixture
def daemon(addresses):
    return addresses[0]


def upload(sender, data):
    identity = sender.post("/attachment", FILE).json()
    assert sender.upload(f"/attachment/{identity}/upload", data).json()["status"] == "UploadProcessing"
    return identity


def overview(sender, identity):
    answer = sender.get(f"/attachment/{identity}").json()
    return answer["status"], answer["statusText"]


@needs_clamd
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"clean", ("Published", "Published")),
        (BAD, ("Failed", "Not accepted by the scanner: " + FINDING + ".")),
        (b"x" * 200_000 + BAD, ("Failed", "Not accepted by the scanner: " + FINDING + ".")),
        (b"x" * (MAX_STREAM_BYTES + 10_000_000), ("Failed", "Not accepted by the scanner: too large to be scanned.")),
    ],
    ids=["clean", "finding", "finding behind other bytes", "too large"],
)  # fmt: skip
def test_daemon_decides(sender, settings, daemon, data, expected):
    settings.CLAMD_URL = daemon
    identity = upload(sender, data)

    run_due_jobs()

    assert overview(sender, identity) == expected


@needs_clamd
def test_daemon_over_both_of_its_sockets(addresses):
    for url in addresses:
        assert ClamdScanner(url).scan(io.BytesIO(BAD), file_name="a.txt") == FINDING
        assert ClamdScanner(url).scan(io.BytesIO(b"clean"), file_name="a.txt") is None


def test_socket_that_nobody_serves_is_an_outage(tmp_path):
    with pytest.raises(ScannerUnavailable, match="cannot be reached"):
        ClamdScanner(f"unix://{tmp_path}/clamd.ctl").scan(io.BytesIO(b"x"), file_name="a.txt")


@needs_clamd
def test_file_waits_while_the_daemon_is_down_and_operators_see_why(sender, settings, daemon):
    settings.CLAMD_URL = NOWHERE
    first, second = upload(sender, b"clean"), upload(sender, b"also clean")

    for identity in (first, second):
        with pytest.raises(ScannerUnavailable):
            scan(attachment_id=identity)

    assert overview(sender, first)[0] == "UploadProcessing"
    assert "cannot be reached" in Attachment.objects.get(pk=first).scan_note
    follow_up = FollowUp.objects.get()
    assert (follow_up.kind, follow_up.resolved_at) == ("scanner-down", None)

    settings.CLAMD_URL = daemon
    for identity in (first, second):
        scan(attachment_id=identity)

    follow_up.refresh_from_db()
    assert (overview(sender, first)[0], overview(sender, second)[0]) == ("Published", "Published")
    assert Attachment.objects.get(pk=first).scan_note == ""
    assert follow_up.resolution == "The scanner works again."


@needs_clamd
def test_worker_asks_again_until_the_daemon_is_back(committed, sender, settings, own_storage, tmp_path):
    """The real job with its retries: first nobody listens, then clamd starts on that socket."""
    settings.CLAMD_URL = f"unix://{tmp_path}/clamd/clamd.ctl"
    identity = upload(sender, b"clean")
    extra = {"CLAMD_URL": settings.CLAMD_URL, "ATTACHMENT_STORAGE_URL": f"file://{own_storage}"}

    with worker(**extra):
        eventually(lambda: Attachment.objects.get(pk=identity).scan_note, "the first try left no word")
        assert overview(sender, identity)[0] == "UploadProcessing"
        with clamd(tmp_path / "clamd"):
            eventually(lambda: overview(sender, identity)[0] == "Published", "it was not scanned again")
