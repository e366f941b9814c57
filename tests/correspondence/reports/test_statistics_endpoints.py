"""The statistics endpoints over HTTP: key, limit, answers (api.md 13, access.md 1.5)."""

import base64
import hashlib
import io
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
import time_machine
from django.utils import timezone
from pyarrow import parquet

from correspondence.enums import ReportFormat
from correspondence.models import DailyReport, StatisticsCall
from correspondence.services.reports.make import store_reports
from tests.support.clients import Client
from tests.support.letters import files_in, send
from tests.support.processes import web_server
from tests.support.reports import send_some

GENERATE = "/statistics/generate-daily-summary"
DOWNLOADS = ["/statistics/download-daily-report", "/statistics/generate-and-download-daily-summary"]
KEY = "a-key-only-for-tests"


@pytest.fixture
def reader(world, settings, own_reports) -> Client:
    """Somebody with the key and no token."""
    settings.STATISTICS_API_KEY = KEY
    return Client(None)


def ask(client, path, body=None, **headers):
    return client.post(path, {} if body is None else body, **{"X-API-Key": KEY} | headers)


def test_summary_is_made_and_described(sender, reader, own_reports):
    send_some(sender)

    answer = ask(reader, GENERATE, {"altinn2Included": False})

    (stored,) = files_in(own_reports)
    digest = hashlib.md5(stored.read_bytes()).digest()
    report = DailyReport.objects.get()
    made = answer.json()
    assert answer.status_code == 200
    assert made.pop("generatedAt").endswith("+00:00")
    assert made == {
        "filePath": report.storage_key,
        "fileHash": base64.b64encode(digest).decode(),
        "fileSizeBytes": stored.stat().st_size,
        "serviceOwnerCount": 1,
        "totalCorrespondenceCount": 5,
        "environment": "test",
        "altinn2Included": False,
    }


@pytest.mark.parametrize("path", DOWNLOADS)
def test_newest_file_is_handed_out_and_none_is_made(sender, reader, path):
    send(sender)
    store_reports([ReportFormat.PARQUET])
    send(sender)
    store_reports([ReportFormat.CSV, ReportFormat.PARQUET])
    newest = DailyReport.objects.get(pk=DailyReport.objects.filter(format="parquet").latest("pk").pk)
    store_reports([ReportFormat.PARQUET], day=timezone.now().date())

    answer = ask(reader, path)
    content = b"".join(answer.streaming_content)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert parquet.read_table(io.BytesIO(content)).to_pydict()["messagecount"] == [2]
    sent = {name: answer[name] for name in answer.headers if name.startswith("X-") and "Rate" not in name}
    assert sent.pop("X-Generated-At").endswith("+00:00")
    assert {
        name: sent[name]
        for name in sent
        if name.split("-")[1] in {"File", "Service", "Total", "Environment", "Altinn2"}
    } == {
        "X-File-Hash": hashlib.md5(content).hexdigest(),
        "X-File-Size": str(len(content)),
        "X-Service-Owner-Count": "1",
        "X-Total-Correspondence-Count": "2",
        "X-Environment": "test",
        "X-Altinn2-Included": "false",
    }
    assert newest.name in answer["Content-Disposition"]
    assert DailyReport.objects.count() == 4


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (GENERATE, {}, 404, 6001),
        (GENERATE, {"altinn2Included": True}, 500, 6002),
        (DOWNLOADS[0], {}, 500, 6002),
        (DOWNLOADS[0], {"Altinn2INCLUDED": True}, 400, 6003),
        (DOWNLOADS[1], {"altinn2Included": True}, 400, 6003),
    ],
)
def test_errors_have_the_contracts_numbers_and_types(reader, path, body, status, code):
    """Problems are plain JSON only where an answer's declared type is JSON (api.md 2.1), which a file's is not."""
    answer = ask(reader, path, body)

    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert answer["X-RateLimit-Remaining"] == "9"
    kind = "application/json" if path == GENERATE else "application/problem+json"
    assert answer["Content-Type"] == f"{kind}; charset=utf-8"


def test_file_that_is_gone_is_told_and_logged(sender, reader, own_reports):
    send(sender)
    (report,) = store_reports([ReportFormat.PARQUET])
    (own_reports / report.storage_key).unlink()

    assert ask(reader, DOWNLOADS[0]).json()["errorCode"] == 6002


def test_without_the_library_a_stored_file_is_still_handed_out(sender, reader, monkeypatch):
    send(sender)
    store_reports([ReportFormat.PARQUET])
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    made, fetched = ask(reader, GENERATE), ask(reader, DOWNLOADS[0])

    assert (made.status_code, made.json()["errorCode"]) == (500, 6002)
    assert "make install-parquet" in made.json()["detail"]
    assert (fetched.status_code, len(b"".join(fetched.streaming_content))) == (
        200,
        int(fetched["X-File-Size"]),
    )


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": ""}, {"X-API-Key": "  "}, {"X-API-Key": "wrong"}, {"X-API-Key": KEY + "x"}]
)
def test_without_the_key_nothing_is_answered_and_nothing_counts(reader, headers):
    answer = reader.post(GENERATE, {}, **headers)

    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert not StatisticsCall.objects.exists()
    assert "X-RateLimit-Limit" not in answer


@pytest.mark.parametrize("sent", ["", KEY, "anything"])
def test_unset_key_opens_nothing(reader, settings, sent):
    settings.STATISTICS_API_KEY = ""

    assert reader.post(GENERATE, {}, **{"X-API-Key": sent}).status_code == 401


def test_token_is_no_key(sender, reader):
    assert sender.post(GENERATE, {}).status_code == 401


def test_eleventh_call_within_an_hour_is_refused_until_the_first_is_an_hour_old(reader):
    begun = timezone.now().replace(microsecond=0)
    left = []
    for minute in range(10):
        with time_machine.travel(begun + timedelta(minutes=minute), tick=False):
            left.append(ask(reader, GENERATE)["X-RateLimit-Remaining"])
    resets = begun + timedelta(minutes=60)

    with time_machine.travel(begun + timedelta(minutes=20), tick=False):
        refused = [ask(reader, GENERATE) for _ in range(3)][-1]
    with time_machine.travel(resets + timedelta(seconds=1), tick=False):
        taken = ask(reader, GENERATE)
        again = ask(reader, GENERATE)

    assert left == [str(number) for number in range(9, -1, -1)]
    assert refused.status_code == 429
    assert (refused.json()["retryAfter"], refused["Retry-After"]) == (40 * 60, str(40 * 60))
    assert refused.json()["resetTime"] == f"{resets:%Y-%m-%dT%H:%M:%S}+00:00"
    assert "error" in refused.json()
    assert (refused["X-RateLimit-Limit"], refused["X-RateLimit-Remaining"]) == ("10", "0")
    assert refused["X-RateLimit-Reset"] == str(int(resets.timestamp()))
    assert (taken.status_code, again.status_code) == (404, 429)
    assert StatisticsCall.objects.count() == 10


def address_after(client, **headers):
    ask(client, GENERATE, **headers)
    return StatisticsCall.objects.latest("pk").address


def test_address_is_the_connections_unless_proxies_are_trusted(reader, settings):
    spoofed = {"X-Forwarded-For": "1.2.3.4", "X-Real-IP": "1.2.3.4"}
    assert address_after(reader, **spoofed) == "127.0.0.1"

    settings.TRUSTED_PROXIES = 1
    assert address_after(reader, **{"X-Forwarded-For": "1.2.3.4, 10.9.8.7"}) == "10.9.8.7"
    assert address_after(reader) == "127.0.0.1"

    settings.TRUSTED_PROXIES = 2
    assert address_after(reader, **{"X-Forwarded-For": "1.2.3.4, 10.9.8.7, 10.0.0.1"}) == "10.9.8.7"
    assert address_after(reader, **{"X-Forwarded-For": "10.0.0.1"}) == "127.0.0.1"


def test_each_address_has_its_own_limit(reader, settings):
    settings.TRUSTED_PROXIES = 1
    for _ in range(10):
        ask(reader, GENERATE, **{"X-Forwarded-For": "10.0.0.1"})

    assert ask(reader, GENERATE, **{"X-Forwarded-For": "10.0.0.1"}).status_code == 429
    assert ask(reader, GENERATE, **{"X-Forwarded-For": "10.0.0.2"}).status_code == 404


def test_body_of_another_type_or_shape_is_refused_and_other_methods_are(reader):
    typed = reader.upload(GENERATE, b"a=b", "application/x-www-form-urlencoded")
    wrong = ask(reader, GENERATE, {"altinn2Included": "perhaps"})

    assert (typed.status_code, wrong.status_code) == (415, 400)
    assert reader.get(GENERATE, **{"X-API-Key": KEY}).status_code == 405


def test_two_servers_share_the_limit_and_answer_without_a_body(committed, sender, tmp_path):
    """Over real HTTP, twenty calls at once, to two servers."""
    send(sender)
    place = {"STATISTICS_API_KEY": KEY, "REPORT_STORAGE_URL": f"file://{tmp_path}/reports"}
    with web_server(**place) as one, web_server(**place) as other, ThreadPoolExecutor(10) as pool:
        addresses = [f"{base}/correspondence/api/v1{GENERATE}" for base in (one, other)] * 10
        answers = list(
            pool.map(lambda url: requests.post(url, headers={"X-API-Key": KEY}, timeout=60), addresses)
        )

    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 10
    assert sorted(int(answer.headers["X-RateLimit-Remaining"]) for answer in answers) == [0] * 10 + list(
        range(10)
    )
    assert len(files_in(tmp_path / "reports")) == 10
