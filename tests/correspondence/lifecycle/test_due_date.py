"""A due date has passed (lifecycle.md 5.5)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from correspondence.models import Correspondence
from correspondence.services.due_date import tell_of_due_dates
from journal.models import OutboundEvent
from tests.support.letters import letter, publish, send, send_and_publish
from tests.support.parallel import at_once
from tests.support.world import COMPANY, PERSON, RESERVED

NEVER_READ, NEVER_CONFIRMED = "correspondencereceiverneverread", "correspondencereceiverneverconfirmed"


def due(*, needs_confirmation=False, **top):
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    return letter(correspondence={"dueDateTime": soon, "isConfirmationNeeded": needs_confirmation}, **top)


def events():
    told = OutboundEvent.objects.filter(type__startswith="correspondencereceivernever").order_by("pk")
    return list(told.values_list("type", "resource_instance", "subject"))


@pytest.fixture
def later():
    """The due date of every letter sent by then has passed."""

    def look():
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            tell_of_due_dates()

    return look


@pytest.mark.contract("lifecycle.md#5.5")
def test_who_never_read_and_never_confirmed_is_told_once(sender, later):
    stored = send_and_publish(sender, due(needs_confirmation=True))
    tell_of_due_dates()
    before = events()

    later()
    later()

    instance, recipient = str(stored.pk), stored.recipient_urn
    assert before == []
    assert events() == [(NEVER_READ, instance, recipient), (NEVER_CONFIRMED, instance, recipient)]


def test_confirmation_that_nobody_asked_for_is_not_missed(sender, later):
    send_and_publish(sender, due())

    later()

    assert [event for event, *_ in events()] == [NEVER_READ]


def test_what_was_done_in_time_is_not_told(sender, recipient, later):
    read = send_and_publish(sender, due(needs_confirmation=True))
    done = send_and_publish(sender, due(needs_confirmation=True))
    for stored in (read, done):
        recipient.get(f"/correspondence/{stored.pk}/content")
    recipient.post(f"/correspondence/{done.pk}/confirm")

    later()

    assert events() == [(NEVER_CONFIRMED, str(read.pk), read.recipient_urn)]


@pytest.mark.contract("lifecycle.md#5.5")
def test_purged_unpublished_and_reserved_letters_are_left_alone(sender, recipient, later):
    purged = send_and_publish(sender, due())
    recipient.delete(f"/correspondence/{purged.pk}/purge")
    withdrawn = send(sender, due())
    sender.delete(f"/correspondence/{withdrawn.pk}/purge")
    send(sender, due())
    both = publish(send(sender, due(recipients=[RESERVED, f"0192:{COMPANY}"])))
    published = both.message.correspondences.get(recipient_urn__endswith=COMPANY)

    later()

    assert events() == [(NEVER_READ, str(published.pk), published.recipient_urn)]


def test_sender_is_told_too_where_the_installation_wants_it(sender, later, settings):
    settings.DUE_DATE_EVENTS_TO_SENDER = True
    stored = send_and_publish(sender, due())

    later()

    assert [subject for *_, subject in events()] == [stored.recipient_urn, stored.message.sender_urn]


def test_more_messages_than_fit_one_transaction_are_all_looked_at(sender, later, monkeypatch):
    monkeypatch.setattr("correspondence.services.due_date.MESSAGES", 2)
    for _ in range(5):
        send_and_publish(sender, due(recipients=[PERSON, f"0192:{COMPANY}"]))

    later()

    assert len(events()) == 10


def test_jobs_side_by_side_tell_each_event_once(committed, sender):
    for _ in range(10):
        send_and_publish(sender, due(needs_confirmation=True))

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        at_once(*[tell_of_due_dates] * 8)

    assert (len(events()), len(set(events()))) == (20, 20)
    assert Correspondence.objects.filter(message__due_date_seen_at__isnull=True).count() == 0
