"""Letters of several kinds and times to report on."""

from datetime import datetime
from typing import Any

import time_machine
from django.db import connection, transaction

from correspondence.models import Correspondence
from tests.support.clients import Client
from tests.support.letters import letter, send
from tests.support.world import COMPANY, PERSON, SUB_UNIT

OWN_NUMBER = {"propertyList": {"SenderOrgNumber": " 310244007 ", "other": "x"}}


def send_some(sender):
    """Five letters in four groups: two organisations, a person, one under another name, one on another resource."""
    send(sender, letter(recipients=[f"0192:{COMPANY}", f"0192:{SUB_UNIT}", PERSON]))
    send(sender, letter(correspondence={"messageSender": "=Etaten", **OWN_NUMBER}))
    send(sender, letter(correspondence={"resourceId": "example-letters-level3"}))


def send_at(at: datetime, **correspondence: Any) -> Correspondence:
    """A letter sent then, with a token of then; `ids_of_the_day` makes its id one of then."""
    with time_machine.travel(at, tick=False):
        then = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")
        return send(then, letter(correspondence=correspondence))


MANY_MESSAGES = """
INSERT INTO correspondence_message
  (id, resource_id, owner_org, sender_urn, senders_reference, message_sender, language, title, summary, body,
   requested_publish_time, external_references, reply_options, property_list, is_confirmation_needed,
   is_confidential, allow_forwarding, created_at, created_by_client, created_by_urn)
SELECT id, 'example-letters', '991825827', 'urn:altinn:organization:identifier-no:991825827', 'many',
       'Sender ' || (n %% %(groups)s), 'nb', 'Title', '', 'Body', at, '[]', '[]', '{}', false, false, false, at, '', ''
FROM made
"""
MANY_LETTERS = """
INSERT INTO correspondence_correspondence
  (id, message_id, resource_id, owner_org, senders_reference, requested_publish_time, recipient_urn, recipient_kind,
   recipient_name, status, round, created_at, published_at, read_at, purged_by)
SELECT id, id, 'example-letters', '991825827', 'many', at, 'urn:altinn:organization:identifier-no:310654302',
       'urn:altinn:organization:identifier-no', 'RASK FALK AS', 2, 0, at, at + interval '2 seconds',
       CASE WHEN n % 2 = 0 THEN at + interval '3 hours' END, ''
FROM made
"""


def many_letters(count: int, *, since: datetime, groups: int = 1, every: float = 1.0) -> None:
    """So many published letters, one every few seconds, half of them read; ids sort by their time as real ones do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE made ON COMMIT DROP AS SELECT n, %(since)s + n * %(every)s * interval '1 second' AS at,"
            " (lpad(to_hex((extract(epoch FROM %(since)s + n * %(every)s * interval '1 second') * 1000)::bigint), 12, '0')"
            " || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid AS id FROM generate_series(1, %(count)s) AS n",
            {"since": since, "every": every, "count": count},
        )
        cursor.execute(MANY_MESSAGES, {"groups": groups})
        cursor.execute(MANY_LETTERS)
        cursor.execute("DROP TABLE made")
        cursor.execute("ANALYZE correspondence_correspondence, correspondence_message")
