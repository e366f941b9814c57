"""What operators see of events and their subscribers, and what they do with them."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from journal.enums import EventDeliveryState
from journal.models import EventDelivery, EventSubscription, FollowUp, OutboundEvent
from journal.services.dead_letters import report_failed
from journal.services.deliver_events import deliver_events
from registry.models import AuditEntry, User
from tests.support.events import COMPANY_URN, happened, receiver, subscription

S = EventDeliveryState
DELIVERIES, SUBSCRIPTIONS = "journal_eventdelivery", "journal_eventsubscription"


def list_at(name, **query):
    return reverse(f"admin:{name}_changelist", query=query or None)


def page(client, row):
    return client.get(reverse(f"admin:journal_{row._meta.model_name}_change", args=[row.pk])).content.decode()


@pytest.fixture
def failed(world):
    """Two events that were given up."""
    listening = subscription(failures=2)
    happened("letter-1", "letter-2")
    EventDelivery.objects.update(
        state=S.FAILED, finished_at=timezone.now(), last_answer="HTTP 503", attempts=9
    )
    report_failed(listening)
    return listening


def act(client, name, action, *rows, **fields):
    body = {"action": action, "_selected_action": [row.pk for row in rows], **fields}
    return client.post(list_at(name), body, follow=True)


def test_follow_up_leads_to_the_subscriber_and_its_events(desk, failed):
    follow_up = FollowUp.objects.get()
    delivery = EventDelivery.objects.first()

    assert reverse(f"admin:{SUBSCRIPTIONS}_change", args=[failed.pk]) in page(desk, follow_up)
    text = page(desk, failed)
    assert "In trouble" in text
    assert "HTTP 503" in text
    assert reverse(f"admin:{DELIVERIES}_change", args=[delivery.pk]) in text
    assert reverse("admin:journal_outboundevent_change", args=[delivery.event_id]) in page(desk, delivery)
    assert "/org/digdir" in page(desk, delivery.event)


def test_events_are_sent_again_with_a_reason(desk, operator, failed):
    rows = list(EventDelivery.objects.order_by("pk"))

    asked = act(desk, DELIVERIES, "send_again", *rows)
    assert "Why?" in asked.content.decode()
    assert set(EventDelivery.objects.values_list("state", flat=True)) == {S.FAILED}
    assert (
        "This field is required"
        in act(desk, DELIVERIES, "send_again", *rows, confirmed="yes").content.decode()
    )

    answer = act(desk, DELIVERIES, "send_again", *rows, confirmed="yes", reason="Their server is up.")

    assert "Queued to be sent again: 2. Left as they were: 0." in answer.content.decode()
    assert set(EventDelivery.objects.values_list("state", flat=True)) == {S.WAITING}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.operator, entry.reason) == (
        "event.send_again",
        operator,
        "Their server is up.",
    )


def test_deliveries_say_which_receiver_they_go_to(desk, world):
    for name in ("a", "b"):
        subscription(endpoint=f"https://{name}.example.no/hook?code=geheim")
    happened("letter-1")
    rows = list(EventDelivery.objects.order_by("subscription"))

    texts = [
        desk.get(list_at(DELIVERIES)).content.decode(),
        page(desk, rows[0].event),
        act(desk, DELIVERIES, "send_again", *rows).content.decode(),
    ]

    for text in texts:
        assert "https://a.example.no/hook" in text
        assert "https://b.example.no/hook" in text
        assert "geheim" not in text
    assert "https://a.example.no/hook" in page(desk, rows[0])
    assert "https://b.example.no/hook" not in page(desk, rows[0])


@pytest.mark.parametrize(
    ("receivers", "event", "said"),
    [
        ({}, {}, "Within seconds"),
        ({}, {"next_attempt_at": "2100-01-02T12:00Z"}, "2 Jan 2100 13:00"),
        ({"failures": 3, "paused_until": "2100-01-03T12:00Z"}, {}, "3 Jan 2100 13:00"),
        (
            {"failures": 3, "paused_until": "2100-01-01T12:00Z"},
            {"next_attempt_at": "2100-01-02T12:00Z"},
            "2 Jan 2100 13:00",
        ),
        ({"failures": 3, "paused_until": "2026-01-01T12:00Z"}, {}, "After the one before it"),
        ({"failures": 3}, {"opened_at": "2026-01-01T12:00Z"}, "Under way"),
        ({}, {"state": S.DELIVERED, "finished_at": "2026-01-01T12:00Z"}, "–"),
    ],
)
def test_next_try_is_when_it_can_really_be(desk, world, receivers, event, said):
    subscription(**receivers)
    happened("letter-1")
    EventDelivery.objects.update(**event)

    html = page(desk, EventDelivery.objects.get())
    listed = desk.get(list_at(DELIVERIES)).content.decode()

    assert re.search(r"Next try:</label>\s*<div class=\"readonly\">(.*?)</div>", html)[1] == said
    assert re.search('<td class="field-next_try">(.*?)</td>', listed)[1] == said


def test_one_of_them_is_discarded_from_its_page(desk, failed):
    first = EventDelivery.objects.order_by("pk").first()
    assert "Discard events…" in page(desk, first)

    answer = act(desk, DELIVERIES, "discard", first, confirmed="yes", reason="They have it.")

    assert "Discarded: 1." in answer.content.decode()
    assert EventDelivery.objects.get(pk=first.pk).state == S.DISCARDED
    assert FollowUp.objects.open().exists()  # the other is still failed


def test_subscription_is_ended_with_a_reason(desk, failed):
    answer = act(desk, SUBSCRIPTIONS, "end", failed, confirmed="yes", reason="Their contract is over.")

    assert "Ended: 1." in answer.content.decode()
    failed.refresh_from_db()
    assert failed.ended_at is not None
    assert not FollowUp.objects.open().exists()
    assert AuditEntry.objects.get().action == "subscription.end"
    assert "End subscriptions" not in page(desk, failed)


def test_whoever_may_only_look_changes_nothing(onlooker, failed):
    User.objects.get(username="onlooker").user_permissions.add(
        *Permission.objects.filter(codename__in=["view_eventdelivery", "view_eventsubscription"])
    )
    row = EventDelivery.objects.first()

    act(onlooker, DELIVERIES, "discard", row, confirmed="yes", reason="x")
    act(onlooker, SUBSCRIPTIONS, "end", failed, confirmed="yes", reason="x")

    assert "Discard" not in page(onlooker, row)
    assert set(EventDelivery.objects.values_list("state", flat=True)) == {S.FAILED}
    assert EventSubscription.objects.get().ended_at is None


def test_neither_keys_nor_secrets_nor_numbers_are_shown(admin_client, world):
    person = "urn:altinn:person:identifier-no:04825999731"
    listening = subscription(party_urn=person, consumer="/person/04825999731", subject=person)
    happened("letter-1", subject=person)

    pages = [
        page(admin_client, row)
        for row in (listening, EventDelivery.objects.get(), OutboundEvent.objects.get())
    ]
    pages += [admin_client.get(list_at(name)).content.decode() for name in (DELIVERIES, SUBSCRIPTIONS)]

    text = "".join(pages)
    assert "048259*****" in text
    for hidden in ("04825999731", "geheim", "whsec_", bytes(listening.encrypted_secret).decode()):
        assert hidden not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"up", "down", "new", "refusing"}),
        ({"state": "attention"}, {"down", "refusing"}),
        ({"state": "trouble"}, {"down"}),
        ({"state": "refuses"}, {"refusing"}),
        ({"state": "unanswered"}, {"new"}),
        ({"state": "ended"}, {"ended"}),
        ({"state": "all"}, {"up", "down", "new", "refusing", "ended"}),
        ({"q": "310 654 302"}, {"new"}),
        ({"q": "urn:altinn:resource:example-access"}, {"down"}),
    ],
)
def test_subscriptions_are_found_by_state_number_and_resource(desk, world, query, found):
    rows = {
        "up": subscription(last_answer="HTTP 204"),
        "refusing": subscription(endpoint="https://stern.example.no/", last_answer="HTTP 404"),
        "down": subscription(failures=1, resource_id="example-access"),
        "new": subscription(party_urn=COMPANY_URN, validated_at=None),
        "ended": subscription(ended_at=timezone.now()),
    }

    shown = {row.pk for row in desk.get(list_at(SUBSCRIPTIONS, **query)).context["cl"].result_list}

    assert shown == {rows[name].pk for name in found}


@pytest.mark.parametrize("status", [401, 307])
def test_receiver_that_agreed_and_refuses_every_event_is_seen_as_refusing(desk, world, status):
    with receiver(200, status) as hook:
        refusing = subscription(endpoint=hook.url, validated_at=None)
        deliver_events(subscription_id=refusing.pk)
        assert "Listening" in page(desk, refusing)
        happened("letter-1", "letter-2")
        deliver_events(subscription_id=refusing.pk)

    for shown in (page(desk, refusing), desk.get(list_at(SUBSCRIPTIONS)).content.decode()):
        assert '<span class="pill pill-warn">Refuses</span>' in shown
        assert "Listening" not in shown


def test_receiver_that_takes_one_of_several_is_listening(desk, world):
    with receiver(400, 200, 400) as hook:
        listening = subscription(endpoint=hook.url)
        happened("letter-1", "letter-2", "letter-3")
        deliver_events(subscription_id=listening.pk)

    assert '<span class="pill pill-good">Listening</span>' in page(desk, listening)


def test_deliveries_are_found_by_event_and_instance_and_state(desk, failed):
    event = OutboundEvent.objects.get(resource_instance="letter-1")

    for query in ({"q": str(event.pk)}, {"q": "letter-1"}):
        rows = desk.get(list_at(DELIVERIES, **query)).context["cl"].result_list
        assert [row.event_id for row in rows] == [event.pk]
    assert not desk.get(list_at(DELIVERIES, state__exact="waiting")).context["cl"].result_list
