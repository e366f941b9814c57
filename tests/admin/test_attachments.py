"""Attachments as operators see them, and who may take their bytes."""

import pytest
from django.test import Client

from attachments.models import Attachment
from registry.models import AuditEntry, User
from registry.services.operators import ensure_supervisors_group
from tests.support.letters import letter, send_and_publish, uploaded

LIST = "/admin/attachments/attachment/"


@pytest.fixture
def attachment(sender):
    return Attachment.objects.get(pk=uploaded(sender, b"the bytes", fileName="Vedtak om støtte.txt"))


@pytest.fixture
def supervisor(db):
    user = User.objects.create_user("supervisor", is_staff=True)
    user.groups.add(ensure_supervisors_group())
    client = Client()
    client.force_login(user)
    return client


def page(attachment):
    return f"{LIST}{attachment.pk}/change/"


def download(attachment):
    return f"{LIST}{attachment.pk}/download/"


@pytest.mark.parametrize("term", ["vedtak om", "VEDTAK", "991825827", "{checksum}", "{pk}"])
def test_found_by_name_checksum_owner_and_id(desk, attachment, term):
    answer = desk.get(LIST, {"q": term.format(checksum=attachment.checksum, pk=attachment.pk)})

    assert "Vedtak om støtte.txt" in answer.content.decode()


def test_not_found_by_what_it_is_not(desk, attachment):
    assert "Vedtak om støtte.txt" not in desk.get(LIST, {"q": "støtte"}).content.decode()


def test_list_says_plainly_that_files_are_not_scanned(desk, attachment, settings):
    sentence = "Files are not scanned for malware"
    assert sentence in desk.get(LIST).content.decode()

    settings.CLAMD_URL = "tcp://127.0.0.1:3310"
    assert sentence not in desk.get(LIST).content.decode()


def test_page_shows_who_got_it_and_why_it_waits(desk, sender, attachment):
    send_and_publish(sender, letter(existingAttachments=[str(attachment.pk)]))
    waiting = Attachment.objects.create(
        file_name="waiting.txt",
        resource_id="example-letters",
        owner_org="991825827",
        sender_urn="x",
        senders_reference="1",
        status=1,
        storage_key="aa/waiting",
        scan_note="The scanner cannot be reached: refused.",
    )

    assert "RASK FALK AS" in desk.get(page(attachment)).content.decode()
    assert "The scanner cannot be reached: refused." in desk.get(page(waiting)).content.decode()


def test_operators_of_other_roles_get_no_bytes(desk, attachment):
    assert desk.get(download(attachment)).status_code == 403
    assert desk.post(download(attachment), {"reason": "curious"}).status_code == 403
    assert download(attachment) not in desk.get(page(attachment)).content.decode()


def test_supervisor_takes_the_bytes_with_a_reason_that_is_recorded(supervisor, attachment):
    assert download(attachment) in supervisor.get(page(attachment)).content.decode()
    assert "audit trail" in supervisor.get(download(attachment)).content.decode()

    answer = supervisor.post(download(attachment), {"reason": "The recipient says that it is empty."})

    assert b"".join(answer.streaming_content) == b"the bytes"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Vedtak%20om")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.operator.username, entry.reason) == (
        "attachment.download",
        str(attachment.pk),
        "supervisor",
        "The recipient says that it is empty.",
    )


@pytest.mark.parametrize("reason", ["", "   "])
def test_no_reason_no_bytes(supervisor, attachment, reason):
    answer = supervisor.post(download(attachment), {"reason": reason})

    assert (answer.status_code, answer.streaming) == (200, False)
    assert not AuditEntry.objects.exists()


def test_gone_and_infected_files_are_not_handed_out(supervisor, sender, attachment):
    Attachment.objects.filter(pk=attachment.pk).update(scan_result="infected")
    infected = supervisor.post(download(attachment), {"reason": "why"}, follow=True)
    Attachment.objects.filter(pk=attachment.pk).update(scan_result="clean")
    sender.delete(f"/attachment/{attachment.pk}")
    gone = supervisor.post(download(attachment), {"reason": "why"}, follow=True)

    assert "quarantine" in infected.content.decode()
    assert "has been purged" in gone.content.decode()
    assert not AuditEntry.objects.exists()
