"""Two servers of one channel: who takes a message when the first is down, fails, asks for a pause, and recovers."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.enums import Channel
from notifications.models import Attempt, Delivery, Provider
from notifications.services.delivery import health
from notifications.services.delivery.deliver import deliver_due
from notifications.services.delivery.health import known_providers, note_answer
from notifications.transports import smtp
from tests.notifications.conftest import ADDRESS, EMAIL, JOB, told
from tests.support.companies import companies_with_addresses
from tests.support.letters import letter, send_and_publish
from tests.support.smtp import smtp_server

BROKEN = "451 4.3.0 broken"
NOBODY = "smtp://127.0.0.1:9"


@pytest.fixture
def second(mailbox, settings):
    """The server that is asked when `mailbox` does not take a mail."""
    with smtp_server() as second:
        settings.EMAIL_URLS = [mailbox.url, second.url]
        yield second


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def tell(sender, recipients):
    send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=recipients))
    deliver_due(job_id=JOB)


def tell_custom(sender, address):
    custom = {"customRecipients": [{"emailAddress": address}], "overrideRegisteredContactInformation": True}
    told(sender, EMAIL | custom | {"emailBody": "Hei"})


def weight(mailbox):
    return Provider.objects.get(name=mailbox.url).weight


def attempts():
    return list(Attempt.objects.order_by("pk").values_list("provider", "outcome"))


def test_first_repeat_goes_at_once_to_the_other_server_under_the_same_id(sender, mailbox, second):
    mailbox.replies[ADDRESS] = [BROKEN]

    told(sender)

    assert attempts() == [(mailbox.url, "temporary"), (second.url, "accepted")]
    assert [mail["Message-ID"] for mail in second.mails] == [Delivery.objects.get().message_id]
    assert weight(mailbox) == 100


def test_server_that_hangs_up_on_a_mail_gets_it_again_over_a_new_connection(sender, mailbox):
    mailbox.drops = 1

    told(sender)

    assert attempts() == [(mailbox.url, "temporary"), (mailbox.url, "accepted")]
    assert {mail["Message-ID"] for mail in mailbox.mails} == {Delivery.objects.get().message_id}


def test_server_has_less_time_to_answer_before_a_text_than_after_it(sender, mailbox, second, monkeypatch):
    assert (smtp.COMMAND_SECONDS, smtp.TEXT_SECONDS) == (10, 30)
    monkeypatch.setattr(smtp, "COMMAND_SECONDS", 0.3)
    told(sender)
    mailbox.stalls = 0.6
    told(sender)
    mailbox.stalls_before = 0.6
    told(sender)

    assert (len(mailbox.mails), len(second.mails)) == (2, 1)
    assert [outcome for _, outcome in attempts()] == ["accepted", "accepted", "temporary", "accepted"]


def test_address_beyond_ascii_goes_to_the_server_that_can_be_told_it(sender, mailbox, settings):
    with smtp_server(utf8=True) as second:
        settings.EMAIL_URLS = [mailbox.url, second.url]
        tell_custom(sender, "blåbær@eksempel.example")

    assert attempts() == [(mailbox.url, "temporary"), (second.url, "accepted")]
    assert (second.mails[0]["To"], mailbox.mails) == ("blåbær@eksempel.example", [])
    assert weight(mailbox) == 100


def test_address_beyond_ascii_that_no_server_can_be_told_is_invalid(sender, mailbox, second):
    tell_custom(sender, "blåbær@eksempel.example")

    assert attempts() == [(mailbox.url, "temporary"), (second.url, "permanent")]
    assert Delivery.objects.get().state == "Email_Failed_InvalidEmailFormat"
    assert "does not offer SMTPUTF8" in Attempt.objects.last().answer


def test_address_beyond_ascii_waits_for_a_server_that_may_be_told_it(sender, mailbox, settings):
    settings.EMAIL_URLS = [NOBODY, mailbox.url]
    tell_custom(sender, "blåbær@eksempel.example")

    assert attempts() == [(NOBODY, "down"), *[(mailbox.url, "temporary")] * 3]
    assert Delivery.objects.get().state == "Email_New"


def test_server_that_stalls_is_left_for_the_other(sender, mailbox, second, monkeypatch):
    monkeypatch.setattr(smtp, "TEXT_SECONDS", 0.5)
    mailbox.stalls = 1

    told(sender)

    assert attempts() == [(mailbox.url, "temporary"), (second.url, "accepted")]
    assert "timed out" in Attempt.objects.get(number=1).answer


def test_server_that_keeps_failing_loses_its_mails_and_gets_them_back_step_by_step(
    sender, mailbox, second, clock, monkeypatch
):
    monkeypatch.setattr(health, "FAILURES", 10)
    random.seed(1)  # who takes its share is left to chance
    companies = companies_with_addresses(20)
    mailbox.always = BROKEN

    tell(sender, companies)

    assert (len(mailbox.mails), len(second.mails), weight(mailbox)) == (0, 20, 0)
    assert Attempt.objects.filter(provider=mailbox.url).count() == 10

    mailbox.always = ""
    tell(sender, companies[:1])  # its pause is not over
    assert (len(mailbox.mails), len(second.mails)) == (0, 21)

    clock.shift(timedelta(seconds=61))
    tell(sender, companies[:1])  # it is tried again
    assert (len(mailbox.mails), weight(mailbox)) == (1, 25)

    for step in (50, 100):
        clock.shift(timedelta(seconds=31))
        tell(sender, companies)
        assert weight(mailbox) == step
    shared = len(second.mails)
    assert 21 < shared < 21 + 2 * 20

    tell(sender, companies)
    assert (len(mailbox.mails), len(second.mails)) == (1 + 3 * 20 - (shared - 21), shared)


def test_server_that_is_still_broken_when_it_is_tried_again_pauses_anew(sender, mailbox, second, clock):
    companies = companies_with_addresses(3)
    Provider.objects.create(channel="email", name=mailbox.url, weight=0, paused_until=timezone.now())
    mailbox.always = BROKEN

    tell(sender, companies)

    assert Attempt.objects.filter(provider=mailbox.url).count() == 1
    assert (weight(mailbox), len(second.mails)) == (0, 3)
    assert Provider.objects.get(name=mailbox.url).paused_until == timezone.now() + timedelta(seconds=60)


def test_server_that_is_down_is_passed_over_by_all_that_follow(sender, second, settings):
    settings.EMAIL_URLS = [NOBODY, second.url]

    tell(sender, companies_with_addresses(3))

    assert len(second.mails) == 3
    assert Attempt.objects.filter(provider=NOBODY, outcome="down").count() == 1
    assert Provider.objects.get(name=NOBODY).weight == 0


def test_mails_wait_without_an_attempt_while_the_only_server_is_down(sender, settings, clock):
    settings.EMAIL_URLS = [NOBODY]
    tell(sender, companies_with_addresses(3))
    for _ in range(3):
        clock.shift(timedelta(seconds=15))
        deliver_due(job_id=JOB)

    assert (Attempt.objects.count(), Delivery.objects.filter(state="Email_New").count()) == (1, 3)

    with smtp_server() as mended:
        settings.EMAIL_URLS = [mended.url]
        clock.shift(timedelta(seconds=15))
        deliver_due(job_id=JOB)

    assert len(mended.mails) == 3


def test_refused_login_takes_the_server_out_and_fails_no_mail(sender, settings, second):
    with smtp_server(password="right") as locked:
        settings.EMAIL_URLS = [locked.url.replace("//", "//user:wrong@"), second.url]
        told(sender)

    provider = Provider.objects.get(name=locked.url)
    assert (provider.weight, "535" in provider.trouble, "wrong" in provider.trouble) == (0, True, False)
    assert attempts() == [(locked.url, "down"), (second.url, "accepted")]


def test_right_password_is_taken(sender, settings):
    with smtp_server(password="right") as locked:
        settings.EMAIL_URLS = [locked.url.replace("//", "//user:right@")]
        told(sender)

    assert len(locked.mails) == 1


def test_busy_server_pauses_while_the_other_takes_its_mails(sender, mailbox, second):
    mailbox.always = "451 4.7.0 too many mails"

    tell(sender, companies_with_addresses(3))

    assert (len(second.mails), weight(mailbox)) == (3, 100)
    assert Attempt.objects.filter(provider=mailbox.url).count() == 1


def test_full_mailboxes_are_not_held_against_the_server(sender, mailbox, second, monkeypatch):
    monkeypatch.setattr(health, "FAILURES", 5)
    mailbox.always = second.always = "452 4.2.2 mailbox full"

    tell(sender, companies_with_addresses(20))

    assert (weight(mailbox), weight(second)) == (100, 100)


def test_slow_server_loses_its_weight_by_the_seconds_it_takes(db):
    provider = known_providers(Channel.EMAIL, ["smtp://slow"])["smtp://slow"]

    note_answer(provider, seconds=9)
    note_answer(provider, seconds=30)
    after_one = provider.weight
    note_answer(provider, seconds=30)

    assert (after_one, provider.weight) == (100, 0)


def test_health_is_read_once_for_any_number_of_mails(sender, mailbox):
    companies = companies_with_addresses(10)
    counts = []
    for recipients in (companies[:1], companies[:1], companies):
        send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=recipients))
        with CaptureQueriesContext(connection) as queries:
            deliver_due(job_id=JOB)
        counts.append(sum("notifications_provider" in query["sql"] for query in queries))

    assert counts == [3, 1, 1]  # the first time: looked for, made, read


@pytest.mark.contract("notifications.md#9.4")
def test_retries_wait_longer_and_longer_until_the_mail_expires(sender, mailbox, clock):
    mailbox.always = BROKEN
    told(sender)
    began, waits = timezone.now(), []
    while (delivery := Delivery.objects.get()).next_attempt_at:
        waits.append((delivery.next_attempt_at - timezone.now()).total_seconds() / 60)
        clock.move_to(max(delivery.next_attempt_at, Provider.objects.get().paused_until or timezone.now()))
        deliver_due(job_id=JOB)

    for wait, minutes in zip(waits, [1, 5, 15, *[30] * (len(waits) - 3)], strict=True):
        assert 0.8 * minutes <= wait <= 1.2 * minutes
    assert delivery.state == "Email_Failed"
    assert timedelta(hours=47) < timezone.now() - began < timedelta(hours=49)


def test_database_refuses_a_provider_twice_and_a_weight_beyond_the_whole(db):
    Provider.objects.create(channel="email", name="x")

    with pytest.raises(IntegrityError, match="provider_once"), transaction.atomic():
        Provider.objects.create(channel="email", name="x")
    with pytest.raises(IntegrityError, match="provider_weight_is_a_share"), transaction.atomic():
        Provider.objects.create(channel="sms", name="x", weight=101)
