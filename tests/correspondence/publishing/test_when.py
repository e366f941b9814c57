"""What a letter waits for, and what must not keep others waiting (lifecycle.md 2.2, 2.7; design.md points 5, 18)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.models import Attachment, MessageAttachment
from attachments.services.transitions import Actor, change_status
from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.publish import publish_overdue
from registry.enums import ActorKind
from registry.models import PartyRole
from tests.support.letters import letter, publish, send, send_and_publish, statuses, uploaded
from tests.support.world import RESERVED, SUB_UNIT

CONFIDENTIAL = {"resourceId": "example-confidential", "isConfidential": True}


def put_announced_file_on(letter_, sender):
    """As a letter has it that was sent together with its files, before they are scanned."""
    body = {"resourceId": "example-letters", "fileName": "notat.txt", "sendersReference": "a-1"}
    MessageAttachment.objects.create(
        message=letter_.message,
        attachment=Attachment.objects.get(pk=sender.post("/attachment", body).json()),
        position=0,
        created_at=timezone.now(),
    )


def make_overdue():
    Correspondence.objects.update(requested_publish_time=timezone.now() - timedelta(minutes=1))


def test_message_is_walked_in_chunks(sender, settings, monkeypatch):
    settings.REGISTRY_AUTO_PROVISION = True
    monkeypatch.setattr("correspondence.services.publish.CHUNK", 2)
    body = letter(recipients=[f"0192:{940_000_000 + n}" for n in range(5)])

    message = send_and_publish(sender, body).message

    assert message.correspondences.filter(status=CorrespondenceStatus.PUBLISHED).count() == 5


@pytest.mark.contract("lifecycle.md#2.2")
def test_letter_waits_for_a_file_that_is_not_published(sender):
    waiting = send(sender)
    put_announced_file_on(waiting, sender)

    publish(waiting)

    assert statuses(waiting) == ["Initialized", "ReadyForPublish"]


@pytest.mark.contract("lifecycle.md#2.2")
def test_letter_does_not_wait_for_a_file_that_has_expired(sender):
    attachment = uploaded(sender)
    stored = send(sender, letter(existingAttachments=[str(attachment)]))
    expiring = list(Attachment.objects.filter(pk=attachment))
    change_status(expiring, AttachmentStatus.EXPIRED, actor=Actor(), at=timezone.now())

    publish(stored)

    assert statuses(stored) == ["Initialized", "ReadyForPublish", "Published"]


def test_safety_net_leaves_alone_what_waits_for_its_files(sender):
    waiting, lost = send(sender), send(sender)
    put_announced_file_on(waiting, sender)
    make_overdue()

    publish_overdue()

    assert (statuses(waiting)[-1], statuses(lost)[-1]) == ("ReadyForPublish", "Published")


def test_safety_net_goes_on_after_a_message_that_cannot_be_published(sender):
    broken, lost = send(sender), send(sender)
    StatusEvent.objects.create(  # a second Published event is refused by the database
        correspondence=broken,
        status=CorrespondenceStatus.PUBLISHED,
        text="Published",
        at=timezone.now(),
        actor_kind=ActorKind.SYSTEM,
    )
    make_overdue()

    publish_overdue()

    broken.refresh_from_db()
    assert (broken.published_at, statuses(lost)[-1]) == (None, "Published")


@pytest.mark.contract("lifecycle.md#2.7")
def test_reserved_letter_rests_in_reserved(sender):
    reserved = send(sender, letter(recipients=[RESERVED, "0192:310654302"]))

    publish(reserved)

    assert statuses(reserved) == ["Initialized", "Reserved"]
    assert sender.delete(f"/correspondence/{reserved.pk}/purge").json()["errorCode"] == 1013


def test_reservation_can_be_ignored(sender):
    body = letter(recipients=[RESERVED], correspondence={"ignoreReservation": True})

    assert statuses(send_and_publish(sender, body))[-1] == "Published"


@pytest.mark.contract("lifecycle.md#10.5")
def test_sub_unit_is_judged_by_the_roles_of_its_main_unit(sender, world):
    """HP03"""
    body = letter(correspondence=CONFIDENTIAL, recipients=[f"0192:{SUB_UNIT}"])
    with_roles = send_and_publish(sender, body)
    without = send(sender, body)
    PartyRole.objects.all().delete()

    publish(without)

    assert (statuses(with_roles)[-1], statuses(without)[-1]) == ("Published", "Failed")


@pytest.mark.contract("lifecycle.md#10.3")
def test_transmission_has_its_id_once_published_and_cannot_be_purged_then(sender, recipient):
    """LD08"""
    host = send_and_publish(sender)
    reference = {"referenceType": "DialogportenDialogId", "referenceValue": str(host.dialog_id)}
    body = letter(correspondence={"externalReferences": [reference]})
    withdrawn, transmission = send(sender, body), send_and_publish(sender, body)

    answers = [
        sender.delete(f"/correspondence/{withdrawn.pk}/purge"),
        sender.delete(f"/correspondence/{transmission.pk}/purge"),
        recipient.delete(f"/correspondence/{transmission.pk}/purge"),
    ]

    assert [
        answer.json() if answer.status_code == 200 else answer.json()["errorCode"] for answer in answers
    ] == [
        str(withdrawn.pk),
        1043,
        1043,
    ]
    assert recipient.get(f"/correspondence/{transmission.pk}").json()["externalReferences"] == [
        {"referenceValue": str(host.dialog_id), "referenceType": "DialogportenDialogId"},
        {
            "referenceValue": str(transmission.transmission_id),
            "referenceType": "DialogportenTransmissionId",
        },
    ]
