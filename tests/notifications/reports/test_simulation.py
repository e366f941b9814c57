"""Addresses that force each outcome, as an unmodified client sees it in `details` (notifications.md 9.4)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications import simulation
from notifications.models import Attempt, CapturedMessage, Delivery, DeliveryReport, Provider, ReceivedReport
from notifications.services.delivery.deliver import deliver_due
from notifications.transports import simulator
from tests.notifications.conftest import EMAIL, JOB, told
from tests.notifications.reports.conftest import SMS
from tests.support.jobs import run_due_jobs

pytestmark = pytest.mark.contract("notifications.md#9.4")
MINUTES = 16
MAIL = [
    ("delivered", "Email_Delivered"),
    ("accepted", "Email_Failed_TTL"),
    ("bounced", "Email_Failed_Bounced"),
    ("temporary", "Email_Delivered"),
    ("down", "Email_Failed"),
    ("spam", "Email_Failed_FilteredSpam"),
    ("quarantined", "Email_Failed_Quarantined"),
    ("suppressed", "Email_Failed_SuppressedRecipient"),
    ("invalid", "Email_Failed_InvalidEmailFormat"),
]
PHONE = [
    ("605", "SMS_Delivered"),
    ("606", "SMS_Failed_TTL"),
    ("607", "SMS_Failed"),
    ("608", "SMS_Delivered"),
    ("609", "SMS_Failed"),
    ("611", "SMS_Failed_BarredReceiver"),
    ("612", "SMS_Failed_Rejected"),
    ("613", "SMS_Failed_Undelivered"),
    ("614", "SMS_Failed_Deleted"),
    ("615", "SMS_Failed_Expired"),
]


@pytest.fixture(autouse=True)
def any_hour(settings):
    settings.SMS_SEND_WINDOW = "always"


def to(address, notification):
    member = "emailAddress" if "@" in address else "mobileNumber"
    return notification | {
        "customRecipients": [{member: address}],
        "overrideRegisteredContactInformation": True,
        "emailBody": "Hei",
    }


def statuses(sender, address, notification):
    """What a client sees that asks every ten seconds."""
    seen = []
    kind = "email" if "@" in address else "sms"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        letter = told(sender, to(address, notification))
        for _ in range(MINUTES * 6):
            (details,) = sender.get(f"/correspondence/{letter.pk}/details").json()["notifications"]
            status = details["notificationStatusDetails"][kind]["sendStatus"]["status"]
            if status not in seen[-1:]:
                seen.append(status)
            if details["processingStatus"]["status"] == "Order_Completed":
                break
            clock.shift(timedelta(seconds=10))
            run_due_jobs()
            deliver_due(job_id=JOB)
    return seen


@pytest.mark.parametrize(("local", "ends"), MAIL)
def test_each_mail_outcome_is_seen_by_a_client(sender, mailbox, local, ends):
    seen = statuses(sender, f"{local}@simulator.example", EMAIL)

    waits = {"temporary": ["Email_New", "Email_Succeeded"], "down": ["Email_New"], "invalid": []}
    assert seen == [*waits.get(local, ["Email_Succeeded"]), ends]
    assert mailbox.mails == []


@pytest.mark.parametrize(("number", "ends"), PHONE)
def test_each_sms_outcome_is_seen_by_a_client(sender, number, ends):
    seen = statuses(sender, f"+46701740{number}", SMS)

    waits = {"608": ["SMS_New", "SMS_Accepted"], "609": ["SMS_New"], "607": []}
    assert seen == [*waits.get(number, ["SMS_Accepted"]), ends]


def test_two_failures_come_before_the_delivery(sender):
    statuses(sender, "temporary@simulator.example", EMAIL)

    assert list(Attempt.objects.values_list("outcome", "provider")) == [
        ("temporary", "simulator"),
        ("temporary", "simulator"),
        ("accepted", "simulator"),
    ]


def test_down_is_given_up_when_the_next_try_would_come_after_its_end(sender):
    statuses(sender, "down@simulator.example", EMAIL)

    delivery = Delivery.objects.get()
    lasted = delivery.state_changed_at - delivery.created_at
    assert Attempt.objects.count() == 4
    assert (
        timedelta(minutes=4.5) < lasted < timedelta(minutes=8)
    )  # 0, 0, 1 and 5 minutes, give or take a fifth


def test_simulated_report_takes_the_way_of_real_ones(sender):
    statuses(sender, "Bounced+17@Simulator.example", EMAIL)

    received, report = ReceivedReport.objects.get(), DeliveryReport.objects.get()
    assert (received.provider, b'"status": "5.1.1"' in bytes(received.body)) == ("simulator", True)
    assert (report.outcome, report.delivery) == ("applied", Delivery.objects.get())


def test_slow_provider_answers_in_the_end(sender, monkeypatch):
    monkeypatch.setattr(simulator, "SLOW_SECONDS", 0.2)

    seen = statuses(sender, "slow@simulator.example", EMAIL)

    attempt = Attempt.objects.get()
    assert seen == ["Email_Succeeded", "Email_Delivered"]
    assert (simulation.SLOW_SECONDS, attempt.outcome) == (20, "accepted")


def test_a_provider_that_is_down_for_one_holds_up_nobody(sender, mailbox):
    both = [{"emailAddress": "down@simulator.example"}, {"emailAddress": "kari@eksempel.example"}]

    told(sender, EMAIL | {"customRecipients": both, "emailBody": "Hei"})

    assert {mail["To"] for mail in mailbox.mails} == {"post@rask-falk.example", "kari@eksempel.example"}


def test_simulated_message_waits_for_no_provider(sender, settings):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9"]
    both = [{"emailAddress": "kari@eksempel.example"}, {"emailAddress": "delivered@simulator.example"}]
    override = {"overrideRegisteredContactInformation": True, "emailBody": "Hei"}

    told(sender, EMAIL | override | {"customRecipients": both})

    states = dict(Delivery.objects.values_list("address", "state"))
    assert states == {
        "kari@eksempel.example": "Email_New",
        "delivered@simulator.example": "Email_Succeeded",
    }


def test_simulated_message_uses_up_no_limit_and_is_held_against_nobody(sender, settings):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9?rate=0.01"]

    told(sender, to("down@simulator.example", EMAIL))

    provider = Provider.objects.get()
    assert Attempt.objects.filter(provider="simulator").count() == 2
    assert (provider.free_at, provider.failures, provider.weight) == (None, 0, 100)


@pytest.mark.parametrize("address", ["someone@simulator.example", "delivered@example.no", "+4799999999"])
def test_other_addresses_are_not_simulated(sender, settings, address):
    settings.EMAIL_URLS = []

    told(sender, to(address, EMAIL if "@" in address else SMS))

    assert CapturedMessage.objects.get().recipient == address


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("delivered@simulator.example", "Email_Failed_InvalidEmailFormat"),
        ("+46701740605", "SMS_Failed_InvalidRecipient"),
    ],
)
def test_production_refuses_them(sender, mailbox, settings, address, state):
    settings.IS_PRODUCTION = True

    told(sender, to(address, EMAIL if "@" in address else SMS))

    assert Delivery.objects.get().state == state
    assert "demo and test only" in Attempt.objects.get().answer
    assert (mailbox.mails, ReceivedReport.objects.exists()) == ([], False)
