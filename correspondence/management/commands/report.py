"""`manage.py report`."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from correspondence.enums import ReportFormat
from correspondence.errors import NoCorrespondencesFound, ReportGenerationFailed
from correspondence.services.reports.make import Counted, count_report, store_reports, write_report

NOTHING = 3
STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    help = (
        "Makes the daily summary and stores it, or writes it to a file. "
        "Exit status 0 when it is made, 1 when it could not be, 2 for wrong arguments, 3 when there are no letters."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--date", type=_day, help="Of one UTC day only, like 2026-11-25; else of all days."
        )
        parser.add_argument("--format", choices=ReportFormat.values, default=ReportFormat.CSV.value)
        parser.add_argument(
            "--out", help="A file to write instead of storing the report; - for standard output."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what the report would hold.")

    def handle(self, *_: Any, out: str | None, dry_run: bool, **options: Any) -> None:
        kind, day = ReportFormat(options["format"]), options["date"]
        try:
            if dry_run:
                self.stdout.write(f"The report would hold {_in_words(count_report(kind, day=day))}.")
            elif out:
                counted = _write(out, kind, day)
                self.stderr.write(f"Written: {_in_words(counted)}.")
            else:
                (report,) = store_reports([kind], day=day)
                self.stdout.write(f"Stored {report.storage_key}: {report.size} bytes, MD5 {report.md5}.")
        except NoCorrespondencesFound as error:
            raise CommandError(str(error), returncode=NOTHING) from error
        except (ReportGenerationFailed, OSError) as error:
            raise CommandError(str(error)) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"must be a day like 2026-11-25, not {text!r}") from error


def _write(out: str, kind: ReportFormat, day: date | None) -> Counted:
    """The file is there when it is whole, and stays as it was when it could not be made."""
    if out == STANDARD_OUTPUT:
        return write_report(sys.stdout.buffer, kind, day=day)
    path = Path(out)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            counted = write_report(file, kind, day=day)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return counted


def _in_words(counted: Counted) -> str:
    return f"{counted.rows} rows, {counted.letters} letters of {len(counted.owners)} service owners"
