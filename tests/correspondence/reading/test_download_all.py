"""All attachments as one zip (attachments.md 2.7; api.md 9)."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest
from django.utils import timezone

from attachments.models import Attachment, MessageAttachment
from correspondence.services.archive import archive_name, entry_names
from tests.support.clients import Client
from tests.support.letters import letter, send_and_publish, statuses, uploaded


@pytest.fixture
def files(sender):
    return {
        "notat.txt": uploaded(sender, b"one" * 50_000, fileName="notat.txt"),
        "NOTAT.txt": uploaded(sender, b"two", fileName="NOTAT.txt"),
        "søknad.pdf": uploaded(sender, b"three", fileName="søknad.pdf"),
    }


@pytest.fixture
def published(sender, files):
    attachments = [str(identity) for identity in files.values()]
    return send_and_publish(sender, letter(existingAttachments=attachments))


def download_all(client, letter_):
    return client.get(f"/correspondence/{letter_.pk}/attachments/downloadall")


@pytest.mark.contract("attachments.md#2.7")
def test_zip_holds_every_file_under_a_name_of_its_own(recipient, published):
    answer = download_all(recipient, published)

    data = answer.getvalue()
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == {
            "notat.txt": b"one" * 50_000,
            "NOTAT(1).txt": b"two",
            "søknad.pdf": b"three",
        }
        assert {info.compress_type for info in archive.infolist()} == {ZIP_STORED}
    assert answer.headers["Content-Length"] == str(len(data))
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''vedtak-i-saken-din.zip"


def test_zip_is_one_row_in_the_history(recipient, published):
    download_all(recipient, published).getvalue()

    row = published.status_events.latest("pk")
    assert statuses(published)[-2:] == ["Published", "AttachmentsDownloaded"]
    assert (row.attachment_id, row.text) == (None, "All attachments were downloaded.")


def test_owners_zip_leaves_no_trace(published):
    owner = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.read")

    assert download_all(owner, published).status_code == 200
    assert statuses(published)[-1] == "Published"


def purge_the_letter(published, recipient):
    recipient.delete(f"/correspondence/{published.pk}/purge")


def expire_one_use(published, recipient):
    use = MessageAttachment.objects.latest("position")
    MessageAttachment.objects.filter(pk=use.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def reach_the_limit(published, recipient):
    Attachment.objects.filter(file_name="notat.txt").update(size=2_000_000_000 - 7)


def put_away_the_files(published, recipient):
    MessageAttachment.objects.all().delete()


@pytest.mark.contract("attachments.md#2.7")
@pytest.mark.parametrize(
    ("happens", "refusal"),
    [
        (purge_the_letter, (404, 1001)),
        (expire_one_use, (400, 2020)),
        (reach_the_limit, (400, 2023)),
        (put_away_the_files, (404, 2001)),
    ],
)
def test_zip_is_all_or_nothing(recipient, published, happens, refusal):
    happens(published, recipient)

    answer = download_all(recipient, published)

    assert (answer.status_code, answer.json()["errorCode"]) == refusal


def test_stranger_gets_no_zip(stranger, published):
    answer = download_all(stranger, published)

    assert (answer.status_code, answer.json()["errorCode"]) == (401, 4001)


@pytest.mark.contract("api.md#9")
def test_entry_names_are_cut_to_255_bytes_with_their_extension():
    long = "ø" * 200 + ".pdf"

    first, second = entry_names([long, long.upper()])

    assert (len(first.encode()), first[-6:]) == (254, "øø.pdf")
    assert (len(second.encode()), second[-7:]) == (255, "(1).PDF")


@pytest.mark.contract("api.md#9")
@pytest.mark.parametrize(
    ("title", "name"),
    [
        (" Vedtak  i saken – din ", "vedtak-i-saken-din.zip"),
        ("æøå", "correspondence-attachments.zip"),
        ("Con", "correspondence-attachments-con.zip"),
        ("x" * 120, "x" * 100 + ".zip"),
    ],
)
def test_zip_is_named_after_the_title(title, name):
    assert archive_name(title) == name
