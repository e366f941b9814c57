"""Who an event is owed to: decided in the statement that records it."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from journal.enums import EventDeliveryState, EventSource, EventType
from journal.models import EventDelivery, OutboundEvent
from tests.support.events import COMPANY_URN, OWNER_URN, happened, subscription
from tests.support.letters import letter, publish, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"subject": COMPANY_URN},
        {"type": EventType.CORRESPONDENCE_PUBLISHED},
        {"source": EventSource.CORRESPONDENCE},
        {
            "subject": COMPANY_URN,
            "type": EventType.CORRESPONDENCE_PUBLISHED,
            "source": EventSource.CORRESPONDENCE,
        },
    ],
)
def test_subscription_whose_filters_all_match_is_owed_the_event(filters):
    listening = subscription(**filters)

    happened("letter-1")

    delivery = EventDelivery.objects.get()
    assert (delivery.subscription, delivery.event.resource_instance) == (listening, "letter-1")
    assert (delivery.state, delivery.attempts) == (EventDeliveryState.WAITING, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"resource_id": "example-access"},
        {"subject": OWNER_URN},
        {"type": EventType.CORRESPONDENCE_RECEIVER_READ},
        {"source": EventSource.ATTACHMENT},
        {"validated_at": None},
        {"ended_at": timezone.now()},
    ],
)
def test_subscription_with_another_filter_or_not_validated_or_ended_is_owed_nothing(other):
    subscription(**other)

    happened("letter-1")

    assert OutboundEvent.objects.count() == 1
    assert not EventDelivery.objects.exists()


@pytest.mark.parametrize(("letters", "subscribers"), [(1, 0), (1, 1), (500, 3)])
def test_recording_is_one_statement_however_many_letters_and_subscribers(
    letters, subscribers, django_assert_num_queries
):
    for number in range(subscribers):
        subscription(endpoint=f"https://receiver.example.no/{number}")

    with django_assert_num_queries(1):
        happened(*(f"letter-{number}" for number in range(letters)))

    assert EventDelivery.objects.count() == letters * subscribers


def test_event_and_what_is_owed_go_with_the_transaction_of_its_cause():
    subscription()

    with transaction.atomic():
        happened("letter-1")
        transaction.set_rollback(True)

    assert not OutboundEvent.objects.exists()
    assert not EventDelivery.objects.exists()


def test_nothing_happened_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        happened()


def test_letters_life_is_owed_to_the_owner_and_its_publishing_to_the_recipient(sender):
    owner = subscription()
    recipient = subscription(
        party_urn=COMPANY_URN, consumer="/organisation/310654302", subject=COMPANY_URN, is_service_owner=False
    )

    publish(send(sender, letter()))

    def owed(who):
        rows = EventDelivery.objects.filter(subscription=who).order_by("event")
        return list(rows.values_list("event__type", flat=True))

    assert owed(owner) == ["correspondenceinitialized", "correspondencepublished"]
    assert owed(recipient) == ["correspondencepublished"]


def test_same_subscription_twice_and_an_event_twice_to_one_subscriber_are_refused_by_the_database():
    first = subscription()
    happened("letter-1")
    owed = EventDelivery.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        subscription()
    with pytest.raises(IntegrityError), transaction.atomic():
        EventDelivery.objects.create(
            subscription=first,
            event=owed.event,
            next_attempt_at=owed.next_attempt_at,
            expires_at=owed.expires_at,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        EventDelivery.objects.update(state=EventDeliveryState.DELIVERED)
