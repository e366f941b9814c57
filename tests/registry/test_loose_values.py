"""Values as queries, forms and other charsets have them (api.md 1.5, 1.7)."""

import json
from datetime import UTC, datetime

import pytest

from registry.api.fields import parse_loose_time
from tests.support.letters import letter

NOON = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
TIMES = {
    "08/20/2026 12:00:00 +00:00": NOON,
    "8/20/2026 14:00 +02:00": NOON,
    "08/20/2026 12:00 PM": NOON,
    "8/20/2026 12:00:00.0000000 pm": NOON,
    "08/20/2026 12:00 AM": datetime(2026, 8, 20, tzinfo=UTC),
    "08/20/2026": datetime(2026, 8, 20, tzinfo=UTC),
    "2026-08-20": datetime(2026, 8, 20, tzinfo=UTC),
    "2026-08-20T12:00:00Z": NOON,
    "2026-08-20T12:00:00.000000": NOON,
    "2026-08-20T14:00:00 +02:00": NOON,
    "20/08/2026": None,
    "08/20/2026 13:00 PM": None,
    "08/20/2026 25:00": None,
    "tomorrow": None,
    "": None,
}


@pytest.mark.contract("api.md#1.7")
@pytest.mark.parametrize(("text", "expected"), TIMES.items())
def test_loose_time(text, expected):
    assert parse_loose_time(text) == expected


@pytest.mark.contract("api.md#1.5")
@pytest.mark.parametrize(
    ("charset", "codec"),
    [("utf-8", "utf-8"), ("UTF-8", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16le", "utf-16-le")],
)
def test_json_in_the_charset_that_its_type_names(sender, charset, codec):
    raw = json.dumps(letter({"messageTitle": "Søknad"}), ensure_ascii=False).encode(codec)

    answer = sender.upload("/correspondence", raw, content_type=f"application/json; charset={charset}")

    assert answer.status_code == 200, answer.content


def test_json_in_another_charset_than_named_is_no_json(sender):
    raw = json.dumps(letter()).encode()

    answer = sender.upload("/correspondence", raw, content_type="application/json; charset=utf-16")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["$", "request"])
