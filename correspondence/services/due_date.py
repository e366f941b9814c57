"""A due date has passed, and the recipient has not read or not confirmed: both are told by events (lifecycle.md 5.5)."""

from collections.abc import Iterator
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from correspondence.models import Correspondence, Message
from journal.enums import EventType
from journal.services.events import EventData, record_events

MESSAGES = 20
"""Looked at in one transaction: at most 500 letters each."""

log = structlog.get_logger()


def tell_of_due_dates() -> None:
    """Look once at each message whose due date has passed. Any number of jobs may do so side by side."""
    while _tell_of_some(timezone.now()):
        pass


def _tell_of_some(at: datetime) -> int:
    """How many messages were looked at. The mark and the events are written together, so no event comes twice."""
    with transaction.atomic():
        passed = Message.objects.past_due_date(at).select_for_update(skip_locked=True, no_key=True)
        messages = {message.pk: message for message in passed.order_by("due_date_time")[:MESSAGES]}
        letters = Correspondence.objects.available().filter(message__in=messages).order_by("pk")
        events = [event for letter in letters for event in _events(letter, messages[letter.message_id])]
        record_events(events, at=at)
        Message.objects.filter(pk__in=messages).update(due_date_seen_at=at)
    if messages:
        log.info("due_dates_passed", messages=len(messages), events=len(events))
    return len(messages)


def _events(letter: Correspondence, message: Message) -> Iterator[EventData]:
    never_read = letter.read_at is None
    never_confirmed = message.is_confirmation_needed and letter.confirmed_at is None
    if never_read:
        yield from _to_subjects(letter, message, EventType.CORRESPONDENCE_RECEIVER_NEVER_READ)
    if never_confirmed:
        yield from _to_subjects(letter, message, EventType.CORRESPONDENCE_RECEIVER_NEVER_CONFIRMED)


def _to_subjects(letter: Correspondence, message: Message, event_type: EventType) -> Iterator[EventData]:
    """The recipient, as the contract has it; the sender too where the installation wants that."""
    subjects = [letter.recipient_urn]
    if settings.DUE_DATE_EVENTS_TO_SENDER:
        subjects.append(message.sender_urn)
    for subject in subjects:
        yield EventData(
            type=event_type,
            resource_id=letter.resource_id,
            instance=str(letter.pk),
            subject=subject,
        )
