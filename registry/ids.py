"""Time-ordered identifiers (UUIDv7) for everything that is named outside."""

import uuid
from datetime import datetime

import uuid_utils.compat

UNIX_MS_SHIFT = 80


def uuid7() -> uuid.UUID:
    """A UUIDv7: sorts by the time it was made. Python 3.11 and PostgreSQL before 18 have none."""
    return uuid_utils.compat.uuid7()


def first_id_at(at: datetime) -> uuid.UUID:
    """The smallest UUIDv7 that could have been made at that time: 48 bits of milliseconds, then zeros."""
    return uuid.UUID(int=max(0, int(at.timestamp() * 1000)) << UNIX_MS_SHIFT)
