#!/usr/bin/env python
"""Django's command line. Commands that use the database find the embedded PostgreSQL running."""

import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from correspondence_site.database_server import DatabaseUnusable, require_database
from correspondence_site.postgres import PostgresUnavailable, running
from correspondence_site.var_folder import FolderUnusable

HELP = {"-h", "--help"}
WITHOUT_DATABASE = {
    "help",
    "version",
    "--version",
    "collectstatic",
    "spectacular",
    "makemessages",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "correspondence_site.settings")
    signal.signal(signal.SIGTERM, _leave)
    try:
        with _database(sys.argv[1] if len(sys.argv) > 1 else "help"):
            execute_from_command_line(sys.argv)
    except (PostgresUnavailable, FolderUnusable, DatabaseUnusable, ImproperlyConfigured) as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _database(command: str) -> AbstractContextManager[None]:
    if command in WITHOUT_DATABASE or HELP & set(sys.argv):
        return nullcontext()
    if settings.DATABASE_URL:
        django.setup()
        require_database()
        return nullcontext()
    return running(settings.CORRESPONDENCE_VAR)


def _leave(_signal: int, _frame: object) -> None:
    """SIGTERM ends a command the way an exception does, so that what it started is stopped."""
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()
