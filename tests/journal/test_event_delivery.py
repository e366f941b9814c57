"""What a subscriber gets, and what becomes of events that it does not take."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from journal.enums import EventDeliveryState, FollowUpKind
from journal.models import EventDelivery, FollowUp, OutboundEvent
from journal.services.cloud_events import VALIDATION_TYPE
from journal.services.deliver_events import AT_ONCE, deliver_events, wait_after
from journal.services.event_secrets import as_shown
from registry.models import AccessGrant, SystemUser
from tests.support.events import COMPANY_URN, SECRET, happened, is_signed, receiver, subscription
from tests.support.parallel import at_once

S = EventDeliveryState
COMPANY = {
    "party_urn": COMPANY_URN,
    "consumer": "/organisation/310654302",
    "subject": COMPANY_URN,
    "is_service_owner": False,
}


@pytest.fixture
def hook(world):
    with receiver() as kept:
        yield kept


def states():
    return list(EventDelivery.objects.order_by("pk").values_list("state", flat=True))


def rested(listening, later=timedelta(0)):
    """As if the pause after a failure were over."""
    EventDelivery.objects.waiting().update(next_attempt_at=timezone.now() - later)
    listening.__class__.objects.filter(pk=listening.pk).update(paused_until=None)


def serve(listening):
    deliver_events(subscription_id=listening.pk)
    listening.refresh_from_db()


def test_event_arrives_in_the_contracts_shape_signed_and_once(hook, settings):
    listening = subscription(endpoint=f"{hook.url}?code=geheim")
    happened("letter-1")

    serve(listening)
    serve(listening)

    event = OutboundEvent.objects.get()
    assert hook.events == [
        {
            "specversion": "1.0",
            "id": str(event.pk),
            "type": "no.altinn.correspondence.correspondencepublished",
            "time": event.time.isoformat().replace("+00:00", "Z"),
            "resource": "urn:altinn:resource:example-letters",
            "resourceinstance": "letter-1",
            "subject": COMPANY_URN,
            "alternativesubject": "/organisation/310654302",
            "source": f"{settings.PUBLIC_URL}/correspondence/api/v1/correspondence",
            "data": None,
        }
    ]
    assert list(hook.events[0]) == [
        *("specversion", "id", "type", "time", "resource", "resourceinstance", "subject"),
        *("alternativesubject", "source", "data"),
    ]
    assert hook.headers[0]["content-type"] == "application/cloudevents+json"
    assert hook.headers[0]["webhook-id"] == str(event.pk)
    assert is_signed(hook.headers[0], hook.bodies[0])
    assert not is_signed(hook.headers[0], hook.bodies[0] + b" ")
    delivery = EventDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_answer) == (S.DELIVERED, 1, "HTTP 200")


def test_signature_is_verified_by_the_lines_that_integrators_are_given(hook):
    page = (Path(__file__).resolve().parents[2] / "docs/howto/events.md").read_text(encoding="utf-8")
    given: dict = {}
    exec(page.partition("```python\n")[2].partition("```")[0], given)  # the lines are ours
    listening = subscription(endpoint=hook.url)
    happened("letter-1")

    serve(listening)

    headers, body, secret = hook.headers[0], hook.bodies[0], as_shown(SECRET)
    assert given["is_genuine"](headers, body, secret)
    assert not given["is_genuine"](headers, body + b" ", secret)
    assert not given["is_genuine"](headers, body, as_shown(SECRET[::-1]))
    assert not given["is_genuine"](headers | {"webhook-id": "another"}, body, secret)
    assert not given["is_genuine"](headers | {"webhook-timestamp": "1700000000"}, body, secret)


@pytest.mark.parametrize(
    ("subject", "alternative"),
    [
        ("urn:altinn:person:identifier-no:04825999731", "/person/04825999731"),
        ("urn:altinn:person:idporten-email:kari@example.no", None),
        ("", None),
    ],
)
def test_subjects_other_name_is_there_for_numbers_only(hook, subject, alternative):
    listening = subscription(endpoint=hook.url)
    happened("letter-1", subject=subject)

    serve(listening)

    assert (hook.events[0]["subject"], hook.events[0]["alternativesubject"]) == (subject or None, alternative)


def test_receiver_in_trouble_is_left_alone_and_gets_everything_under_the_same_ids_once_it_recovers(hook):
    hook.answers = [503, 500, 200]
    listening = subscription(endpoint=hook.url)
    happened("letter-1", "letter-2", "letter-3")
    EventDelivery.objects.filter(event__resource_instance__in=["letter-2", "letter-3"]).update(
        next_attempt_at=timezone.now() + timedelta(hours=1)
    )

    serve(listening)
    assert (listening.failures, listening.last_answer) == (1, "HTTP 503")
    assert listening.paused_until > timezone.now()
    serve(listening)
    assert len(hook.bodies) == 1  # it is not called while it is left alone

    rested(listening)
    serve(listening)
    assert (listening.failures, len(hook.bodies)) == (2, 2)  # one call to see, not all that waits

    rested(listening)
    serve(listening)
    assert (listening.failures, listening.paused_until) == (0, None)
    assert states() == [S.DELIVERED] * 3
    assert set(hook.ids()) == {str(pk) for pk in OutboundEvent.objects.values_list("pk", flat=True)}


def test_event_that_is_refused_does_not_keep_the_others(hook):
    hook.answers = [400, 200]
    listening = subscription(endpoint=hook.url)
    happened("letter-1", "letter-2", "letter-3")

    serve(listening)

    assert sorted(states()) == [S.DELIVERED, S.DELIVERED, S.WAITING]
    waiting = EventDelivery.objects.waiting().get()
    assert (waiting.attempts, waiting.last_answer, waiting.opened_at) == (1, "HTTP 400", None)
    assert waiting.next_attempt_at > timezone.now()
    assert (listening.failures, listening.paused_until) == (0, None)


def test_receiver_that_does_not_answer_in_time_is_in_trouble(hook, settings):
    settings.EVENT_TIMEOUT_SECONDS = 1
    hook.answers = [2.0, 200]
    listening = subscription(endpoint=hook.url)
    happened("letter-1")

    serve(listening)

    assert states() == [S.WAITING]
    assert (listening.failures, listening.last_answer) == (1, "It took too long.")


def test_redirect_is_not_followed(hook):
    hook.answers = [307]
    listening = subscription(endpoint=hook.url)
    happened("letter-1")

    serve(listening)

    assert len(hook.bodies) == 1
    assert EventDelivery.objects.get().last_answer == "HTTP 307"
    assert states() == [S.WAITING]


def test_receiver_at_a_private_address_is_not_called(hook, settings):
    settings.EVENT_RECEIVER_NETWORKS = []
    listening = subscription(endpoint=hook.url)
    happened("letter-1")

    serve(listening)

    assert hook.bodies == []
    assert listening.last_answer == "Not called. It is at a private address."


def test_event_that_nobody_took_for_days_is_one_follow_up_until_it_is_taken(hook, settings):
    listening = subscription(endpoint=f"{hook.url}?code=geheim")
    days_ago = timezone.now() - timedelta(days=settings.EVENT_RETRY_DAYS, seconds=1)
    happened("letter-1", "letter-2", at=days_ago)

    serve(listening)
    happened("letter-3", at=days_ago)
    serve(listening)

    assert hook.bodies == []
    assert states() == [S.FAILED] * 3
    follow_up = FollowUp.objects.get()
    assert (follow_up.kind, follow_up.subscription) == (FollowUpKind.FAILED_EVENTS, listening)
    assert follow_up.summary == f"Events could not be delivered to {hook.url}."


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 10), (2, 30), (3, 90), (6, 3600), (8, 21600), (50, 21600)]
)
def test_waits_grow_to_six_hours_and_are_never_the_same(failures, seconds):
    waits = {wait_after(failures).total_seconds() for _ in range(20)}

    assert len(waits) > 1
    assert all(0.75 * seconds <= wait <= 1.25 * seconds for wait in waits)


@pytest.mark.parametrize("revoked", ["grant", "resource"])
def test_subscriber_that_may_not_see_them_any_more_gets_nothing(hook, world, revoked):
    listening = subscription(endpoint=hook.url, **COMPANY)
    happened("letter-1")
    if revoked == "grant":
        AccessGrant.objects.all().delete()
    else:
        world.letters.active = False
        world.letters.save()

    serve(listening)

    assert hook.bodies == []
    assert states() == [S.DISCARDED]
    assert EventDelivery.objects.get().last_answer == "The subscriber may not know of it any more."
    assert listening.paused_until is not None


def test_subscriber_by_its_own_subject_gets_its_events(hook):
    listening = subscription(endpoint=hook.url, **COMPANY)
    happened("letter-1")
    happened("letter-2", subject="urn:altinn:organization:identifier-no:314240979")

    serve(listening)

    assert [event["resourceinstance"] for event in hook.events] == ["letter-1"]


def test_system_user_that_was_switched_off_gets_nothing(hook, world):
    vendor = SystemUser.objects.create(
        uuid="2f6f5f0a-6a3e-4a53-8f0b-1d2b9a6c7e10", organisation=world.company, vendor="313154599"
    )
    AccessGrant.objects.create(
        resource=world.letters, action="read", subject_kind="systemuser", subject=str(vendor.uuid)
    )
    listening = subscription(endpoint=hook.url, **COMPANY | {"system_user": vendor.uuid})
    happened("letter-1")
    serve(listening)
    assert len(hook.bodies) == 1

    SystemUser.objects.update(active=False)
    happened("letter-2")
    serve(listening)

    assert len(hook.bodies) == 1


def test_receiver_is_asked_before_it_gets_any_event(hook, settings):
    hook.answers = [500, 204]
    listening = subscription(endpoint=hook.url, validated_at=None)

    serve(listening)
    assert (listening.validated_at, listening.failures) == (None, 1)
    happened("unheard")
    rested(listening)
    serve(listening)

    assert listening.validated_at is not None
    question = hook.events[1]
    assert question["type"] == VALIDATION_TYPE
    assert question["source"] == f"{settings.PUBLIC_URL}/events/api/v1/subscriptions/{listening.pk}"
    assert is_signed(hook.headers[1], hook.bodies[1])
    happened("heard")
    serve(listening)
    assert [event.get("resourceinstance") for event in hook.events] == [None, None, "heard"]


def test_receiver_whose_secret_cannot_be_read_is_not_called(hook, settings):
    listening = subscription(endpoint=hook.url)
    happened("letter-1")
    settings.SECRET_KEY = "another" * 8

    serve(listening)

    assert hook.bodies == []
    assert "another SECRET_KEY" in listening.last_answer
    assert states() == [S.WAITING]


@pytest.mark.parametrize("events", [1, AT_ONCE - 1])
def test_sending_costs_the_same_for_one_event_and_for_as_many_as_go_at_once(
    hook, events, django_assert_num_queries
):
    listening = subscription(endpoint=hook.url)
    happened(*(f"letter-{number}" for number in range(events)))

    # lock, subscription; give up (three with its savepoint); resource; due and opened (four with theirs); locked,
    # stored, follow-up, subscription (six with theirs); unlock; the test's own look at the subscription
    with django_assert_num_queries(18):
        serve(listening)

    assert states() == [S.DELIVERED] * events


def test_two_workers_at_once_send_each_event_once(committed, world):
    with receiver() as hook:
        listening = subscription(endpoint=hook.url)
        happened(*(f"letter-{number}" for number in range(20)))

        at_once(*[lambda: deliver_events(subscription_id=listening.pk)] * 3)

        assert len(hook.ids()) == len(set(hook.ids())) == 20
        assert states() == [S.DELIVERED] * 20
