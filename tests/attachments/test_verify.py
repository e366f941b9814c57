"""`manage.py verify_attachments` (attachments.md 9, no. 6)."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from attachments.models import Attachment, IncomingFile
from tests.support.letters import uploaded


def verify():
    output = io.StringIO()
    call_command("verify_attachments", stdout=output)
    return output.getvalue()


def problems():
    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_attachments", stdout=output)
    return sorted(output.getvalue().splitlines())


@pytest.fixture
def attachment(sender, own_storage):
    return Attachment.objects.get(pk=uploaded(sender, b"whole"))


def test_everything_is_as_it_should_be(attachment):
    assert verify().startswith("Every stored file is as it should be")


def test_changed_shortened_and_missing_files_are_named(sender, attachment, own_storage):
    changed, shortened, missing = (
        attachment,
        *(Attachment.objects.get(pk=uploaded(sender, b"whole")) for _ in "ab"),
    )
    (own_storage / changed.storage_key).write_bytes(b"other")
    (own_storage / shortened.storage_key).write_bytes(b"who")
    (own_storage / missing.storage_key).unlink()

    found = dict(line.split(": ", 1) for line in problems())

    assert found[str(changed.pk)].startswith("has the MD5")
    assert found[str(shortened.pk)] == "has 3 bytes instead of 5"
    assert found[str(missing.pk)] == "is not stored"


def test_stored_files_that_belong_to_nobody_are_named(attachment, own_storage):
    (own_storage / "aa").mkdir()
    (own_storage / "aa/stray").write_bytes(b"x")
    (own_storage / "aa/stray.part").write_bytes(b"x")

    assert problems() == ["aa/stray.part: belongs to no attachment", "aa/stray: belongs to no attachment"]


def test_files_under_way_are_nobodys_problem(attachment, own_storage):
    IncomingFile.objects.create(request_id=attachment.pk, storage_key="aa/coming", seen_at=timezone.now())
    (own_storage / "aa").mkdir()
    (own_storage / "aa/coming.part").write_bytes(b"x")

    verify()


def test_file_of_a_purged_attachment_is_named_until_it_is_removed(sender, attachment):
    sender.delete(f"/attachment/{attachment.pk}")

    assert problems() == [
        f"{attachment.storage_key}: its attachment is gone, and the job that removes it has not run"
    ]
