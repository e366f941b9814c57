"""Letters that fail, and what an operator can do about them (lifecycle.md 2.6; design.md point 5)."""

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from attachments.enums import AttachmentStatus
from attachments.models import Attachment
from attachments.services.transitions import Actor, change_status
from correspondence.models import StatusEvent
from correspondence.services.retry_publishing import RetryRefused, retry_publishing
from journal.models import FollowUp
from notifications.models import Notification
from registry.models import AuditEntry, Party, Reservation, User
from tests.support.clients import Client
from tests.support.letters import letter, publish, send, send_and_publish, statuses, uploaded
from tests.support.world import PERSON

NOTIFIED = {"notification": {"notificationTemplate": "GenericAltinnMessage", "notificationChannel": "Email"}}


@pytest.fixture
def operator(db):
    return User.objects.create_user("kari")


@pytest.fixture
def failed(sender, world):
    stored = send(sender, letter(correspondence=NOTIFIED, recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)
    return publish(stored)


@pytest.mark.contract("lifecycle.md#2.6")
def test_failed_letter_is_not_shown_to_its_recipient_and_nothing_is_sent(failed, sender):
    person = Client.person(PERSON, "altinn:correspondence.read")

    answer = person.get(f"/correspondence/{failed.pk}")

    shown = sender.get(f"/correspondence/{failed.pk}").json()
    assert (answer.status_code, answer.json()["errorCode"]) == (404, 1001)
    assert (shown["status"], shown["published"]) == ("Failed", None)
    assert shown["statusText"] == "The recipient has reserved against digital communication."
    assert set(Notification.objects.values_list("state", flat=True)) == {"Order_Cancelled"}


@pytest.mark.contract("lifecycle.md#2.4")
def test_letter_that_fails_when_its_recipient_asks_for_it_is_unknown(sender, world):
    stored = send(sender, letter(recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)

    answer = Client.person(PERSON, "altinn:correspondence.read").get(f"/correspondence/{stored.pk}")

    assert (answer.status_code, answer.json()["errorCode"]) == (404, 1001)
    assert statuses(stored)[-1] == "Failed"


@pytest.mark.contract("lifecycle.md#2.3")
def test_letter_fails_whose_sender_has_left_the_register(sender, world):
    stored = send(sender)
    Party.objects.filter(pk=world.owner.pk).update(urn=f"{world.owner.urn}-gone")

    publish(stored)

    assert stored.status_events.latest("pk").text == "The sender is not in the register."


def test_sender_may_withdraw_a_failed_letter_which_settles_its_follow_up(failed, sender):
    assert FollowUp.objects.open().count() == 1

    sender.delete(f"/correspondence/{failed.pk}/purge")

    assert (statuses(failed)[-1], FollowUp.objects.open().count()) == ("PurgedByAltinn", 0)


def test_retry_names_the_operator_and_queues_the_job(failed, operator):
    before = ProcrastinateJob.objects.count()

    retry_publishing(letter=failed, operator=operator, reason=" It was a mistake. ")

    event = StatusEvent.objects.latest("pk")
    assert (event.operator, event.reason, event.round) == (operator, "It was a mistake.", 1)
    assert AuditEntry.objects.get().reason == "It was a mistake."
    assert ProcrastinateJob.objects.count() == before + 1


def test_retry_that_fails_again_says_so_in_its_own_round(failed, operator):
    retry_publishing(letter=failed, operator=operator, reason="Once more.")
    publish(failed)

    rounds = list(failed.status_events.order_by("pk").values_list("round", flat=True))
    assert statuses(failed) == ["Initialized", "ReadyForPublish", "Failed", "ReadyForPublish", "Failed"]
    assert rounds == [0, 0, 0, 1, 1]
    assert FollowUp.objects.open().count() == 1


def test_letter_that_is_published_after_all_is_told_about(failed, operator):
    Reservation.objects.all().delete()
    retry_publishing(letter=failed, operator=operator, reason="The reservation was a mistake.")
    publish(failed)

    notification = Notification.objects.get()
    assert (notification.state, notification.released_at) == ("Order_Registered", failed.published_at)


def test_retry_is_refused_without_a_reason(failed, operator):
    with pytest.raises(RetryRefused, match="reason"):
        retry_publishing(letter=failed, operator=operator, reason=" ")


def test_retry_is_refused_for_a_purged_letter(failed, operator, sender):
    sender.delete(f"/correspondence/{failed.pk}/purge")

    with pytest.raises(RetryRefused, match="purged"):
        retry_publishing(letter=failed, operator=operator, reason="Once more.")


def test_retry_is_refused_without_its_files(sender, world, operator):
    attachment = uploaded(sender)
    stored = send(sender, letter(recipients=[PERSON], existingAttachments=[str(attachment)]))
    Reservation.objects.create(person=world.person, reserved=True)
    publish(stored)
    expiring = list(Attachment.objects.filter(pk=attachment))
    change_status(expiring, AttachmentStatus.EXPIRED, actor=Actor(), at=timezone.now())

    with pytest.raises(RetryRefused, match="attachment"):
        retry_publishing(letter=stored, operator=operator, reason="Once more.")


def test_only_the_failed_of_a_message_are_tried_again(sender, world, operator):
    body = letter(recipients=[PERSON, "0192:310654302"])
    failing = send(sender, body)
    Reservation.objects.create(person=world.person, reserved=True)
    publish(failing)
    Reservation.objects.all().delete()
    other = failing.message.correspondences.exclude(pk=failing.pk).get()

    retry_publishing(letter=failing, operator=operator, reason="The reservation was a mistake.")
    publish(failing)

    assert statuses(failing)[-1] == "Published"
    assert statuses(other) == ["Initialized", "ReadyForPublish", "Published"]


def test_letter_that_is_published_keeps_its_notifications_for_later(sender):
    send_and_publish(sender, letter(correspondence=NOTIFIED))

    assert set(Notification.objects.values_list("state", flat=True)) == {"Order_Registered"}
