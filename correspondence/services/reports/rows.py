"""The rows of the daily summary (lifecycle.md 8.1): counted by the database, handed over a batch at a time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from correspondence.models.correspondence import ids_made_between
from registry.enums import RecipientKind

COLUMNS = {
    "date": "string",
    "year": "int32",
    "month": "int32",
    "day": "int32",
    "serviceownerorgnr": "string",
    "serviceownercode": "string",
    "messagesender": "string",
    "senderorgnr": "string",
    "serviceresourceid": "string",
    "serviceresourcetitle": "string",
    "recipienttype": "string",
    "costcenter": "string",
    "messagecount": "int32",
    "databasestoragebytes": "int64",
    "attachmentstoragebytes": "int64",
}
"""In the contract's order, each with its type in Parquet."""
OWNER, LETTERS = list(COLUMNS).index("serviceownerorgnr"), list(COLUMNS).index("messagecount")
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
ROWS_AT_ONCE = 10_000

Row = tuple[Any, ...]

SUMMARY = """
WITH counted AS (
  SELECT (letter.created_at AT TIME ZONE 'UTC')::date AS day, letter.owner_org, message.message_sender,
         coalesce((SELECT trim(property.value) FROM jsonb_each_text(message.property_list) AS property
                   WHERE lower(property.key) = 'senderorgnumber' ORDER BY property.key LIMIT 1), '') AS sender_org,
         letter.resource_id,
         CASE WHEN letter.recipient_kind = %(organization)s THEN 'Organization'
              WHEN letter.recipient_kind = ANY(%(persons)s) THEN 'Person' ELSE 'Unknown' END AS recipient_type,
         count(*) AS letters
  FROM correspondence_correspondence AS letter JOIN correspondence_message AS message ON message.id = letter.message_id
  WHERE letter.id >= %(first)s AND letter.id < %(last)s
    AND letter.created_at >= %(begins)s AND letter.created_at < %(ends)s
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT to_char(day, 'YYYY-MM-DD'), extract(year FROM day)::int, extract(month FROM day)::int,
       extract(day FROM day)::int, owner_org, owner.display_name, message_sender, sender_org, counted.resource_id,
       coalesce(nullif(resource.title->>'nb', ''), nullif(resource.title->>'nn', ''),
                nullif(resource.title->>'en', ''), 'Unknown title (' || counted.resource_id || ')'),
       recipient_type, 'Altinn3', letters, 0, 0
FROM counted JOIN registry_party AS owner ON owner.org_number = counted.owner_org
LEFT JOIN registry_resource AS resource ON resource.identifier = counted.resource_id
ORDER BY day, owner_org, message_sender, counted.resource_id, recipient_type, sender_org
"""


def summary_rows(*, day: date | None, at: datetime) -> Iterator[list[Row]]:
    """Rows of that day, or of every day until `at`, in batches that the server hands out one after the other.

    In the caller's transaction, in which the server's cursor lives.
    """
    begins, ends = _bounds(day) if day else (BEGINNING, at)
    first, last = ids_made_between(begins, ends)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            SUMMARY,
            {
                "begins": begins,
                "ends": ends,
                "first": first,
                "last": last,
                "organization": RecipientKind.ORGANIZATION.value,
                "persons": [RecipientKind.PERSON.value, RecipientKind.EMAIL_USER.value],
            },
        )
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield rows


def _bounds(day: date) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time(), tzinfo=UTC)
    return begins, begins + timedelta(days=1)
