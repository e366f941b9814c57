"""SMS over an HTTP gateway, and what each of its answers means (notifications.md 9.4)."""

import pytest
import time_machine
from django.utils import timezone

from notifications.models import Attempt, Delivery, Provider
from notifications.services.delivery.deliver import deliver_due
from notifications.transports import http
from tests.notifications.conftest import JOB, told
from tests.support.post_service import Answer, sms_gateway

SMS = {"notificationChannel": "Sms", "smsBody": "Nytt brev"}
NUMBER = "+4799999999"


@pytest.fixture
def gateway(settings):
    settings.SMS_SEND_WINDOW, settings.SMS_GATEWAY_TOKEN = "always", "secret"
    with sms_gateway() as gateway:
        settings.SMS_GATEWAY_URLS = [f"{gateway.url}/send?account=7&rate=500"]
        yield gateway


def attempts():
    return list(Attempt.objects.order_by("number").values_list("number", "outcome"))


def test_sms_is_posted_with_its_reference_and_its_length_is_kept(sender, gateway):
    told(sender, SMS)

    delivery, attempt = Delivery.objects.get(), Attempt.objects.get()
    assert [(one.path, one.body, one.headers["Authorization"]) for one in gateway.posted] == [
        (
            "/send?account=7",
            {"to": NUMBER, "from": "Brev", "body": "Nytt brev", "reference": delivery.message_id},
            "Bearer secret",
        )
    ]
    assert (delivery.state, attempt.reference) == ("SMS_Accepted", f"gw-{delivery.message_id}")
    assert (attempt.encoding, attempt.segments) == ("gsm-7", 1)


@pytest.mark.contract("notifications.md#9.4")
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(202), "SMS_Accepted"),
        (Answer(200, "OK"), "SMS_Accepted"),
        (Answer(400), "SMS_Failed_InvalidRecipient"),
        (Answer(400, '{"error": "unknown recipient"}'), "SMS_Failed_InvalidRecipient"),
        (Answer(422, '{"error": "4799999999 is not in use"}'), "SMS_Failed_InvalidRecipient"),
        (Answer(410, '{"field": "to"}'), "SMS_Failed_InvalidRecipient"),
        (Answer(400, '{"error": "sender is not allowed"}'), "SMS_Failed"),
        (Answer(409, "seen before"), "SMS_Failed"),
    ],
)
def test_answer_about_the_message_ends_it(sender, gateway, answer, state):
    gateway.always = answer

    told(sender, SMS)

    assert (Delivery.objects.get().state, len(gateway.posted)) == (state, 1)


@pytest.mark.contract("notifications.md#9.4")
@pytest.mark.parametrize("status", [302, 401, 403, 404])
def test_gateway_that_does_not_know_us_is_down_and_fails_nobody(sender, gateway, status):
    gateway.always = Answer(status, "no")

    told(sender, SMS)

    provider = Provider.objects.get()
    assert (Delivery.objects.get().state, attempts()) == ("SMS_New", [(1, "down")])
    assert (provider.weight, provider.trouble) == (0, f"{status} no")


@pytest.mark.contract("notifications.md#9.4")
@pytest.mark.parametrize("answer", [Answer(408), Answer(500), Answer(503), Answer(hangs_up=True)])
def test_trouble_that_may_pass_is_tried_again_at_once_under_the_same_reference(sender, gateway, answer):
    gateway.answers = [answer]

    told(sender, SMS)

    assert (Delivery.objects.get().state, attempts()) == ("SMS_Accepted", [(1, "temporary"), (2, "accepted")])
    assert len({one.body["reference"] for one in gateway.posted}) == 1


def test_gateway_that_does_not_answer_in_time_is_tried_again(sender, gateway, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.2)
    gateway.answers = [Answer(delay=0.6)]

    told(sender, SMS)

    assert attempts() == [(1, "temporary"), (2, "accepted")]


@pytest.mark.contract("notifications.md#9.4")
@pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "300"}, 300), ({}, 60)])
def test_gateway_that_asks_for_a_pause_gets_one_without_losing_weight(sender, gateway, headers, seconds):
    gateway.always = Answer(429, "slow down", headers)
    began = timezone.now()

    told(sender, SMS)
    deliver_due(job_id=JOB)

    provider, delivery = Provider.objects.get(), Delivery.objects.get()
    pause = (provider.paused_until - began).total_seconds()
    assert (provider.weight, seconds <= pause < seconds + 20) == (100, True)
    assert (delivery.state, delivery.next_attempt_at) == ("SMS_New", provider.paused_until)
    assert len(gateway.posted) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("999999", 3600),
        ("Mon, 01 Jun 2026 12:00:30 GMT", 30),
        ("Mon, 01 Jun 2026 11:00:00 GMT", 0),
        ("soon", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header, seconds):
    with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
        error = http.not_about_the_message(429, "429", {"Retry-After": header})

    assert error.seconds == seconds


def test_land_line_is_refused_before_the_gateway(sender, gateway):
    land_line = {"customRecipients": [{"mobileNumber": "+4722334455"}]}

    told(sender, SMS | land_line | {"overrideRegisteredContactInformation": True})

    assert (Delivery.objects.get().state, gateway.posted) == ("SMS_Failed_InvalidRecipient", [])
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.provider) == ("not-sendable", "")
    assert attempt.answer == "The number is a land line."


def test_text_of_more_than_sixteen_segments_is_not_cut_but_refused(sender, gateway):
    """Beside an e-mail, which is sent; an SMS alone is a failure at once."""
    both = {"notificationChannel": "EmailAndSms", "emailSubject": "Brev", "emailBody": "Hei"}
    told(sender, SMS | both | {"smsBody": "á" * 1073})

    sms = Delivery.objects.get(channel="sms")
    assert (sms.state, gateway.posted) == ("SMS_Failed", [])
    attempt = sms.attempts.get()
    assert (attempt.outcome, attempt.provider) == ("not-sendable", "")
    assert attempt.answer == "The text takes 17 segments in UCS-2; at most 16 are sent."
