"""Providers that send reports, and what they post."""

import base64
import hmac
import json

import pytest
from django.test import Client as Http

from notifications.report_providers import report_providers
from tests.support.http_stand_in import serving
from tests.support.jobs import run_due_jobs

PASSWORD, SECRET = "relay:pass-word", "shared-secret"
BASIC = {"Authorization": "Basic " + base64.b64encode(PASSWORD.encode()).decode()}
SMS = {"notificationChannel": "Sms", "smsBody": "Nytt brev"}


@pytest.fixture
def reporting(settings):
    """The mail server and the gateway report what becomes of what they accept."""
    settings.REPORT_PROVIDERS = report_providers(
        [
            {"channel": "email", "provider": "relay", "host": "127.0.0.1", "basic": PASSWORD},
            {"channel": "sms", "provider": "gateway", "hmac": SECRET},
        ]
    )


@pytest.fixture
def gateway(settings):
    """An SMS gateway that takes everything."""
    settings.SMS_SEND_WINDOW = "always"
    with serving(lambda call: (200, {"id": "sms-1"}), base="") as url:
        settings.SMS_GATEWAY_URLS = [url]
        yield


def post(path, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Http().generic("POST", f"/notifications/reports/{path}", data, headers=headers)


def signed(body):
    return hmac.new(SECRET.encode(), json.dumps(body).encode(), "sha256").hexdigest()


def report_email(delivery, **fields):
    """Posted and worked on."""
    answer = post("email/relay", {"reference": delivery.message_id, **fields}, **BASIC)
    assert answer.status_code == 200
    run_due_jobs()
    delivery.refresh_from_db()


def report_sms(delivery, status):
    body = {"reference": delivery.message_id, "status": status}
    assert post("sms/gateway", body, **{"X-Signature": signed(body)}).status_code == 200
    run_due_jobs()
    delivery.refresh_from_db()
