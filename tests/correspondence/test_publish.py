"""Publishing: at its time, in sets, exactly once (lifecycle.md 2; design.md points 3, 5)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.publish import publish_message, publish_overdue
from correspondence.services.retry_publishing import RetryRefused, retry_publishing
from journal.models import FollowUp, OutboundEvent
from notifications.models import Notification
from registry.models import Party, Reservation, User
from tests.support.letters import letter, publish, send, send_and_publish, statuses
from tests.support.parallel import at_once
from tests.support.world import PERSON

NOTIFIED = {"notification": {"notificationTemplate": "GenericAltinnMessage", "notificationChannel": "Email"}}


def companies(count):
    numbers = [f"{920_000_000 + n}" for n in range(count)]
    Party.objects.bulk_create(
        Party(
            kind="organization",
            org_number=number,
            urn=f"urn:altinn:organization:identifier-no:{number}",
            display_name="TEST AS",
        )
        for number in numbers
    )
    return [f"0192:{number}" for number in numbers]


def events(letter_):
    found = OutboundEvent.objects.filter(resource_instance=str(letter_.pk)).order_by("pk")
    return list(found.values_list("type", "subject"))


def test_due_letter_is_published_with_history_and_event_to_the_recipient(sender):
    published = send_and_publish(sender)

    assert (published.status, published.published_at is not None) == (CorrespondenceStatus.PUBLISHED, True)
    assert statuses(published) == ["Initialized", "ReadyForPublish", "Published"]
    assert events(published)[-1] == ("correspondencepublished", published.recipient_urn)


def test_letter_for_tomorrow_waits(sender):
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    waiting = publish(send(sender, letter(correspondence={"requestedPublishTime": tomorrow})))

    assert (waiting.status, waiting.published_at) == (CorrespondenceStatus.READY_FOR_PUBLISH, None)


def test_second_job_publishes_nothing_again(sender):
    published = send_and_publish(sender)

    assert publish_message(message_id=published.message_id) == 0
    assert statuses(published).count("Published") == 1


def test_letter_purged_before_its_time_is_never_published(sender):
    purged = send(sender, letter(correspondence=NOTIFIED))
    sender.delete(f"/correspondence/{purged.pk}/purge")

    publish(purged)

    purged.refresh_from_db()
    assert (purged.status, purged.published_at) == (CorrespondenceStatus.PURGED_BY_ALTINN, None)
    assert [event for event, _ in events(purged)] == ["correspondenceinitialized", "correspondencepurged"]
    assert set(Notification.objects.values_list("state", flat=True)) == {"Order_Cancelled"}


def test_publishing_releases_the_notifications(sender):
    send_and_publish(sender, letter(correspondence=NOTIFIED))

    assert Notification.objects.filter(released_at__isnull=False).count() == 1


def reserve(person):
    Reservation.objects.create(person=person, reserved=True)


def vanish(person):
    Party.objects.filter(pk=person.pk).update(urn=f"{person.urn}-gone")


@pytest.mark.parametrize(
    ("happens", "reason"), [(reserve, "has reserved"), (vanish, "is not in the register")]
)
def test_letter_that_cannot_be_published_fails_with_its_reason_and_a_follow_up(
    sender, world, happens, reason
):
    failing = send(sender, letter(recipients=[PERSON]))
    happens(world.person)

    publish(failing)

    assert failing.status == CorrespondenceStatus.FAILED
    assert reason in failing.status_events.latest("pk").text
    assert events(failing)[-1] == ("correspondencepublishfailed", failing.message.sender_urn)
    assert reason in FollowUp.objects.open().get(correspondence=failing).summary


def test_confidential_letter_fails_when_the_last_role_is_gone(sender, world):
    """HP01"""
    confidential = {"resourceId": "example-confidential", "isConfidential": True}
    failing = send(sender, letter(correspondence=confidential))
    world.company.roles_held_by_others.all().delete()

    publish(failing)

    assert "role" in failing.status_events.latest("pk").text


def test_operator_retries_a_failed_letter_with_a_reason(sender, world):
    failing = send(sender, letter(recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)
    publish(failing)
    Reservation.objects.all().delete()
    operator = User.objects.create_user("kari")

    retry_publishing(letter=failing, operator=operator, reason="The reservation was a mistake.")
    publish(failing)

    assert (failing.status, failing.round) == (CorrespondenceStatus.PUBLISHED, 1)
    assert statuses(failing) == ["Initialized", "ReadyForPublish", "Failed", "ReadyForPublish", "Published"]
    assert not FollowUp.objects.open().exists()


def test_published_letter_is_not_retried(sender):
    published = send_and_publish(sender)

    with pytest.raises(RetryRefused):
        retry_publishing(letter=published, operator=User.objects.create_user("kari"), reason="Why not")


def test_letter_whose_job_was_lost_is_published_by_the_safety_net(sender):
    lost = send(sender)
    Correspondence.objects.update(requested_publish_time=timezone.now() - timedelta(minutes=1))

    publish_overdue()

    lost.refresh_from_db()
    assert lost.published_at is not None


@pytest.mark.parametrize("recipients", [1, 500])
def test_publish_query_count_does_not_grow_with_recipients(sender, recipients, django_assert_num_queries):
    numbers = companies(recipients)
    body = letter(correspondence=NOTIFIED, recipients=numbers)
    identity = sender.post("/correspondence", body).json()["correspondences"][0]["correspondenceId"]
    message_id = Correspondence.objects.get(pk=identity).message_id

    # message, attachments, chunk, parties; savepoint, update, history, events, notifications and their orders, job,
    # follow-ups, release of the savepoint; the empty chunk that ends the loop
    with django_assert_num_queries(14):
        published = publish_message(message_id=message_id)

    assert published == recipients


def test_parallel_jobs_publish_each_letter_once(committed, sender):
    body = letter(recipients=companies(50))
    identity = sender.post("/correspondence", body).json()["correspondences"][0]["correspondenceId"]
    message_id = Correspondence.objects.get(pk=identity).message_id
    counts = at_once(*[lambda: publish_message(message_id=message_id)] * 4)

    assert sum(counts) == 50
    assert StatusEvent.objects.filter(status=CorrespondenceStatus.PUBLISHED).count() == 50


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"status": CorrespondenceStatus.PUBLISHED}, "correspondence_published_coherence"),
        ({"status": CorrespondenceStatus.FETCHED}, "correspondence_fetched_is_never_shown"),
        ({"status": 99}, "correspondence_status_valid"),
        ({"purged_by": "sender"}, "correspondence_purged_coherence"),
        ({"purged_at": timezone.now(), "purged_by": "sender"}, "correspondence_purge_wins"),
    ],
)
def test_database_refuses_what_the_model_forbids(sender, change, constraint):
    stored = send(sender)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Correspondence.objects.filter(pk=stored.pk).update(**change)


def test_database_refuses_to_change_history(sender):
    stored = send(sender)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stored.status_events.update(text="something else")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stored.status_events.all().delete()


def test_database_refuses_a_second_published_event(sender):
    published = send_and_publish(sender)
    event = published.status_events.get(status=CorrespondenceStatus.PUBLISHED)
    event.pk = None

    with pytest.raises(IntegrityError, match="status_event_once"), transaction.atomic():
        event.save(force_insert=True)
