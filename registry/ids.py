"""Time-ordered identifiers (UUIDv7) for everything that is named outside."""

import uuid

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """A UUIDv7: sorts by the time it was made. Python 3.11 and PostgreSQL before 18 have none."""
    return uuid_utils.compat.uuid7()
