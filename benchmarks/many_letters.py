"""As many letters as it takes, copied from one that is published, each with a message of its own."""

COPY = """
    WITH numbers AS (
        SELECT number, gen_random_uuid() AS copy_of_message
        FROM generate_series(%(first)s::int, %(last)s::int) AS number
    ), messages AS (
        INSERT INTO correspondence_message SELECT (copy).* FROM (
            SELECT jsonb_populate_record(message, jsonb_build_object(
                'id', copy_of_message, 'idempotency_key', gen_random_uuid())) AS copy
            FROM numbers, correspondence_message AS message
            WHERE message.id = (SELECT message_id FROM correspondence_correspondence WHERE id = %(letter)s)
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
"""Numbered `first` to `last`, a second apart; one in `recipients` goes to the first one's recipient, the others to as
many others in turn; one in `rare` has had each later status."""
