"""A recipient's downloads (attachments.md 2.6; api.md 9)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, MessageAttachment
from attachments.services.transitions import Actor, change_status
from tests.support.letters import in_days, letter, send, send_and_publish, statuses, uploaded


@pytest.fixture
def attachment(sender):
    return uploaded(sender, b"%PDF innhold", fileName="vedtak.pdf")


@pytest.fixture
def published(sender, attachment):
    return send_and_publish(sender, letter(existingAttachments=[str(attachment)]))


def download(client, letter_, attachment, **headers):
    return client.get(f"/correspondence/{letter_.pk}/attachment/{attachment}/download", **headers)


@pytest.mark.contract("api.md#9")
def test_picture_or_pdf_is_shown_inline(recipient, published, attachment):
    answer = download(recipient, published, attachment, Accept="image/png")

    assert (answer.status_code, answer.getvalue()) == (200, b"%PDF innhold")
    shown = {name: answer.headers.get(name) for name in ("Content-Type", "Content-Length", "Cache-Control")}
    assert shown == {"Content-Type": "application/pdf", "Content-Length": "12", "Cache-Control": "no-store"}
    assert answer.headers["Content-Disposition"] == "inline; filename*=UTF-8''vedtak.pdf"
    assert not {"ETag", "Last-Modified", "Accept-Ranges"} & set(answer.headers)


@pytest.mark.contract("attachments.md#2.6")
def test_each_download_is_a_row_and_hides_no_later_status(recipient, published, attachment):
    path = f"/correspondence/{published.pk}"
    for _ in range(2):
        download(recipient, published, attachment).getvalue()
    recipient.get(path)
    recipient.post(f"{path}/confirm")

    overview = recipient.get(path).json()

    assert statuses(published)[-3:] == ["AttachmentsDownloaded", "AttachmentsDownloaded", "Confirmed"]
    assert (overview["status"], str(attachment) in overview["statusText"]) == ("AttachmentsDownloaded", True)


def purge_the_letter(published, attachment, recipient):
    recipient.delete(f"/correspondence/{published.pk}/purge")


def expire_the_file(published, attachment, recipient):
    files = list(Attachment.objects.filter(pk=attachment))
    change_status(files, AttachmentStatus.EXPIRED, actor=Actor(), at=timezone.now())


def expire_the_use(published, attachment, recipient):
    MessageAttachment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.contract("attachments.md#2.6")
@pytest.mark.parametrize(
    ("happens", "refusal"),
    [(purge_the_letter, (404, 1001)), (expire_the_file, (400, 2020)), (expire_the_use, (400, 2020))],
)
def test_what_is_gone_is_refused(recipient, published, attachment, happens, refusal):
    happens(published, attachment, recipient)

    answer = download(recipient, published, attachment)

    assert (answer.status_code, answer.json()["errorCode"]) == refusal


def test_file_of_a_letter_that_is_not_published_is_unknown(sender, recipient, attachment):
    waiting = send(
        sender,
        letter(existingAttachments=[str(attachment)], correspondence={"requestedPublishTime": in_days(1)}),
    )

    answer = download(recipient, waiting, attachment)

    assert (answer.status_code, answer.json()["errorCode"]) == (404, 1001)
