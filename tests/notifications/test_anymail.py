"""E-mail over a mail service's HTTP interface, by django-anymail: Postmark's, on a local socket."""

import json

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from correspondence_site import environment
from notifications.models import Attempt, Delivery, Provider
from notifications.transports import anymail
from tests.notifications.conftest import ADDRESS, EMAIL, told
from tests.support.post_service import Answer, postmark
from tests.support.smtp import smtp_server


@pytest.fixture
def service(settings):
    with postmark() as service:
        settings.EMAIL_URLS = [f"anymail://postmark?server_token=secret&api_url={service.url}"]
        yield service


def refusal(code, text):
    return Answer(422, json.dumps({"ErrorCode": code, "Message": text}))


def outcomes():
    return list(Attempt.objects.order_by("number").values_list("outcome", flat=True))


def test_mail_is_posted_with_both_parts_and_our_headers(sender, service):
    told(sender, EMAIL | {"emailContentType": "Html", "emailBody": "<p>Hei</p>"})

    (posted,) = service.posted
    delivery, attempt = Delivery.objects.get(), Attempt.objects.get()
    assert (posted.path, posted.headers["X-Postmark-Server-Token"]) == ("/email", "secret")
    assert posted.body | {"Headers": None} == {
        "From": "DIGITALISERINGSDIREKTORATET <brev@correspondence.example>",
        "To": ADDRESS,
        "Subject": "Brev til RASK FALK AS",
        "TextBody": "Hei\n",
        "HtmlBody": "<p>Hei</p>\n",
        "Headers": None,
    }
    headers = {header["Name"]: header["Value"] for header in posted.body["Headers"]}
    assert headers == {
        "Message-ID": delivery.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": "nb",
    }
    assert (delivery.state, attempt.provider) == ("Email_Succeeded", "anymail://postmark")
    assert (attempt.answer, attempt.reference) == ("sent pm-1", "pm-1")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (refusal(300, f"Invalid 'To' address: '{ADDRESS}'."), "Email_Failed_InvalidEmailFormat"),
        (
            refusal(406, f"Found inactive addresses: {ADDRESS}. Inactive recipients are ones that bounced."),
            "Email_Failed_SuppressedRecipient",
        ),
        (refusal(300, "Invalid metadata content."), "Email_Failed"),
        (Answer(413, "too large"), "Email_Failed"),
    ],
)
def test_refusal_of_the_mail_ends_it(sender, service, answer, state):
    service.always = answer

    told(sender)

    assert (Delivery.objects.get().state, len(service.posted)) == (state, 1)


@pytest.mark.parametrize(
    "answer", [Answer(500, "{}"), Answer(503), Answer(200, "not JSON"), Answer(hangs_up=True)]
)
def test_trouble_that_may_pass_is_tried_again_at_once(sender, service, answer):
    service.answers = [answer]

    told(sender)

    assert (Delivery.objects.get().state, outcomes()) == ("Email_Succeeded", ["temporary", "accepted"])
    assert len({json.dumps(one.body["Headers"]) for one in service.posted}) == 1


def test_service_that_does_not_answer_in_time_is_tried_again(sender, service, monkeypatch):
    monkeypatch.setattr(anymail, "TIMEOUT_SECONDS", 0.2)
    service.answers = [Answer(delay=0.6)]

    told(sender)

    assert outcomes() == ["temporary", "accepted"]


def test_service_that_asks_for_a_pause_gets_it(sender, service):
    service.always = Answer(429, "{}", {"Retry-After": "120"})

    told(sender)

    provider, delivery = Provider.objects.get(), Delivery.objects.get()
    assert (outcomes(), provider.weight) == (["temporary"], 100)
    assert (delivery.state, delivery.next_attempt_at) == ("Email_New", provider.paused_until)


def test_wrong_token_takes_the_service_out_and_the_server_after_it_sends(sender, service, settings, mailbox):
    settings.EMAIL_URLS = [f"anymail://postmark?server_token=wrong&api_url={service.url}", mailbox.url]
    service.always = Answer(401, '{"ErrorCode": 10, "Message": "No token"}')

    told(sender)

    assert (outcomes(), len(mailbox.mails)) == (["down", "accepted"], 1)
    assert Provider.objects.get(name="anymail://postmark").weight == 0


def test_service_that_cannot_be_told_an_address_beyond_ascii_is_not_down(sender, settings):
    service = "anymail://scaleway?secret_key=x&project_id=y&api_url=http://127.0.0.1:9"
    custom = {"customRecipients": [{"emailAddress": "blåbær@eksempel.example"}]}
    with smtp_server(utf8=True) as server:
        settings.EMAIL_URLS = [service, server.url]
        told(sender, EMAIL | custom | {"overrideRegisteredContactInformation": True, "emailBody": "Hei"})

    assert (outcomes(), len(server.mails)) == (["temporary", "accepted"], 1)
    assert Provider.objects.get(name="anymail://scaleway").weight == 100


def test_service_that_cannot_be_reached_is_down(sender, settings):
    settings.EMAIL_URLS = ["anymail://postmark?server_token=secret&api_url=http://127.0.0.1:9"]

    told(sender)

    assert (Delivery.objects.get().state, outcomes()) == ("Email_New", ["down"])


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("anymail://pigeon?token=secret", "anymail cannot use pigeon"),
        ("anymail://postmark", "POSTMARK_SERVER_TOKEN"),
    ],
)
def test_service_that_cannot_be_used_is_named_at_the_start(settings, url, says):
    settings.EMAIL_URLS = [url]

    (error,) = [message for message in run_checks() if message.id == "correspondence.E001"]

    assert (error.msg.startswith("EMAIL_URL: "), says in error.msg, "secret" in error.msg) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("ftp://user:secret@host", "must begin with smtp:// or smtps://"),
        ("smtp://", "must begin with"),
        ("smtp://host:port", "cannot be read"),
        ("smtp://host?rate=0", "rate must be"),
        ("smtp://host?rate=fast", "rate must be"),
    ],
)
def test_address_that_is_wrong_stops_the_start_without_showing_secrets(monkeypatch, value, says):
    monkeypatch.setenv("EMAIL_URL", value)
    monkeypatch.setattr(environment, "VARIABLES", {})

    with pytest.raises(ImproperlyConfigured, match=says) as stopped:
        environment.provider_urls("EMAIL_URL", schemes={"smtp", "smtps"}, meaning="x")

    assert "secret" not in str(stopped.value)
