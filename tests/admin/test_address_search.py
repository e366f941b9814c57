"""“Was this address told?”: deliveries and orders are found by an exact address, at an index."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.enums import Channel, DeliveryState, NotificationChannel, NotificationResult
from notifications.models import Delivery, Notification, Order
from tests.admin.conftest import told

MANY = 3000
GIVEN = {
    "notificationTemplate": "GenericAltinnMessage",
    "notificationChannel": "Email",
    "customRecipients": [{"emailAddress": "Anne@Eksempel.example"}, {"mobileNumber": "+4799999997"}],
}


@pytest.fixture
def letter_(sender, mailbox, settings):
    settings.SMS_SEND_WINDOW = "always"
    return told(sender, notification=GIVEN)


def search(desk, name, term):
    answer = desk.get(reverse(f"admin:notifications_{name}_changelist", query={"q": term}))
    assert answer.status_code == 200
    return [one.address for one in answer.context["cl"].result_list]


@pytest.mark.parametrize("name", ["delivery", "order"])
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("Anne@Eksempel.example", ["Anne@Eksempel.example"]),
        (" ANNE@EKSEMPEL.EXAMPLE ", ["Anne@Eksempel.example"]),
        ("+4799999997", ["+4799999997"]),
        ("0047 999 99 997", ["+4799999997"]),
        ("999 99 997", ["+4799999997"]),
        ("anne@eksempel", []),
        ("eksempel.example", []),
        ("+4799999996", []),
    ],
)
def test_address_is_found_however_it_is_written_and_only_as_a_whole(desk, letter_, name, term, found):
    assert search(desk, name, term) == found


def test_address_of_the_register_is_found_where_it_was_told(desk, letter_):
    assert search(desk, "delivery", "post@rask-falk.example") == ["post@rask-falk.example"]
    assert search(desk, "order", "post@rask-falk.example") == []


def test_what_was_searched_by_before_is_found_still(desk, letter_):
    delivery = Delivery.objects.get(channel="sms")

    assert search(desk, "delivery", delivery.message_id) == [delivery.address]
    assert search(desk, "delivery", str(delivery.notification_id)) == [delivery.address]
    assert search(desk, "order", str(delivery.notification.order_id)) == [delivery.address]


def fill(letter_):
    """As many rows as it takes for the planner to mean it."""
    at, like = timezone.now(), letter_.orders.first()
    orders = [
        Order(
            correspondence=letter_,
            party_key=f"email:{n}@many.example",
            address=f"{n}@Many.example",
            text=like.text,
            created_at=at,
        )
        for n in range(MANY)
    ]
    notifications = [
        Notification(
            order=order,
            channel=NotificationChannel.EMAIL,
            send_at=at,
            result=NotificationResult.SUCCESS,
            state_changed_at=at,
            created_at=at,
        )
        for order in orders
    ]
    deliveries = [
        Delivery(
            notification=notification,
            channel=Channel.EMAIL,
            address=notification.order.address,
            normalised_address=notification.order.address.lower(),
            state=DeliveryState.EMAIL_DELIVERED,
            state_changed_at=at,
            message_id=f"<{notification.pk}@many.example>",
            expires_at=at,
            created_at=at,
        )
        for notification in notifications
    ]
    Order.objects.bulk_create(orders)
    Notification.objects.bulk_create(notifications)
    Delivery.objects.bulk_create(deliveries)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_order, notifications_notification, notifications_delivery")


def plans(queries, words):
    """Of the queries that search: their steps, as (kind, index, table)."""
    found = []
    for query in queries.captured_queries:
        if words in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
                plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            found.append(
                [
                    (one["Node Type"], one.get("Index Name"), one.get("Relation Name"))
                    for one in steps(plan[0]["Plan"])
                ]
            )
    return found


def steps(plan):
    yield plan
    for inner in plan.get("Plans", []):
        yield from steps(inner)


@pytest.mark.parametrize(
    ("name", "words", "index"),
    [
        ("delivery", 'normalised_address" = ', "delivery_by_address"),
        ("order", "LOWER(", "order_by_address"),
    ],
)
def test_search_by_address_looks_at_an_index_and_at_no_whole_table(desk, letter_, name, words, index):
    """But for the handful of operators who may have sent an order again."""
    fill(letter_)

    with CaptureQueriesContext(connection) as queries:
        assert search(desk, name, "77@many.example") == ["77@Many.example"]

    counted_and_listed = plans(queries, words)
    assert len(counted_and_listed) == 2
    for plan in counted_and_listed:
        assert index in {used for _, used, _ in plan}
        assert {table for kind, _, table in plan if kind == "Seq Scan"} <= {"registry_user"}
