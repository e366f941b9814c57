"""The clock's look at what is owed to subscribers: a job for each of them, so that none waits for another."""

from django.utils import timezone

from journal.jobs import defer_delivery_of_events, subscriptions_in_work
from journal.models import EventSubscription
from journal.services.events import retry_time

MOST_FAILING = 2
"""Receivers that did not answer last time may hold a worker up until the time-out: only so many at once."""


def dispatch_events() -> None:
    """Queue a job for each subscriber to whom something can be sent now and who has none."""
    now = timezone.now()
    working = EventSubscription.objects.with_work(now, validated_since=now - retry_time())
    in_work, places = subscriptions_in_work(), MOST_FAILING
    healthy: list[int] = []
    failing: list[int] = []
    for pk, failures in working.order_by("paused_until", "pk").values_list("pk", "failures"):
        if pk in in_work:
            places -= failures > 0
        else:
            (failing if failures else healthy).append(pk)
    defer_delivery_of_events([*healthy, *failing[: max(places, 0)]])
