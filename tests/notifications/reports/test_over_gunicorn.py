"""Reports as providers post them: to the web server of production, worked on by a worker."""

import json

import pytest
import requests

from notifications.models import DeliveryReport, ReceivedReport
from tests.notifications.reports.conftest import PASSWORD
from tests.support.processes import eventually, web_server, worker

PROVIDERS = json.dumps([{"channel": "email", "provider": "relay", "basic": PASSWORD}])
BODY = b'{"reference": "<a@b.example>", "event": "deferred"}'


@pytest.mark.usefixtures("committed")
def test_report_is_taken_in_pieces_too_and_worked_on():
    auth = tuple(PASSWORD.split(":"))
    with web_server(DELIVERY_REPORTS=PROVIDERS) as base, worker():
        url = f"{base}/notifications/reports/email/relay"
        answers = [
            requests.post(url, BODY, auth=auth, timeout=10),
            requests.post(url, iter([BODY[:20], BODY[20:]]), auth=auth, timeout=10),
            requests.post(url, iter([b"x" * 600_000] * 2), auth=auth, timeout=10),
            requests.post(url, b"x" * 1_000_001, auth=auth, timeout=10),
            requests.post(url, BODY, timeout=10),
        ]
        eventually(DeliveryReport.objects.exists, "no worker read the report")

    assert [answer.status_code for answer in answers] == [200, 200, 413, 413, 401]
    assert {answer.content for answer in answers} == {b""}
    assert [bytes(one.body) for one in ReceivedReport.objects.all()] == [BODY, BODY]
    assert DeliveryReport.objects.get().word == "deferred"
