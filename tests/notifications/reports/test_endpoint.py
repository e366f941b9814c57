"""Who may post reports, and what is answered (operator-interface.md, "HTTP beside the public API")."""

import json
import logging

import pytest
from django.test import Client as Http

from notifications.models import ReceivedReport
from notifications.report_providers import report_providers
from tests.notifications.reports.conftest import BASIC, PASSWORD, SECRET, post, signed

BODY = {"reference": "x", "status": "delivered"}
pytestmark = pytest.mark.usefixtures("db", "reporting")


def test_report_is_kept_as_it_came_before_anything_is_understood():
    answer = post("email/relay", b"\xff\x00 no report at all", **BASIC)

    assert (answer.status_code, answer.content) == (200, b"")
    assert bytes(ReceivedReport.objects.get().body) == b"\xff\x00 no report at all"


def test_signature_of_the_body_admits():
    answers = [
        post("sms/gateway", BODY, **{"X-Signature": signature})
        for signature in (signed(BODY), f"sha256={signed(BODY).upper()}")
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("email/relay", {}),
        ("email/relay", {"Authorization": "Basic cmVsYXk6d3Jvbmc="}),
        ("email/relay", {"Authorization": "Basic æ"}),
        ("email/relay", {"Authorization": f"Bearer {PASSWORD}"}),
        ("email/relay", {"X-Signature": signed(BODY)}),
        ("sms/gateway", {}),
        ("sms/gateway", BASIC),
        ("sms/gateway", {"X-Signature": signed({"reference": "x", "status": "failed"})}),
        ("sms/gateway", {"X-Signature": "sha256=æ"}),
    ],
)
def test_wrong_or_missing_credential_is_401_and_leaves_nothing(path, headers):
    answer = post(path, BODY, **headers)

    assert (answer.status_code, answer.content) == (401, b"")
    assert "WWW-Authenticate" in answer.headers
    assert not ReceivedReport.objects.exists()


@pytest.mark.parametrize("path", ["email/gateway", "sms/relay", "fax/relay", "email/simulator"])
def test_unknown_provider_is_404(path):
    assert post(path, BODY, **BASIC).status_code == 404


def test_path_counts_in_any_case_and_with_a_slash():
    assert post("Email/Relay/", BODY, **BASIC).status_code == 200


def test_large_body_is_413(settings):
    settings.MAX_REPORT_BYTES = 100

    answers = [post("email/relay", b"x" * size, **BASIC) for size in (100, 101)]

    assert [answer.status_code for answer in answers] == [200, 413]
    assert ReceivedReport.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_an_empty_405(method):
    answer = getattr(Http(), method)("/notifications/reports/email/relay")

    assert (answer.status_code, answer.content, answer.headers["Allow"]) == (405, b"", "POST")


def test_secret_is_changed_without_a_gap(settings):
    entry = {"channel": "email", "provider": "relay"}
    settings.REPORT_PROVIDERS = report_providers([entry | {"basic": "new:one"}, entry | {"basic": PASSWORD}])

    assert post("email/relay", BODY, **BASIC).status_code == 200


def test_secrets_are_not_shown(settings, caplog, capsys):
    with caplog.at_level(logging.DEBUG):
        post("email/relay", BODY, **BASIC)
        post("email/relay", BODY)

    shown = repr(settings.REPORT_PROVIDERS) + caplog.text + "".join(capsys.readouterr())
    assert PASSWORD not in shown
    assert SECRET not in shown
    assert BASIC["Authorization"] not in shown


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("text", "object"),
        ({"channel": "fax", "provider": "x", "hmac": "s"}, "email or sms"),
        ({"channel": "sms", "provider": "Upper", "hmac": "s"}, "lower case"),
        ({"channel": "sms", "provider": "simulator", "hmac": "s"}, "simulator"),
        ({"channel": "sms", "provider": "x"}, "either basic"),
        ({"channel": "sms", "provider": "x", "hmac": "s", "basic": "a:b"}, "either basic"),
        ({"channel": "sms", "provider": "x", "basic": "nocolon"}, "user:password"),
        ({"channel": "sms", "provider": "x", "hmac": "s", "hots": "y"}, "unknown key 'hots'"),
        ({"channel": "sms", "provider": "x", "hmac": 1}, "texts"),
    ],
)
def test_wrong_setting_is_refused_without_its_secret(entry, says):
    with pytest.raises(ValueError, match=says) as refused:
        report_providers([entry])

    assert json.dumps(entry) not in str(refused.value)
