"""`manage.py resend_notifications`."""

import io
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications.models import Notification, Order
from notifications.services.delivery.deliver import deliver_due
from registry.database import only_one
from registry.models import AuditEntry, User
from registry.services.operators import ensure_operator, ensure_supervisor
from tests.notifications.conftest import ADDRESS, EMAIL, JOB, told
from tests.support.parallel import with_own_connection
from tests.support.world import UNREACHABLE

WHY = "The mail server was down."
REFUSED = "550 5.1.1 no such mailbox"


@pytest.fixture(autouse=True)
def operator(db):
    ensure_supervisor(username="supervisor", password="only-for-tests")
    return ensure_operator(username="operator", password="only-for-tests")


def run(*arguments, by="operator"):
    """What it printed, and how it ended: empty for exit status 0."""
    printed, ended = io.StringIO(), ""
    try:
        options = [str(one) for one in arguments]
        call_command("resend_notifications", *options, operator=by, reason=WHY, stdout=printed)
    except CommandError as error:
        ended = str(error)
    return printed.getvalue().splitlines(), ended


def order_of(letter_):
    return letter_.orders.get(repeats=None)


def repetition_of(order):
    return order.repetitions.get()


def failed(sender, mailbox):
    mailbox.replies[ADDRESS] = [REFUSED]
    return told(sender)


def test_order_named_by_id_is_sent_again(sender, mailbox, operator):
    order = order_of(told(sender))

    lines, ended = run("--order", order.pk)
    deliver_due(job_id=JOB)

    again = repetition_of(order)
    assert lines == [f"{order.pk}: sent again as {again.pk}", "1 sent again, 0 refused."]
    assert (ended, again.operator, again.reason, len(mailbox.mails)) == ("", operator, WHY, 2)
    assert AuditEntry.objects.get(action="notification.resend").operator == operator


def test_order_goes_to_another_address(sender, mailbox):
    order = order_of(failed(sender, mailbox))

    wrong = run("--order", order.pk, "--address", "nobody")
    right = run("--order", order.pk, "--address", "ny@rask-falk.example")
    deliver_due(job_id=JOB)

    assert wrong[0] == [
        f"{order.pk}: refused. “nobody” is no e-mail address and no mobile number with its country code (+47 …).",
        "0 sent again, 1 refused.",
    ]
    assert (right[1], [mail["To"] for mail in mailbox.mails]) == ("", ["ny@rask-falk.example"])


def test_another_address_is_for_one_order(sender):
    orders = [order_of(told(sender)).pk for _ in range(2)]

    assert run("--order", *orders, "--address", "ny@rask-falk.example") == (
        [],
        "Another address can be given for one order only.",
    )


def test_repetition_may_be_named_for_the_order_that_it_repeats(sender, mailbox):
    order = order_of(told(sender))
    run("--order", order.pk)
    deliver_due(job_id=JOB)

    lines, ended = run("--order", repetition_of(order).pk, order.pk)

    assert (lines[-1], ended, order.repetitions.count()) == ("1 sent again, 0 refused.", "", 2)


def test_letters_named_by_id_have_all_their_orders_sent_again(sender, mailbox):
    custom = {"customRecipients": [{"organizationNumber": "310244007"}]}
    published = told(sender, EMAIL | custom)
    told(sender)

    lines, ended = run("--correspondence", published.pk)

    assert (lines[-1], ended) == ("2 sent again, 0 refused.", "")
    repeated = Order.objects.filter(repeats__isnull=False)
    assert {one.repeats for one in repeated} == set(published.orders.filter(repeats=None))


def test_refused_order_keeps_no_other_back_and_ends_with_an_error(sender, recipient, mailbox):
    seen, unseen = told(sender), told(sender)
    recipient.get(f"/correspondence/{seen.pk}/content")

    lines, ended = run("--order", order_of(seen).pk, order_of(unseen).pk)

    assert f"{order_of(seen).pk}: refused. The letter has been read already." in lines
    assert lines[-1] == "1 sent again, 1 refused."
    assert ended == "Not all of them: the lines above say why."
    assert repetition_of(order_of(unseen))


def test_supervisor_may_force_and_an_operator_not(sender, recipient, mailbox):
    seen = told(sender)
    recipient.get(f"/correspondence/{seen.pk}/content")

    by_operator = run("--order", order_of(seen).pk, "--forced")
    by_supervisor = run("--order", order_of(seen).pk, "--forced", by="supervisor")

    why = "Only a supervisor may send to somebody who is reserved or has read the letter."
    assert by_operator == ([], why)
    assert (by_supervisor[1], repetition_of(order_of(seen)).forced) == ("", True)


def test_unreached_since_finds_whom_nobody_has_reached_and_who_has_not_read(sender, recipient, mailbox):
    long_ago = failed(sender, mailbox)
    Notification.objects.update(state_changed_at=timezone.now() - timedelta(days=2))
    missed = failed(sender, mailbox)
    without_address = told(sender, recipients=[UNREACHABLE])
    read_all_the_same = failed(sender, mailbox)
    recipient.get(f"/correspondence/{read_all_the_same.pk}/content")
    purged = failed(sender, mailbox)
    recipient.delete(f"/correspondence/{purged.pk}/purge")
    reached = told(sender)
    since = timezone.now() - timedelta(days=1)

    lines, ended = run("--unreached-since", since.isoformat())
    once_more = run("--unreached-since", since.isoformat())

    repeated = Order.objects.filter(repeats__isnull=False)
    assert {one.correspondence for one in repeated} == {missed, without_address}
    assert (lines[-1], ended) == ("2 sent again, 0 refused.", "")
    assert once_more == (["0 sent again, 0 refused."], "")  # what is under way is left alone
    assert not {long_ago, reached} & {one.correspondence for one in repeated}


def test_repetition_that_has_failed_since_counts_and_one_that_has_arrived_settles_it(sender, mailbox):
    order = order_of(failed(sender, mailbox))
    Notification.objects.update(state_changed_at=timezone.now() - timedelta(days=2))
    since = (timezone.now() - timedelta(days=1)).isoformat()
    before = run("--unreached-since", since)
    mailbox.replies[ADDRESS] = [REFUSED]
    run("--order", order.pk)
    deliver_due(job_id=JOB)

    failed_again = run("--unreached-since", since)
    deliver_due(job_id=JOB)
    arrived = run("--unreached-since", since)

    last_lines = [lines[-1] for lines, _ in (before, failed_again, arrived)]
    assert last_lines == ["0 sent again, 0 refused.", "1 sent again, 0 refused.", "0 sent again, 0 refused."]


def test_orders_of_one_resource_up_to_a_limit(sender, mailbox):
    orders = [order_of(failed(sender, mailbox)) for _ in range(3)]
    day = (timezone.now() - timedelta(days=1)).date()

    elsewhere = run("--unreached-since", day, "--resource", "example-level3")
    here = run("--unreached-since", day, "--resource", "example-letters", "--limit", 2)

    assert elsewhere == (["0 sent again, 0 refused."], "")
    assert here[0][-1] == "2 sent again, 0 refused."
    assert set(Order.objects.filter(repeats__isnull=False).values_list("repeats", flat=True)) == {
        one.pk for one in orders[:2]
    }


def test_dry_run_says_the_same_and_does_nothing(sender, recipient, mailbox):
    seen, unseen = told(sender), told(sender)
    recipient.get(f"/correspondence/{seen.pk}/content")

    lines, ended = run("--order", order_of(seen).pk, order_of(unseen).pk, "--dry-run")
    deliver_due(job_id=JOB)

    assert lines == [
        f"{order_of(unseen).pk}: would be sent again",
        f"{order_of(seen).pk}: refused. The letter has been read already.",
        "1 would be sent again, 1 refused.",
    ]
    assert ended
    assert (Order.objects.count(), AuditEntry.objects.count(), len(mailbox.mails)) == (2, 0, 2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--order", uuid.UUID(int=1)], f"No order: {uuid.UUID(int=1)}"),
        (["--correspondence", uuid.UUID(int=1)], f"No letter with a notification: {uuid.UUID(int=1)}"),
        (["--order", "abc"], "Error: argument --order: invalid UUID value: 'abc'"),
        (
            ["--unreached-since", "yesterday"],
            "Error: argument --unreached-since: “yesterday” is not a date like 2026-11-25 or a time like 2026-11-25T08:00+01:00.",
        ),
        (
            ["--unreached-since", "2026-01-01", "--limit", 0],
            "Error: argument --limit: “0” is no number above 0.",
        ),
    ],
)
def test_what_cannot_be_meant_is_an_error_that_says_so(arguments, sentence):
    assert run(*arguments) == ([], sentence)


def test_unknown_id_among_others_stops_it_before_anything_is_sent(sender):
    order = order_of(told(sender))

    lines, ended = run("--order", order.pk, uuid.UUID(int=1), "--resource", "example-letters")

    assert (lines, ended) == ([], f"No order of the resource example-letters: {uuid.UUID(int=1)}")
    assert Order.objects.count() == 1


@pytest.mark.parametrize("name", ["nobody", "onlooker", "gone"])
def test_who_may_not_resend_is_told_so(sender, operator, name):
    User.objects.create_user("onlooker")
    gone = ensure_operator(username="gone", password="only-for-tests")
    gone.is_active = False
    gone.save()
    order = order_of(told(sender))

    assert run("--order", order.pk, by=name) == ([], f"“{name}” is nobody who may send notifications again.")


def test_second_run_at_the_same_time_leaves(sender):
    order = order_of(told(sender))
    inside, leave = threading.Event(), threading.Event()

    def first_run():
        with only_one("resend_notifications") as is_alone:
            assert is_alone
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=lambda: with_own_connection(first_run))
    thread.start()
    inside.wait(30)
    meanwhile = run("--order", order.pk)
    leave.set()
    thread.join()
    afterwards = run("--order", order.pk)

    assert meanwhile == ([], "Another resend_notifications is at work. Try again when it has ended.")
    assert afterwards[1] == ""
