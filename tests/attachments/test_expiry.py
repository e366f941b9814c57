"""When files end (attachments.md 6), and what is left of uploads whose process died."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, MessageAttachment
from attachments.services.expire import expire_due
from attachments.services.upload import release_abandoned
from journal.models import OutboundEvent
from tests.support.jobs import run_due_jobs
from tests.support.letters import files_in, letter, send, send_and_publish, uploaded

FILE = {"resourceId": "example-letters", "fileName": "notat.txt", "sendersReference": "a-1"}


def use(sender, *attachments):
    return send_and_publish(sender, letter(existingAttachments=[str(identity) for identity in attachments]))


def later(monkeypatch, **delta):
    now = timezone.now() + timedelta(**delta)
    monkeypatch.setattr(timezone, "now", lambda: now)


def status(identity):
    return AttachmentStatus(Attachment.objects.get(pk=identity).status).wire_name


@pytest.mark.contract("attachments.md#6.2")
def test_file_expires_with_its_last_use(sender, recipient, own_storage, monkeypatch):
    attachment = uploaded(sender, expirationInDays=2)
    stored = use(sender, attachment)

    later(monkeypatch, days=1)
    assert expire_due() == 0
    later(monkeypatch, days=1, minutes=1)
    assert expire_due() == 1
    run_due_jobs()

    assert (status(attachment), files_in(own_storage)) == ("Expired", [])
    events = OutboundEvent.objects.filter(resource_instance=str(attachment)).values_list("type", flat=True)
    assert "attachmentexpired" in events
    answer = recipient.get(f"/correspondence/{stored.pk}/attachment/{attachment}/download")
    assert answer.json()["errorCode"] == 2020
    assert expire_due() == 0


@pytest.mark.contract("attachments.md#6.2")
def test_unused_file_does_not_expire(sender, monkeypatch):
    attachment = uploaded(sender, expirationInDays=1)

    later(monkeypatch, days=100)

    assert (expire_due(), status(attachment)) == (0, "Published")


@pytest.mark.contract("attachments.md#6.2")
def test_later_use_keeps_the_file(sender, monkeypatch):
    attachment = uploaded(sender, expirationInDays=2)
    use(sender, attachment)
    later(monkeypatch, days=1)
    use(sender, attachment)

    later(monkeypatch, days=1, hours=1)
    assert expire_due() == 0
    later(monkeypatch, days=1)
    assert (expire_due(), status(attachment)) == (1, "Expired")


@pytest.mark.contract("attachments.md#6.2")
def test_purge_of_a_use_without_end_lets_the_file_expire(sender, recipient, monkeypatch):
    """Upstream keeps such a file for ever: its other use ended while this one still had no end."""
    attachment = uploaded(sender, expirationInDays=1)
    use(sender, attachment)
    endless = use(sender, attachment)
    MessageAttachment.objects.filter(message=endless.message_id).update(expires_at=None)
    Attachment.objects.update(expires_at=None)
    later(monkeypatch, days=2)
    assert expire_due() == 0

    recipient.delete(f"/correspondence/{endless.pk}/purge")

    assert (expire_due(), status(attachment)) == (1, "Expired")


@pytest.mark.contract("attachments.md#6.3")
def test_letter_cannot_use_a_file_that_ends_within_six_hours(sender, monkeypatch):
    attachment = uploaded(sender, expirationInDays=1)
    use(sender, attachment)
    later(monkeypatch, hours=19)

    answer = sender.post("/correspondence", letter(existingAttachments=[str(attachment)]))

    assert answer.json()["errorCode"] == 1055


def test_letter_waiting_for_its_time_keeps_its_file_until_then(sender, monkeypatch):
    attachment = uploaded(sender, expirationInDays=1)
    publish_time = (timezone.now() + timedelta(days=10)).isoformat()
    send(
        sender,
        letter(correspondence={"requestedPublishTime": publish_time}, existingAttachments=[str(attachment)]),
    )

    later(monkeypatch, days=10, hours=23)
    assert expire_due() == 0
    later(monkeypatch, hours=2)
    assert expire_due() == 1


def test_upload_whose_process_died_is_released(sender, own_storage, monkeypatch):
    identity = sender.post("/attachment", FILE).json()
    attachment = Attachment.objects.get(pk=identity)
    Attachment.objects.filter(pk=identity).update(
        status=AttachmentStatus.UPLOAD_PROCESSING, upload_id=identity, upload_seen_at=timezone.now()
    )
    name = str(identity)
    part = own_storage / name[-2:] / name[-4:-2] / name / f"{identity}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")

    release_abandoned()
    assert part.exists(), "it may still be arriving"
    later(monkeypatch, minutes=10)
    release_abandoned()

    attachment.refresh_from_db()
    assert (status(identity), attachment.upload_id, files_in(own_storage)) == ("Failed", None, [])
    assert sender.upload(f"/attachment/{identity}/upload", b"again").json()["status"] == "Published"
