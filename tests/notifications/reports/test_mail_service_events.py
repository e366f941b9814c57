"""Events as a mail service of django-anymail posts them, and reports by a provider's own id of a message."""

import base64
import json

import pytest
import requests
from django.core.checks import run_checks

from notifications.models import Attempt, Delivery, DeliveryReport, ReceivedReport
from notifications.report_providers import report_providers
from tests.notifications.conftest import EMAIL, told
from tests.notifications.reports.conftest import BASIC, SMS, post, signed
from tests.support.jobs import run_due_jobs
from tests.support.letters import letter
from tests.support.post_service import postmark
from tests.support.processes import eventually, web_server, worker

PASSWORD = "postmark:pass-word"
EVENTS = {"channel": "email", "provider": "postmark", "service": "postmark", "basic": PASSWORD}
AUTHORISED = {"Authorization": "Basic " + base64.b64encode(PASSWORD.encode()).decode()}
DELIVERED = {"RecordType": "Delivery", "MessageID": "pm-1", "Recipient": "post@rask-falk.example"}
BOUNCED = {"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "pm-1", "Description": "550 5.1.1 gone"}


@pytest.fixture
def service(settings):
    """Postmark, which takes mails and reports on them."""
    settings.REPORT_PROVIDERS = report_providers([EVENTS])
    with postmark() as service:
        settings.EMAIL_URLS = [f"anymail://postmark?server_token=secret&api_url={service.url}"]
        yield service


def report(event, **headers):
    answer = post("email/postmark", event, **(headers or AUTHORISED))
    run_due_jobs()
    return answer.status_code


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (DELIVERED, "Email_Delivered"),
        (BOUNCED, "Email_Failed_Bounced"),
        (BOUNCED | {"Type": "BadEmailAddress"}, "Email_Failed_InvalidEmailFormat"),
        (BOUNCED | {"Type": "ManuallyDeactivated"}, "Email_Failed_SuppressedRecipient"),
        (BOUNCED | {"Type": "Transient"}, "Email_Succeeded"),
    ],
)
def test_event_changes_the_mail_that_the_service_knows_by_its_own_id(sender, service, event, state):
    told(sender)
    accepted = Delivery.objects.get()
    assert (accepted.state, accepted.report_by is None) == ("Email_Succeeded", False)

    assert report(event) == 200

    assert Delivery.objects.get().state == state
    assert DeliveryReport.objects.get().delivery == accepted


def test_bounce_keeps_what_the_service_says(sender, service):
    told(sender)

    report(BOUNCED)

    assert "550 5.1.1 gone" in DeliveryReport.objects.get().detail


@pytest.mark.parametrize("headers", [BASIC, {"X-Signature": signed(DELIVERED)}])
def test_stranger_is_refused(sender, service, headers):
    told(sender)

    assert report(DELIVERED, **headers) == 401

    assert (Delivery.objects.get().state, ReceivedReport.objects.exists()) == ("Email_Succeeded", False)


@pytest.mark.parametrize(
    "event", [{"RecordType": "Open", "MessageID": "pm-1"}, DELIVERED | {"MessageID": None}]
)
def test_what_is_not_about_delivery_is_not_kept(sender, service, event):
    assert report(event) == 200

    assert not ReceivedReport.objects.exists()


def test_what_anymail_cannot_read_is_kept_as_it_came(sender, service):
    assert report(b'{"RecordType": ') == 200

    received = ReceivedReport.objects.get()
    assert (bytes(received.body), "not valid JSON" in received.problem) == (b'{"RecordType": ', True)


def test_service_that_signs_is_held_to_it(settings, db):
    settings.REPORT_PROVIDERS = report_providers([EVENTS | {"provider": "mailgun", "service": "mailgun"}])
    settings.EMAIL_URLS = ["anymail://mailgun?api_key=key&sender_domain=example.no"]
    event = {
        "signature": {"token": "t", "timestamp": "1", "signature": "wrong"},
        "event-data": {"event": "delivered"},
    }

    answer = post("email/mailgun", event, **AUTHORISED, **{"Content-Type": "application/json"})

    assert (answer.status_code, ReceivedReport.objects.exists()) == (401, False)


def test_another_providers_same_id_is_another_message(sender, service, settings, mailbox):
    settings.EMAIL_URLS = [mailbox.url]
    told(sender)
    Attempt.objects.update(reference="pm-1")

    report(DELIVERED)

    assert Delivery.objects.get().state == "Email_Succeeded"
    assert DeliveryReport.objects.get().outcome == "waiting"


def test_gateway_may_report_by_the_id_that_it_gave(sender, reporting, gateway):
    told(sender, SMS)
    body = {"reference": "sms-1", "status": "delivered"}

    post("sms/gateway", body, **{"X-Signature": signed(body)})
    run_due_jobs()

    assert Delivery.objects.get().state == "SMS_Delivered"


@pytest.mark.parametrize(
    ("service", "says"), [("pigeon", "knows no service 'pigeon'"), ("mailgun", "MAILGUN_WEBHOOK_SIGNING_KEY")]
)
def test_service_whose_events_cannot_be_read_is_named_at_the_start(settings, service, says):
    settings.REPORT_PROVIDERS = report_providers([EVENTS | {"service": service}])

    (error,) = [message for message in run_checks() if message.id == "correspondence.E002"]

    assert (says in error.msg, "pass-word" in error.msg) == (True, False)


@pytest.mark.parametrize(
    "entry", [EVENTS | {"channel": "sms"}, {**EVENTS, "basic": "", "hmac": "a long secret"}]
)
def test_service_needs_mail_and_a_password(entry):
    with pytest.raises(ValueError, match="names a service"):
        report_providers([entry])


def test_events_over_http_reach_the_mail_that_a_worker_has_sent(committed, sender):
    with postmark() as service:
        environment = {
            "EMAIL_URL": f"anymail://postmark?server_token=secret&api_url={service.url}",
            "DELIVERY_REPORTS": json.dumps([EVENTS]),
        }
        with web_server(**environment) as base, worker(**environment):
            sender.post("/correspondence", letter(correspondence={"notification": EMAIL}))
            eventually(lambda: Delivery.objects.filter(state="Email_Succeeded").exists(), "no mail was sent")
            url = f"{base}/notifications/reports/email/postmark"
            answers = [
                requests.post(url, json=DELIVERED, auth=auth, timeout=10)
                for auth in (None, ("postmark", "wrong"), tuple(PASSWORD.split(":")))
            ]
            eventually(lambda: Delivery.objects.filter(state="Email_Delivered").exists(), "nothing changed")

    assert [answer.status_code for answer in answers] == [401, 401, 200]
