"""Telling 500 costs as many queries as telling one (design.md point 3)."""

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from correspondence.models import Correspondence, Message
from notifications.enums import NotificationChannel, NotificationTemplate
from notifications.models import Delivery, Notification, Order
from notifications.requests import LetterToTell, MessageToTell, NotificationRequest
from notifications.services.delivery.prepare import prepare_due
from notifications.services.orders import place_orders, plan_orders
from notifications.services.release import release_orders
from registry.models import ContactPoint
from tests.support.companies import companies
from tests.support.letters import send_and_publish

REQUEST = NotificationRequest(
    template=NotificationTemplate.GENERIC_ALTINN_MESSAGE,
    channel=NotificationChannel.EMAIL_PREFERRED,
    send_reminder=True,
)


def letters_like(first, count, *, reachable):
    """The letter's message with so many more recipients."""
    parties = companies(count)
    ContactPoint.objects.bulk_create(
        ContactPoint(party=party, email=f"post@{party.org_number}.example") for party in parties if reachable
    )
    copies = []
    for party in parties:
        copy = Correspondence.objects.get(pk=first.pk)
        copy.pk, copy.dialog_id, copy._state.adding = uuid.uuid4(), uuid.uuid4(), True
        copy.recipient_urn, copy.recipient_party_uuid = party.urn, party.uuid
        copies.append(copy)
    return Correspondence.objects.bulk_create(copies)


def told(message: Message, letters):
    return MessageToTell(
        resource_id=message.resource_id,
        resource_title="Brev",
        sender_urn=message.sender_urn,
        sender_name="ETATEN",
        title="Brev",
        language="nb",
        publish_time=message.created_at,
        ignore_reservation=None,
        letters=tuple(
            LetterToTell(
                correspondence_id=one.pk, recipient_urn=one.recipient_urn, recipient_name=one.recipient_name
            )
            for one in letters
        ),
    )


@pytest.fixture
def published(sender):
    return send_and_publish(sender)


@pytest.mark.parametrize("count", [1, 10, 500])
@pytest.mark.parametrize(("reachable", "queries"), [(True, [2, 6, 5, 14]), (False, [2, 7, 5, 17])])
def test_telling_any_number_costs_the_same(published, count, reachable, queries):
    message = told(published.message, letters_like(published, count, reachable=reachable))
    at = published.published_at

    with CaptureQueriesContext(connection) as asked:
        plan = plan_orders(request=REQUEST, message=message, at=at)
    with CaptureQueriesContext(connection) as stored, transaction.atomic():
        place_orders(plan)
    with CaptureQueriesContext(connection) as released, transaction.atomic():
        release_orders(correspondence_ids=[one.correspondence_id for one in message.letters], at=at)
    with CaptureQueriesContext(connection) as made:
        prepare_due()

    rows = (Order.objects.count(), Notification.objects.count(), Delivery.objects.count())
    assert rows == (count, 2 * count, count)
    assert [len(steps) for steps in (asked, stored, released, made)] == queries
