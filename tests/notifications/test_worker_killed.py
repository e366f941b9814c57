"""A worker that dies twice in the middle: a new one finishes by itself, and repeats only what was in flight.

`benchmarks/notifications.py` does the same with 10 000 recipients.
"""

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, StatusEvent
from journal.models import OutboundEvent
from notifications.models import Delivery, Notification, Order
from tests.support.killed_worker import send_to, tell_with_kills

LETTERS = 150


def test_worker_killed_twice_loses_nothing_and_repeats_only_what_was_in_flight(committed, sender):
    send_to(sender.post, LETTERS)

    told = tell_with_kills(LETTERS, kills=2, seconds=90)

    assert max(told.arrived_before_kills) < 2 * LETTERS
    assert (told.addresses, told.renamed) == (2 * LETTERS, 0)
    assert told.interrupted == told.in_flight
    assert told.repeats <= told.in_flight
    assert Delivery.objects.filter(claimed_by=None).count() == 2 * LETTERS
    assert Correspondence.objects.filter(status=CorrespondenceStatus.PUBLISHED).count() == LETTERS
    assert StatusEvent.objects.filter(status=CorrespondenceStatus.PUBLISHED).count() == LETTERS
    assert Notification.objects.filter(state="Order_Completed").count() == LETTERS
    assert OutboundEvent.objects.filter(type="correspondencenotificationdelivered").count() == LETTERS
    assert not Order.objects.filter(finished_at=None).exists()
