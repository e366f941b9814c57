"""Files that are scanned, and the letters that wait for them (attachments.md 5; initialize.md 7.1)."""

import pytest
from django.core.files.storage import storages

from attachments.enums import AttachmentStatus, ScanResult
from attachments.models import Attachment
from attachments.services.scan import scan
from attachments.transports.scanner import EICAR, SimulatedScanner
from correspondence.models import Correspondence
from correspondence.services.retry_publishing import RetryRefused, retry_publishing
from correspondence.services.waiting import release_waiting
from journal.models import FollowUp, OutboundEvent
from notifications.models import Notification
from registry.models import User
from tests.support.jobs import run_due_jobs
from tests.support.letters import as_form, described, files_in, in_days, letter, statuses
from tests.support.world import PERSON

NOTIFIED = {"notification": {"notificationTemplate": "GenericAltinnMessage", "notificationChannel": "Email"}}
FILE = {"resourceId": "example-letters", "fileName": "notat.txt", "sendersReference": "a-1"}


@pytest.fixture(autouse=True)
def simulated(settings):
    settings.CLAMD_URL = "simulated:"


def send_with(sender, *files, **changes):
    """The letters of a request with these files."""
    body = letter({"attachments": described(*(name for name, _ in files))}, **changes)
    answer = sender.form("/correspondence/upload", as_form(body), files)
    assert answer.status_code == 200, answer.content
    items = answer.json()["correspondences"]
    return answer.json(), [Correspondence.objects.get(pk=item["correspondenceId"]) for item in items]


def upload(sender, data):
    identity = sender.post("/attachment", FILE).json()
    return identity, sender.upload(f"/attachment/{identity}/upload", data).json()


def event_types(instance):
    events = OutboundEvent.objects.filter(resource_instance=str(instance)).order_by("time", "pk")
    return [event.type.rpartition(".")[2] for event in events]


@pytest.mark.contract("attachments.md#8.2")
def test_upload_is_published_once_it_is_found_clean(sender):
    identity, answer = upload(sender, b"clean")
    assert (answer["status"], answer["checksum"]) == (
        "UploadProcessing",
        Attachment.objects.get().checksum,
    )

    run_due_jobs()

    details = sender.get(f"/attachment/{identity}/details").json()
    assert (details["status"], details["statusText"]) == ("Published", "Published")
    assert [row["status"] for row in details["statusHistory"]] == [
        "Initialized",
        "UploadProcessing",
        "Published",
    ]
    assert event_types(identity) == ["attachmentinitialized", "attachmentpublished"]


def test_letter_cannot_use_a_file_that_is_still_scanned(sender):
    identity, _ = upload(sender, b"clean")

    refused = sender.post("/correspondence", letter(existingAttachments=[identity]))
    run_due_jobs()
    accepted = sender.post("/correspondence", letter(existingAttachments=[identity]))

    assert (refused.json()["errorCode"], accepted.status_code) == (1018, 200)


@pytest.mark.contract("attachments.md#8.6")
def test_finding_fails_the_upload_and_nobody_gets_the_bytes(sender):
    identity, _ = upload(sender, EICAR)
    key = Attachment.objects.get().storage_key

    run_due_jobs()

    overview = sender.get(f"/attachment/{identity}").json()
    assert (overview["status"], overview["statusText"]) == (
        "Failed",
        "Not accepted by the scanner: Eicar-Test-Signature.",
    )
    attachment = Attachment.objects.get()
    assert (attachment.scan_result, attachment.storage_key) == (ScanResult.INFECTED, f"quarantine/{key}")
    assert storages["attachments"].exists(attachment.storage_key)
    assert not storages["attachments"].exists(key)
    assert event_types(identity)[-1] == "attachmentuploadfailed"
    assert FollowUp.objects.get().summary == "notat.txt: Eicar-Test-Signature"
    assert sender.upload(f"/attachment/{identity}/upload", b"again").json()["errorCode"] == 2005


@pytest.mark.contract("initialize.md#7.1")
def test_letter_waits_for_its_file_and_goes_at_once_when_it_is_clean(sender):
    answer, (stored,) = send_with(sender, ("a.txt", b"clean"))
    assert answer["correspondences"][0]["status"] == "Initialized"
    assert statuses(stored) == ["Initialized"]

    run_due_jobs()

    assert statuses(stored) == ["Initialized", "ReadyForPublish", "Published"]


@pytest.mark.contract("initialize.md#11")
def test_letter_with_one_bad_file_among_three_fails_with_the_reason(sender):
    _, (first, second) = send_with(
        sender,
        ("a.txt", b"clean"),
        ("b.txt", EICAR),
        ("c.txt", b"clean"),
        recipients=["0192:310654302", PERSON],
        correspondence=NOTIFIED,
    )

    run_due_jobs()

    for stored in (first, second):
        assert statuses(stored) == ["Initialized", "Failed"]
        shown = sender.get(f"/correspondence/{stored.pk}").json()
        assert shown["statusText"] == "The attachment b.txt holds malware."
        assert event_types(stored.pk) == ["correspondenceinitialized", "correspondencepublishfailed"]
    assert set(Notification.objects.values_list("state", flat=True)) == {"Order_Cancelled"}
    assert sorted(FollowUp.objects.values_list("kind", flat=True)) == [
        "failed-publish",
        "failed-publish",
        "infected-attachment",
    ]


def test_failed_letter_with_a_bad_file_cannot_be_tried_again(sender):
    _, (stored,) = send_with(sender, ("b.txt", EICAR))
    run_due_jobs()

    with pytest.raises(RetryRefused, match="attachment"):
        retry_publishing(letter=stored, operator=User.objects.create_user("kari"), reason="Please")


def test_clean_file_makes_a_later_letter_ready_and_leaves_it_its_time(sender):
    _, (stored,) = send_with(sender, ("a.txt", b"clean"), correspondence={"requestedPublishTime": in_days(1)})

    run_due_jobs()

    assert statuses(stored) == ["Initialized", "ReadyForPublish"]


def test_letter_waits_for_the_last_of_its_files(sender):
    _, (stored,) = send_with(sender, ("a.txt", b"clean"), ("b.txt", b"clean"))
    first, second = Attachment.objects.order_by("file_name")

    scan(attachment_id=first.pk)
    release_waiting(attachment_id=first.pk)
    assert statuses(stored) == ["Initialized"]

    scan(attachment_id=second.pk)
    release_waiting(attachment_id=second.pk)
    assert statuses(stored) == ["Initialized", "ReadyForPublish", "Published"]


def test_letter_purged_while_its_file_is_scanned_stays_purged(sender):
    _, (stored,) = send_with(sender, ("a.txt", b"clean"))

    assert sender.delete(f"/correspondence/{stored.pk}/purge").status_code == 200
    run_due_jobs()

    assert statuses(stored) == ["Initialized", "PurgedByAltinn"]
    assert Attachment.objects.get().status == AttachmentStatus.PURGED


def test_reserved_recipient_stays_reserved_whatever_the_scan_finds(sender):
    answer, _ = send_with(sender, ("b.txt", EICAR), recipients=["0192:310654302", "08900499559"])

    run_due_jobs()

    assert answer["correspondences"][1]["status"] == "Reserved"
    statuses_by_recipient = Correspondence.objects.order_by("pk").values_list("status", flat=True)
    assert sorted(statuses_by_recipient) == [10, 11]


def test_infected_file_purged_while_it_is_scanned_leaves_nothing(sender, own_storage, monkeypatch):
    identity, _ = upload(sender, EICAR)
    scan_bytes = SimulatedScanner.scan

    def purged_meanwhile(self, stored, *, file_name):
        sender.delete(f"/attachment/{identity}")
        return scan_bytes(self, stored, file_name=file_name)

    monkeypatch.setattr(SimulatedScanner, "scan", purged_meanwhile)

    run_due_jobs()

    assert Attachment.objects.get().status == AttachmentStatus.PURGED
    assert files_in(own_storage) == []


def test_scan_runs_twice_without_harm(sender):
    identity, _ = upload(sender, EICAR)

    scan(attachment_id=identity)
    scan(attachment_id=identity)

    assert FollowUp.objects.count() == 1
    assert event_types(identity) == ["attachmentinitialized", "attachmentuploadfailed"]


def test_scan_that_was_interrupted_after_the_bytes_were_moved_goes_on(sender):
    identity, _ = upload(sender, EICAR)
    storages["attachments"].quarantine(Attachment.objects.get().storage_key)

    scan(attachment_id=identity)

    assert Attachment.objects.get().status == AttachmentStatus.FAILED


def test_file_that_waits_when_scanning_is_switched_off_is_published(sender, settings):
    identity, _ = upload(sender, b"clean")
    settings.CLAMD_URL = ""

    run_due_jobs()

    assert sender.get(f"/attachment/{identity}").json()["status"] == "Published"


def test_name_may_ask_for_a_slow_scan(sender, monkeypatch):
    waited = []
    monkeypatch.setattr("attachments.transports.scanner.time.sleep", waited.append)
    send_with(sender, ("scan-delay-5.pdf", b"clean"))

    run_due_jobs()

    assert waited == [5]
