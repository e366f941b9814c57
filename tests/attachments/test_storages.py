"""Local files and a real S3 server must behave alike (design.md point 10)."""

import hashlib
import io

import boto3
import pytest
from moto.server import ThreadedMotoServer

from attachments.models import Attachment
from attachments.services.verify import find_orphans
from attachments.transports.local_storage import LocalAttachmentStorage
from attachments.transports.s3_storage import PART_BYTES, S3AttachmentStorage
from attachments.transports.scanner import EICAR
from correspondence_site.attachment_storage import storage_from_url
from tests.support.jobs import run_due_jobs
from tests.support.letters import as_form, described, letter, send_and_publish, uploaded

BUCKET = "letters"
LARGE = bytes(range(256)) * (PART_BYTES // 256) + b"the end"
NAME = "aa/bb/one/two"


@pytest.fixture(scope="module")
def s3_server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server, monkeypatch):
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-north-1",
    }.items():
        monkeypatch.setenv(name, value)
    resource = boto3.resource("s3")
    bucket = resource.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
    )
    yield bucket
    bucket.objects.delete()
    bucket.delete()


@pytest.fixture(params=["local", "s3"])
def storage(request, tmp_path):
    if request.param == "local":
        return LocalAttachmentStorage(location=str(tmp_path / "stored"))
    request.getfixturevalue("s3")
    return S3AttachmentStorage(**storage_from_url(f"s3://{BUCKET}/some/prefix")["OPTIONS"])


@pytest.fixture
def on_s3(s3, settings):
    """The whole service on S3."""
    settings.STORAGES = {**settings.STORAGES, "attachments": storage_from_url(f"s3://{BUCKET}/prefix")}
    return s3


def put(storage, data, name=NAME):
    with storage.receive(name) as receiver:
        for start in range(0, len(data), 1_000_000):
            receiver.write(data[start : start + 1_000_000])
        receiver.commit()


@pytest.mark.parametrize(
    "data", [b"x", b"", LARGE, LARGE * 2], ids=["one byte", "empty", "two parts", "three parts"]
)
def test_what_is_received_can_be_read(storage, data):
    put(storage, data)

    with storage.read(NAME) as stored:
        assert hashlib.md5(stored.read()).digest() == hashlib.md5(data).digest()
    assert list(storage.names()) == [NAME]


@pytest.mark.parametrize(("start", "length"), [(0, 4), (3, 1), (PART_BYTES - 2, 9), (PART_BYTES, None)])
def test_section_of_a_file(storage, start, length):
    put(storage, LARGE)

    with storage.read(NAME, start=start, length=length) as stored:
        assert stored.read() == LARGE[start : None if length is None else start + length]


def test_what_is_not_committed_is_not_there(storage):
    with storage.receive(NAME) as receiver:
        receiver.write(LARGE)

    assert not storage.exists(NAME)
    assert list(storage.names()) == []


def test_missing_file_is_file_not_found(storage):
    with pytest.raises(FileNotFoundError):
        storage.read(NAME)


def test_quarantine_moves_once(storage):
    put(storage, b"bad")

    assert [storage.quarantine(NAME), storage.quarantine(NAME)] == [f"quarantine/{NAME}"] * 2
    assert list(storage.names()) == [f"quarantine/{NAME}"]


def test_forgetting_and_deleting_are_no_errors_twice(storage):
    put(storage, b"x")

    for _ in range(2):
        storage.forget(NAME)
        storage.delete(NAME)

    assert list(storage.names()) == []


def test_unfinished_upload_is_forgotten(s3):
    storage = S3AttachmentStorage(**storage_from_url(f"s3://{BUCKET}")["OPTIONS"])
    storage.receive(NAME).__enter__()
    assert len(list(s3.multipart_uploads.all())) == 1

    storage.forget_parts("aa/bb/one")

    assert list(s3.multipart_uploads.all()) == []


def test_store_that_is_away_is_an_os_error(s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    storage = S3AttachmentStorage(**storage_from_url(f"s3://{BUCKET}")["OPTIONS"])

    with pytest.raises(OSError, match="cannot be reached"):
        storage.exists(NAME)


def test_letter_with_its_file_goes_all_the_way_on_s3(on_s3, sender, recipient):
    body = letter({"attachments": described("a.txt")})

    answer = sender.form("/correspondence/upload", as_form(body), [("a.txt", LARGE)]).json()
    run_due_jobs()

    url = f"/correspondence/{answer['correspondences'][0]['correspondenceId']}"
    recipient.get(url)
    whole = recipient.get(f"{url}/attachment/{answer['attachmentIds'][0]}/download")
    part = recipient.get(f"{url}/attachment/{answer['attachmentIds'][0]}/download", Range="bytes=-7")
    assert b"".join(whole.streaming_content) == LARGE
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"the end")


def test_refused_form_leaves_nothing_in_the_store(on_s3, sender):
    body = letter({"attachments": described("a.txt"), "messageTitle": "# x"})

    assert sender.form("/correspondence/upload", as_form(body), [("a.txt", LARGE)]).status_code == 400
    assert list(on_s3.objects.all()) == []
    assert list(on_s3.multipart_uploads.all()) == []


def test_upload_scan_and_purge_on_s3(on_s3, sender, recipient, settings):
    attachment = uploaded(sender, LARGE)
    stored = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    settings.CLAMD_URL = "simulated:"
    infected = sender.post(
        "/attachment", {"resourceId": "example-letters", "fileName": "b.txt", "sendersReference": "1"}
    ).json()
    sender.upload(f"/attachment/{infected}/upload", EICAR)
    run_due_jobs()

    recipient.delete(f"/correspondence/{stored.pk}/purge")
    run_due_jobs()

    (left,) = on_s3.objects.all()
    assert left.key.startswith("prefix/quarantine/")
    assert left.key == f"prefix/{Attachment.objects.get(pk=infected).storage_key}"
    assert list(find_orphans(lambda items, total, what: items)) == []


def test_django_itself_can_open_what_is_stored(storage):
    """Mails with attachments open them through the storage alias."""
    storage.save(NAME, io.BytesIO(b"x"))

    with storage.open(NAME) as stored:
        assert stored.read() == b"x"
