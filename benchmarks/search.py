"""How fast a sender finds letters among a million, and a recipient among ten thousand, beside PostgreSQL alone.

    .venv/bin/python manage.py demo                      (in one terminal)
    .venv/bin/python -m benchmarks.search [--letters 1000000] [--seconds 10] [--clients 4]

It adds that many letters to the demo's database once. Load generator, web server and database share the machine, so
take the ratio, not the figures; the second figure is the same list in a table of a hundredth of the size.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
import requests

from benchmarks.initialize import LETTER, per_second
from benchmarks.many_letters import COPY
from correspondence_site.postgres import connection_parameters

OF_THE_RECIPIENT = 10_000
LISTS = {
    "sender, all": ("sender", {"role": "Sender"}),
    "sender, read": ("sender", {"role": "Sender", "status": "Read"}),
    "recipient, all": ("recipient", {"role": "Recipient"}),
}
WHO = {
    "sender": ("991825827", "altinn:serviceowner,altinn:correspondence.write"),
    "recipient": ("310654302", "altinn:correspondence.read"),
}
FILTERS = {
    "sender": "owner_org = '991825827'",
    "recipient": "recipient_urn = 'urn:altinn:organization:identifier-no:310654302' AND published_at IS NOT NULL "
    "AND status <> 11",
}
RAW = """
    SELECT id FROM correspondence_correspondence WHERE resource_id = 'example-letters' AND {filters}
    ORDER BY requested_publish_time DESC, id LIMIT 1000
"""
BATCH, RARE = 50_000, 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--letters", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    var = Path(os.environ.get("CORRESPONDENCE_VAR", "var")).resolve()
    base_url = (var / "public_url").read_text()
    sessions = {who: partial(_session, base_url, *token) for who, token in WHO.items()}
    url = f"{base_url}/correspondence/api/v1/correspondence"
    with _connect(var) as connection:
        letter = _published(sessions["sender"](), url)
        _fill(connection, letter, begin=1, end=options.letters // 100)
        small = {name: _milliseconds(sessions[who](), url, query) for name, (who, query) in LISTS.items()}
        _fill(connection, letter, begin=options.letters // 100 + 1, end=options.letters)
    for name, (who, query) in LISTS.items():
        large = _milliseconds(sessions[who](), url, query)
        served = per_second(options.clients, options.seconds, partial(_searcher, sessions[who], url, query))
        raw = per_second(options.clients, options.seconds, partial(_raw_searcher, var, who, query))
        print(
            f"{name}: {small[name]:.1f} ms, then {large:.1f} ms with {options.letters} letters; "
            f"{served:.0f} requests/s, PostgreSQL alone {raw:.0f}/s; ratio {served / raw:.2f}"
        )


def _connect(var: Path) -> psycopg.Connection:
    parameters = connection_parameters(var)
    return psycopg.connect(
        host=parameters["HOST"], user=parameters["USER"], dbname=parameters["NAME"], autocommit=True
    )


def _session(base_url: str, organisation: str, scopes: str) -> requests.Session:
    token = requests.get(
        f"{base_url}/api/GetEnterpriseToken",
        params={"orgNo": organisation, "scopes": scopes, "ttl": "86400"},
        timeout=10,
    ).text
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def _published(session: requests.Session, url: str) -> str:
    """A new letter's id, once it is published."""
    body = LETTER | {"correspondence": LETTER["correspondence"] | {"requestedPublishTime": None}}
    answer = session.post(url, json=body, timeout=60)
    answer.raise_for_status()
    letter = str(answer.json()["correspondences"][0]["correspondenceId"])
    while session.get(f"{url}/{letter}", timeout=60).json()["status"] != "Published":
        time.sleep(0.2)
    return letter


def _fill(connection: psycopg.Connection, letter: str, *, begin: int, end: int) -> None:
    recipients = max(1, end // OF_THE_RECIPIENT)
    for first in range(begin, end + 1, BATCH):
        values = {"first": first, "last": min(first + BATCH - 1, end), "letter": letter}
        connection.execute(COPY, values | {"recipients": recipients, "rare": RARE})
    connection.execute("VACUUM (ANALYZE) correspondence_correspondence, correspondence_message")


def _searcher(
    session_of: Callable[[], requests.Session], url: str, query: dict[str, str]
) -> Callable[[], None]:
    session = session_of()
    return partial(_search, session, url, query)


def _search(session: requests.Session, url: str, query: dict[str, str]) -> None:
    session.get(url, params={"resourceId": "example-letters", **query}, timeout=60).raise_for_status()


def _raw_searcher(var: Path, who: str, query: dict[str, str]) -> Callable[[], None]:
    connection = _connect(var)
    read = " AND read_at IS NOT NULL" if "status" in query else ""
    statement = RAW.format(filters=FILTERS[who] + read)

    def run() -> None:
        connection.execute(statement).fetchall()

    return run


def _milliseconds(session: requests.Session, url: str, query: dict[str, str]) -> float:
    """The median of twenty calls, one after another."""
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        _search(session, url, query)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
