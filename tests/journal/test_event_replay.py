"""Operators send events again or discard them: with a reason, in the audit trail, as far as rights go."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from journal.enums import EventDeliveryState
from journal.errors import ReplayRefused
from journal.models import EventDelivery, FollowUp
from journal.services.deliver_events import deliver_events
from journal.services.replay import discard, end_as_operator, send_again
from registry.models import AuditEntry, User
from tests.support.events import happened, receiver, subscription
from tests.support.parallel import at_once

S = EventDeliveryState


@pytest.fixture
def operator(db):
    return User.objects.create(username="ola", is_staff=True)


def given_up(listening, *letters):
    """These events, tried in vain for days."""
    happened(*letters, at=timezone.now() - timedelta(days=4))
    deliver_events(subscription_id=listening.pk)
    rows = EventDelivery.objects.filter(event__resource_instance__in=letters)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def states():
    return list(EventDelivery.objects.order_by("pk").values_list("state", flat=True))


def test_failed_events_are_sent_again_under_their_ids_and_the_follow_up_goes(world, operator):
    with receiver() as hook:
        listening = subscription(endpoint=hook.url, failures=3)
        ids = given_up(listening, "letter-1", "letter-2")
        listening.paused_until = timezone.now() + timedelta(hours=1)
        listening.save()
        assert FollowUp.objects.open().exists()

        assert send_again(delivery_ids=ids, operator=operator, reason=" Their server is up again. ") == 2
        deliver_events(subscription_id=listening.pk)

    assert states() == [S.DELIVERED] * 2
    assert set(hook.ids()) == {str(row.event_id) for row in EventDelivery.objects.all()}
    assert FollowUp.objects.get().resolution == "None of its events is failed any more."
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.operator, entry.reason) == (
        "event.send_again",
        operator,
        "Their server is up again.",
    )
    assert (entry.object_type, entry.object_id) == ("journal.eventsubscription", str(listening.pk))
    assert entry.after == {"deliveries": ids}


def test_what_waits_already_and_what_nobody_listens_to_any_more_is_left_alone(operator, world):
    ended = subscription(endpoint="https://gone.example.no/")
    given_up(ended, "letter-1")
    end_as_operator(subscription=ended, operator=operator, reason="Asked for by phone.")
    subscription()
    happened("letter-2")
    everything = list(EventDelivery.objects.values_list("pk", flat=True))

    assert send_again(delivery_ids=everything, operator=operator, reason="x") == 0

    assert states() == [S.DISCARDED, S.WAITING]
    assert not FollowUp.objects.open().exists()
    with pytest.raises(ReplayRefused):
        end_as_operator(subscription=ended, operator=operator, reason="Again.")


def test_discarded_events_are_not_sent_and_the_follow_up_goes(world, operator):
    with receiver() as hook:
        listening = subscription(endpoint=hook.url)
        ids = given_up(listening, "letter-1")
        happened("letter-2")
        ids.append(EventDelivery.objects.waiting().get().pk)

        assert discard(delivery_ids=ids, operator=operator, reason="They have them already.") == 2
        deliver_events(subscription_id=listening.pk)

    assert hook.bodies == []
    assert states() == [S.DISCARDED] * 2
    assert not FollowUp.objects.open().exists()
    assert AuditEntry.objects.get().action == "event.discard"


@pytest.mark.parametrize("work", [send_again, discard])
def test_reason_is_demanded(world, operator, work):
    ids = given_up(subscription(), "letter-1")

    with pytest.raises(ReplayRefused):
        work(delivery_ids=ids, operator=operator, reason=" ")

    assert states() == [S.FAILED]
    assert not AuditEntry.objects.exists()


def outbox(*arguments):
    out = StringIO()
    call_command("send_outbox", *arguments, "--reason", "Their server was down.", stdout=out)
    return out.getvalue().strip()


def test_command_sends_what_failed_and_can_say_how_much_first(world):
    given_up(subscription(), "letter-1", "letter-2", "letter-3")

    assert outbox("--dry-run") == "Would be sent again: 3."
    assert states() == [S.FAILED] * 3
    assert outbox("--limit", "2") == "Queued to be sent again: 2."
    assert sorted(states()) == [S.FAILED, S.WAITING, S.WAITING]
    assert AuditEntry.objects.get().actor_kind == "system"


def test_command_chooses_by_subscription_and_time_and_state(world):
    first, second = subscription(), subscription(endpoint="https://other.example.no/")
    happened("letter-1", at=timezone.now() - timedelta(days=4))
    for listening in (first, second):
        deliver_events(subscription_id=listening.pk)
    day = (timezone.now() - timedelta(days=4)).date().isoformat()

    assert outbox("--dry-run", "--subscription", str(first.pk)) == "Would be sent again: 1."
    assert outbox("--dry-run", "--since", day) == "Would be sent again: 2."
    assert outbox("--dry-run", "--until", day) == "Would be sent again: 0."
    assert outbox("--dry-run", "--state", "delivered") == "Would be sent again: 0."


def refused(*arguments):
    with pytest.raises(CommandError) as error:
        outbox(*arguments)
    return str(error.value)


def test_command_says_that_a_subscription_is_not_there_any_more(world):
    ended = subscription(ended_at=timezone.now())

    assert refused("--subscription", "99999") == "There is no subscription 99999."
    assert refused("--subscription", "0") == "There is no subscription 0."
    assert refused("--dry-run", "--subscription", str(ended.pk)) == (
        f"Subscription {ended.pk} has ended: nothing is sent to it any more."
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "x"), "“x” is not a date like 2026-11-25 or a time like 2026-11-25T08:00+01:00."),
        (("--until", "25.11.2026"), "“25.11.2026” is not a date like"),
        (("--limit", "-1"), "“-1” is no number above 0."),
    ],
)
def test_command_says_what_it_does_not_understand(db, arguments, said):
    assert said in refused(*arguments)


def test_commands_times_are_norwegian_as_on_operators_pages(world):
    subscription()
    happened("letter-1", at=datetime(2026, 11, 25, 7, 30, tzinfo=UTC))

    EventDelivery.objects.update(state=S.FAILED, finished_at=timezone.now())
    assert outbox("--dry-run", "--since", "2026-11-25T08:30") == "Would be sent again: 1."
    assert outbox("--dry-run", "--since", "2026-11-25T08:31") == "Would be sent again: 0."
    assert outbox("--dry-run", "--since", "2026-11-25T07:31Z") == "Would be sent again: 0."


def test_command_runs_once_at_a_time(committed, world):
    given_up(subscription(), *(f"letter-{number}" for number in range(50)))

    def run():
        try:
            return outbox()
        except CommandError as error:
            return str(error)

    answers = at_once(run, run)

    assert set(answers) <= {
        "Queued to be sent again: 50.",
        "Queued to be sent again: 0.",
        "Another run of it is under way.",
    }
    assert AuditEntry.objects.count() == 1
