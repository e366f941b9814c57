"""How PostgreSQL finds letters: at an index, and reading no more of it as the table grows (lifecycle.md 4.4).

A fifth of what `benchmarks/search.py` measures a million of: enough for the planner to have a choice.
"""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from correspondence.models import Correspondence
from tests.support.clients import Client
from tests.support.letters import in_days, send_and_publish
from tests.support.many_letters import multiply
from tests.support.world import OWNER

READ, WRITE, SERVICE_OWNER = (
    "altinn:correspondence.read",
    "altinn:correspondence.write",
    "altinn:serviceowner",
)
RARE, OTHERS_ONLY = 2_000, 1_000_000
LISTS = {
    # by whom, what is asked, which indexes may answer (none: whichever reads least, the recipient's letters at most)
    "all that was sent": ("sender", {"role": "Sender"}, "correspondence_outbox"),
    "published": (
        "sender",
        {"role": "Sender", "status": "Published"},
        "correspondence_outbox_pub correspondence_outbox",
    ),
    "read": ("sender", {"role": "Sender", "status": "Read"}, "correspondence_outbox_read"),
    "confirmed": ("sender", {"role": "Sender", "status": "Confirmed"}, "correspondence_outbox_confirm"),
    "downloaded": (
        "sender",
        {"role": 1, "status": "AttachmentsDownloaded"},
        "correspondence_outbox_download",
    ),
    "forwarded": ("sender", {"role": "Sender", "status": "Forwarded"}, "correspondence_outbox_forward"),
    "failed": ("sender", {"role": "Sender", "status": "Failed"}, "correspondence_outbox_failed"),
    "reserved": ("sender", {"role": "Sender", "status": "Reserved"}, "correspondence_outbox_reserved"),
    "withdrawn": ("sender", {"role": "Sender", "status": "PurgedByAltinn"}, "correspondence_outbox_purged"),
    "of a period": (
        "sender",
        {"role": "Sender", "from": in_days(-1), "to": in_days(1)},
        "correspondence_outbox",
    ),
    "reference": (
        "sender",
        {"role": "Sender", "sendersReference": "case-77"},
        "correspondence_reference_begin",
    ),
    "key": ("sender", {"role": 1, "idempotentKey": str(uuid.uuid4())}, "message_idempotency_key_per_owner"),
    "all that was received": ("recipient", {"role": "Recipient"}, "correspondence_inbox_published"),
    "received and read": (
        "recipient",
        {"role": "Recipient", "status": "Read"},
        "",
    ),
    "both sides": ("both", {"role": "RecipientAndSender"}, "correspondence_outbox"),
}


@pytest.fixture
def clients(sender, recipient):
    both = Client.organisation(OWNER, SERVICE_OWNER, READ, WRITE)
    return {"sender": sender, "recipient": recipient, "both": both}


@pytest.fixture
def first(sender):
    return send_and_publish(sender)


def explained(client, query):
    """How the search's own query runs: its plan, and how many pages it looks at."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/correspondence", {"resourceId": "example-letters"} | query)
    assert answer.status_code == 200, answer.content
    searching = queries.captured_queries[-1]["sql"]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {searching}")
        plan = cursor.fetchone()[0]
    plan = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return list(nodes(plan)), plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def look(clients):
    found = {}
    for name, (who, query, indexes) in LISTS.items():
        steps, pages = explained(clients[who], query)
        used = {step.get("Index Name") for step in steps}
        assert not indexes or used & set(indexes.split()), (
            name,
            [(step["Node Type"], step.get("Index Name")) for step in steps],
        )
        assert "Seq Scan" not in {step["Node Type"] for step in steps}, name
        found[name] = pages
    return found


@pytest.mark.contract("lifecycle.md#4.4")
def test_every_list_is_found_at_an_index_and_costs_no_more_in_a_larger_table(clients, first):
    multiply(first, 10_000, recipients=20, rare=RARE)
    small = look(clients)
    multiply(first, 20_000, recipients=OTHERS_ONLY, rare=RARE)

    large = look(clients)

    own = Correspondence.objects.filter(recipient_urn=first.recipient_urn).count()
    walks = {name for name, (_, _, indexes) in LISTS.items() if not indexes}
    most = {name: max(2 * pages, own if name in walks else 0) + 50 for name, pages in small.items()}
    assert {name: (small[name], pages) for name, pages in large.items() if pages > most[name]} == {}
