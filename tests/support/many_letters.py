"""As many letters as it takes for the planner to mean it, copied from one in two statements."""

from django.db import connection

from correspondence.models import Correspondence

COPY = """
    WITH numbers AS (
        SELECT number, gen_random_uuid() AS copy_of_message FROM generate_series(1, %(count)s) AS number
    ), messages AS (
        INSERT INTO correspondence_message SELECT (copy).* FROM (
            SELECT jsonb_populate_record(message, jsonb_build_object(
                'id', copy_of_message, 'idempotency_key', gen_random_uuid())) AS copy
            FROM numbers, correspondence_message AS message WHERE message.id = %(message)s
        ) AS made
    )
    INSERT INTO correspondence_correspondence SELECT (copy).* FROM (
        SELECT jsonb_populate_record(letter, jsonb_build_object(
            'id', gen_random_uuid(),
            'message_id', copy_of_message,
            'dialog_id', gen_random_uuid(),
            'recipient_urn', CASE WHEN number %% %(recipients)s = 0 THEN letter.recipient_urn
                ELSE 'urn:altinn:organization:identifier-no:' || (900000000 + number %% %(recipients)s) END,
            'senders_reference', 'case-' || number,
            'requested_publish_time', letter.requested_publish_time + number * interval '1 second',
            'read_at', CASE WHEN number %% %(rare)s = 0 THEN now() END,
            'confirmed_at', CASE WHEN number %% %(rare)s = 1 THEN now() END,
            'downloaded_at', CASE WHEN number %% %(rare)s = 2 THEN now() END,
            'forwarded_at', CASE WHEN number %% %(rare)s = 3 THEN now() END,
            'failed_at', CASE WHEN number %% %(rare)s = 4 THEN now() END
        )) AS copy
        FROM numbers, correspondence_correspondence AS letter WHERE letter.id = %(letter)s
    ) AS made
"""


def multiply(letter: Correspondence, count: int, *, recipients: int, rare: int) -> None:
    """Copies of a letter, each of a message of its own, a second apart, to this many recipients in turn.

    Its own recipient has one in `recipients`; each later status is had by one in `rare`. The planner knows of them.
    """
    values = {"count": count, "recipients": recipients, "rare": rare}
    with connection.cursor() as cursor:
        cursor.execute(COPY, values | {"message": letter.message_id, "letter": letter.pk})
        cursor.execute("ANALYZE correspondence_message, correspondence_correspondence")
