"""How fast letters are accepted, beside how fast PostgreSQL alone stores the same rows.

    .venv/bin/python manage.py demo                      (in one terminal)
    .venv/bin/python -m benchmarks.initialize [--seconds 10] [--clients 8]

Load generator, web server and database share the machine, so take the ratio, not the figures.
"""

import argparse
import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import requests

from correspondence_site.postgres import connection_parameters

LETTER: dict[str, Any] = {
    "correspondence": {
        "resourceId": "example-letters",
        "sendersReference": "benchmark",
        "content": {"messageTitle": "Brev", "messageBody": "Innhold"},
        "requestedPublishTime": "2099-01-01T00:00:00Z",
    },
    "recipients": ["0192:310654302"],
}
MANY = 500
Body = dict[str, Any]
COPY = """
WITH message AS (
    INSERT INTO correspondence_message SELECT (m).* FROM (
        SELECT json_populate_record(source, json_build_object('id', %(message)s::text)) AS m
        FROM correspondence_message AS source WHERE id = %(template)s
    ) AS copied RETURNING id
), letters AS (
    INSERT INTO correspondence_correspondence SELECT (c).* FROM (
        SELECT json_populate_record(source, json_build_object(
            'id', gen_random_uuid(), 'message_id', %(message)s::text, 'dialog_id', gen_random_uuid())) AS c
        FROM correspondence_correspondence AS source WHERE message_id = %(template)s
    ) AS copied RETURNING id
), history AS (
    INSERT INTO correspondence_statusevent
        (correspondence_id, status, text, at, round, actor_kind, actor_urn, reason)
    SELECT letters.id, status, 'x', now(), 0, 'party', 'x', '' FROM letters, (VALUES (0), (1)) AS s (status)
)
INSERT INTO journal_outboundevent (id, type, resource_id, resource_instance, subject, source, time)
SELECT gen_random_uuid(), 'correspondenceinitialized', 'example-letters', id::text, 'x', 'correspondence', now()
FROM letters
"""


def per_second(clients: int, seconds: float, make: Callable[[], Callable[[], None]]) -> float:
    """How often the calls that `make` gives each client happen in a second, all clients together."""
    counts, stop = [0] * clients, time.monotonic() + seconds

    def run(number: int) -> None:
        call = make()
        while time.monotonic() < stop:
            call()
            counts[number] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    var = Path(os.environ.get("CORRESPONDENCE_VAR", "var")).resolve()
    base_url = (var / "public_url").read_text()
    token = requests.get(
        f"{base_url}/api/GetEnterpriseToken",
        params={"orgNo": "991825827", "scopes": "altinn:serviceowner,altinn:correspondence.write"},
        timeout=10,
    ).text

    def poster(body: Body) -> Callable[[], Callable[[], None]]:
        def make() -> Callable[[], None]:
            session = requests.Session()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            data = json.dumps(body)
            url = f"{base_url}/correspondence/api/v1/correspondence"
            return lambda: session.post(url, data=data, headers=headers, timeout=60).raise_for_status()

        return make

    many = LETTER | {"recipients": [f"0192:{930_000_000 + number}" for number in range(MANY)]}
    templates = [_template(base_url, token, body) for body in (LETTER, many)]
    for name, body, template, clients, letters in (
        ("1 recipient", LETTER, templates[0], options.clients, 1),
        (f"{MANY} recipients", many, templates[1], options.clients // 2, MANY),
    ):
        served = per_second(clients, options.seconds, poster(body))
        raw = per_second(clients, options.seconds, partial(_copier, var, template))
        print(
            f"{name}: {served:.0f} requests/s = {served * letters:.0f} letters/s; "
            f"PostgreSQL alone {raw:.0f}/s; ratio {served / raw:.2f}"
        )


def _template(base_url: str, token: str, body: Body) -> str:
    answer = requests.post(
        f"{base_url}/correspondence/api/v1/correspondence",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    answer.raise_for_status()
    return str(answer.json()["correspondences"][0]["correspondenceId"])


def _copier(var: Path, letter: str) -> Callable[[], None]:
    parameters = connection_parameters(var)
    connection = psycopg.connect(
        host=parameters["HOST"], user=parameters["USER"], dbname=parameters["NAME"], autocommit=True
    )
    rows = connection.execute("SELECT message_id FROM correspondence_correspondence WHERE id = %s", [letter])
    template = str(rows.fetchall()[0][0])

    def copy() -> None:
        connection.execute(COPY, {"message": str(uuid.uuid4()), "template": template})

    return copy


if __name__ == "__main__":
    main()
