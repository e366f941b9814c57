"""The way from an event to its subscribers with a real worker, and what the clock queues."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from journal.enums import EventDeliveryState
from journal.jobs import DELIVER_EVENTS
from journal.models import EventDelivery, EventSubscription
from journal.services.event_dispatch import dispatch_events
from tests.support.events import happened, receiver, subscription
from tests.support.processes import eventually, start_worker, worker

EVENTS = 20


def queued():
    jobs = ProcrastinateJob.objects.filter(task_name=DELIVER_EVENTS).order_by("pk")
    return [(job.args["subscription_id"], job.priority) for job in jobs]


@pytest.mark.django_db
def test_clock_queues_one_job_for_each_subscriber_with_work_and_none_twice(django_assert_num_queries):
    now = timezone.now()
    due = subscription()
    to_ask = subscription(endpoint="https://a.example.no/", validated_at=None, resource_id="other")
    subscription(
        endpoint="https://b.example.no/",
        validated_at=None,
        asked_at=now - timedelta(days=4),
        resource_id="other",
    )
    subscription(endpoint="https://c.example.no/", paused_until=now + timedelta(minutes=1))
    ended = subscription(endpoint="https://d.example.no/")
    happened("letter-1")
    EventSubscription.objects.filter(pk=ended.pk).update(ended_at=now)

    with django_assert_num_queries(3):  # those in work, those with work, the jobs
        dispatch_events()
    dispatch_events()

    assert sorted(queued()) == [(due.pk, -10), (to_ask.pk, -10)]


@pytest.mark.django_db
def test_receivers_in_trouble_do_not_take_the_places_of_the_others():
    failing = [subscription(endpoint=f"https://down-{n}.example.no/", failures=1).pk for n in range(5)]
    healthy = [subscription(endpoint=f"https://up-{n}.example.no/").pk for n in range(5)]
    happened("letter-1")

    dispatch_events()
    dispatch_events()

    assert [pk for pk, _ in queued()] == [*healthy, *failing[:2]]


def test_event_reaches_a_subscriber_who_just_subscribed_while_another_does_not_answer(committed, world):
    with receiver(5.0) as slow, receiver() as quick, worker(EVENT_TIMEOUT_SECONDS="2"):
        for hook in (slow, quick):
            subscription(endpoint=hook.url, validated_at=None)
        eventually(
            lambda: EventSubscription.objects.filter(validated_at__isnull=False).exists(), "nobody was asked"
        )

        happened("letter-1")

        eventually(lambda: len(quick.bodies) == 2, "the event did not arrive", 10)
    assert quick.events[1]["resourceinstance"] == "letter-1"
    assert [event["type"] for event in slow.events] == ["platform.events.validatesubscription"] * len(
        slow.bodies
    )


def test_killed_worker_loses_no_event_and_repeats_only_what_was_under_way(committed, world):
    first = start_worker()

    def kill_first():
        first.kill()
        first.wait()
        return 200

    with receiver(200, 200, kill_first, 200) as hook:
        subscription(endpoint=hook.url)
        happened(*(f"letter-{number}" for number in range(EVENTS)))
        eventually(lambda: first.poll() is not None, "the worker was not killed")
        assert EventDelivery.objects.waiting().filter(opened_at__isnull=False).exists()

        with worker():
            eventually(lambda: not EventDelivery.objects.waiting().exists(), "not all were sent", 60)

    ids = hook.ids()
    assert len(set(ids)) == EVENTS
    assert len(ids) <= EVENTS + 8
    assert set(EventDelivery.objects.values_list("state", flat=True)) == {EventDeliveryState.DELIVERED}
