"""Fifty callers at the same moment, each with a database connection of its own (lifecycle.md 1.6; issue, point 2)."""

from collections import Counter

import pytest

from correspondence.models import Correspondence
from correspondence.services.publish import publish_message
from correspondence.services.retry_publishing import RetryRefused, retry_publishing
from journal.models import OutboundEvent
from registry.models import Reservation, User
from tests.support.clients import Client
from tests.support.letters import in_days, letter, publish, send, send_and_publish, statuses, uploaded
from tests.support.parallel import at_once
from tests.support.world import PERSON

CALLERS = 50
BEGINNING = ["Initialized", "ReadyForPublish"]
pytestmark = pytest.mark.contract("lifecycle.md#1.6")


def call(client, method, letter_, action):
    return lambda: getattr(Client(client.token), method)(f"/correspondence/{letter_.pk}{action}")


def answers_of(*calls):
    return Counter(
        (answer.status_code, answer.json()["errorCode"] if answer.status_code >= 400 else None)
        for answer in at_once(*calls)
    )


def events(letter_):
    """By type, without the one of its initialising."""
    told = OutboundEvent.objects.filter(resource_instance=str(letter_.pk))
    return Counter(told.exclude(type="correspondenceinitialized").values_list("type", flat=True))


@pytest.mark.parametrize("action", ["/markasread", "/confirm"])
def test_read_or_confirmed_once(committed, sender, recipient, action):
    published = send_and_publish(sender)
    recipient.get(f"/correspondence/{published.pk}")

    answers = answers_of(*[call(recipient, "post", published, action)] * CALLERS)

    status, event, again = {
        "/markasread": ("Read", "correspondencereceiverread", 1040),
        "/confirm": ("Confirmed", "correspondencereceiverconfirmed", 1041),
    }[action]
    assert answers == {(200, None): 1, (400, again): CALLERS - 1}
    assert statuses(published) == [*BEGINNING, "Published", status]
    assert events(published) == {"correspondencepublished": 1, event: 1}


def test_content_is_read_once_and_shown_to_all(committed, sender, recipient):
    published = send_and_publish(sender)

    answers = answers_of(*[call(recipient, "get", published, "/content")] * CALLERS)

    assert answers == {(200, None): CALLERS}
    assert statuses(published) == [*BEGINNING, "Published", "Read"]
    assert (events(published)["correspondencereceiverread"], published.fetches.count()) == (1, 1)


@pytest.mark.parametrize("side", ["sender", "recipient"])
def test_purged_once(committed, sender, recipient, side):
    if side == "sender":
        stored = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))
        caller, status = sender, "PurgedByAltinn"
    else:
        stored = send_and_publish(sender)
        caller, status = recipient, "PurgedByRecipient"

    answers = answers_of(*[call(caller, "delete", stored, "/purge")] * CALLERS)

    assert answers == {(200, None): 1, (400, 1014): CALLERS - 1}
    assert statuses(stored).count(status) == 1
    assert events(stored)["correspondencepurged"] == 1


def test_purged_by_one_side_when_both_try_while_it_is_published(committed, sender, recipient):
    """Until it is published only its sender may purge it, from then on only its recipient."""
    stored = send(sender)
    both = [call(sender, "delete", stored, "/purge"), call(recipient, "delete", stored, "/purge")]

    *answers, _ = at_once(*both * (CALLERS // 2), lambda: publish_message(message_id=stored.message_id))

    purged = sum(answer.status_code == 200 for answer in answers)
    assert purged <= 1
    assert sum(status.startswith("Purged") for status in statuses(stored)) == purged
    assert events(stored)["correspondencepurged"] == purged


def test_published_once(committed, sender):
    stored = send(sender)

    counts = at_once(*[lambda: publish_message(message_id=stored.message_id)] * CALLERS)

    assert sum(counts) == 1
    assert statuses(stored) == [*BEGINNING, "Published"]
    assert events(stored) == {"correspondencepublished": 1}


def test_published_once_by_fifty_readers(committed, sender, recipient):
    stored = send(sender)

    answers = answers_of(*[call(recipient, "get", stored, "")] * CALLERS)

    assert answers == {(200, None): CALLERS}
    assert events(stored) == {"correspondencepublished": 1}
    assert stored.fetches.count() == 1


def test_either_published_or_withdrawn(committed, sender):
    stored = send(sender)
    withdraw = call(sender, "delete", stored, "/purge")

    results = at_once(*[withdraw, lambda: publish_message(message_id=stored.message_id)] * (CALLERS // 2))

    withdrawn = sum(answer.status_code == 200 for answer in results[::2])
    end, event = {
        (1, 0): ("PurgedByAltinn", "correspondencepurged"),
        (0, 1): ("Published", "correspondencepublished"),
    }[withdrawn, sum(results[1::2])]
    assert statuses(stored) == [*BEGINNING, end]
    assert events(stored) == {event: 1}


def test_retried_once(committed, sender, world):
    failed = send(sender, letter(recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)
    publish(failed)
    operator = User.objects.create_user("kari")

    def retry():
        try:
            retry_publishing(letter=failed, operator=operator, reason="It was a mistake.")
        except RetryRefused:
            return 0
        return 1

    assert sum(at_once(*[retry] * CALLERS)) == 1
    assert statuses(failed) == [*BEGINNING, "Failed", "ReadyForPublish"]
    assert Correspondence.objects.get(pk=failed.pk).round == 1


def test_everything_at_once_ends_in_one_purge(committed, sender, recipient):
    attachment = uploaded(sender)
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    recipient.get(f"/correspondence/{published.pk}")
    calls = [
        call(recipient, "get", published, "/content"),
        call(recipient, "post", published, "/markasread"),
        call(recipient, "post", published, "/confirm"),
        call(recipient, "get", published, "/details"),
        call(recipient, "delete", published, "/purge"),
    ]

    at_once(*calls * (CALLERS // len(calls)))

    history = list(published.status_events.order_by("pk").values_list("status", flat=True))
    assert (history[-1], history.count(7)) == (7, 1)
    assert all(history.count(status) <= 1 for status in (2, 4, 6))
    told = events(published)
    assert told["correspondencepurged"] == 1
    assert told["correspondencereceiverread"] == history.count(4)
    assert told["correspondencereceiverconfirmed"] == history.count(6)
