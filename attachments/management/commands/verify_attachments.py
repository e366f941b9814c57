"""`manage.py verify_attachments`."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from attachments.services.verify import find_orphans, verify_stored


class Command(BaseCommand):
    help = (
        "Re-hashes every stored attachment, and looks for stored files that belong to none. "
        "Prints a line for each problem; exit status 1 when there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")

    def handle(self, *args: Any, no_progress: bool, **options: Any) -> None:
        del args, options

        def progress(items: Iterable[Any], total: int | None, what: str) -> Iterable[Any]:
            hidden = no_progress or not sys.stderr.isatty()
            return tqdm(items, total=total, desc=f"Verifying {what}", unit="file", disable=hidden)

        problems = 0
        for search in (verify_stored, find_orphans):
            for problem in search(progress):
                self.stdout.write(f"{problem.subject}: {problem.what}")
                problems += 1
        if problems:
            raise CommandError(f"{problems} problems were found.")
        self.stdout.write("Every stored file is as it should be, and none is without its attachment.")
