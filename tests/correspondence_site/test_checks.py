import pytest
from django.db import connection

from correspondence_site.checks import _too_old, postgresql_is_recent_enough


def test_this_database_is_recent_enough(db):
    assert connection.pg_version >= 160_000
    assert postgresql_is_recent_enough(databases=["default"]) == []


@pytest.mark.parametrize(("version", "refused"), [(150_018, True), (160_000, False), (180_004, False)])
def test_older_server_is_refused_by_name(version, refused):
    error = _too_old("default", version)

    assert (error is not None) == refused
    assert not refused or "PostgreSQL 15" in error.msg
