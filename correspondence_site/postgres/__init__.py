"""PostgreSQL from a PyPI wheel, started on demand below `$CORRESPONDENCE_VAR/postgres` (design.md point 1).

Nothing here imports Django: the settings ask for the connection parameters while they load.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from correspondence_site.postgres.cluster import DATABASE, SUPERUSER, Cluster
from correspondence_site.postgres.errors import PostgresUnavailable
from correspondence_site.postgres.users import shared

__all__ = ["PostgresUnavailable", "connection_parameters", "running"]


def connection_parameters(var: Path) -> dict[str, Any]:
    """Django's parameters of the embedded server below `var`; starts nothing."""
    return {"NAME": DATABASE, "USER": SUPERUSER, "HOST": str(Cluster(var / "postgres").socket_folder)}


@contextmanager
def running(var: Path) -> Iterator[None]:
    """The server is up inside. Whoever leaves last stops it. Raises PostgresUnavailable, FolderUnusable."""
    cluster = Cluster(var / "postgres")
    with shared(cluster.folder, start=cluster.start, stop=cluster.stop):
        yield
