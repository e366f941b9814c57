"""Making the daily summary: stored and remembered, written to a file, or only counted."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import IO, cast

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from correspondence.enums import ReportFormat
from correspondence.errors import NoCorrespondencesFound, ReportGenerationFailed
from correspondence.models import DailyReport, ReportUnderWay
from correspondence.services.reports.formats import Writer, check_writable, formats_offered, writer
from correspondence.services.reports.rows import LETTERS, OWNER, Row, summary_rows
from correspondence.transports.report_storage import Digesting, report_storage
from registry.ids import uuid7

LONGEST = timedelta(hours=12)
"""No report takes as long: what began before and is under way still belongs to a process that has died."""

log = structlog.get_logger()


@dataclass
class Counted:
    """What a report holds."""

    rows: int = 0
    letters: int = 0
    owners: set[str] = field(default_factory=set)

    def add(self, rows: list[Row]) -> None:
        self.rows += len(rows)
        self.letters += sum(row[LETTERS] for row in rows)
        self.owners.update(row[OWNER] for row in rows)


def make_todays() -> None:
    """The day's report in every format that can be written, unless it is there; all that the clock calls."""
    now = timezone.now()
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    there = DailyReport.objects.filter(day__isnull=True, generated_at__gte=midnight)
    made = set(there.values_list("format", flat=True))
    missing = [kind for kind in formats_offered() if kind not in made]
    if not missing:
        return
    try:
        store_reports(missing)
    except NoCorrespondencesFound:
        log.info("report_of_nothing")


def store_reports(kinds: Sequence[ReportFormat], *, day: date | None = None) -> list[DailyReport]:
    """One stored file per format, all of the same rows. Raises NoCorrespondencesFound, ReportGenerationFailed."""
    at = timezone.now()
    try:
        _clear_up(at)
        with ExitStack() as stack:
            files = [_StoredFile(kind, at, stack) for kind in kinds]
            counted = _write({file.kind: cast(IO[bytes], file.content) for file in files}, day=day, at=at)
            for file in files:
                file.receiver.commit()
    except OSError as error:
        raise ReportGenerationFailed(f"The report could not be stored: {error}") from error
    with transaction.atomic():
        ReportUnderWay.objects.filter(storage_key__in=[file.key for file in files]).delete()
        reports = [file.remembered(counted, day=day, at=at) for file in files]
        DailyReport.objects.bulk_create(reports)
    for report in reports:
        log.info(
            "report_made", name=report.name, rows=counted.rows, letters=counted.letters, size=report.size
        )
    return reports


def _clear_up(now: datetime) -> None:
    """Remove the files of runs that died before they recorded them. Raises OSError."""
    for left in ReportUnderWay.objects.filter(begun_at__lt=now - LONGEST):
        report_storage().forget(left.storage_key)
        left.delete()
        log.info("report_swept", storage_key=left.storage_key)


def write_report(file: IO[bytes], kind: ReportFormat, *, day: date | None = None) -> Counted:
    """Raises NoCorrespondencesFound, ReportGenerationFailed."""
    return _write({kind: file}, day=day, at=timezone.now())


def count_report(kind: ReportFormat, *, day: date | None = None) -> Counted:
    """What a report would hold now. Raises as `write_report`."""
    check_writable(kind)
    return _write({}, day=day, at=timezone.now())


class _StoredFile:
    """A file under way to the storage; it is not there unless it is committed."""

    def __init__(self, kind: ReportFormat, at: datetime, stack: ExitStack) -> None:
        self.kind = kind
        self.name = f"{at:%Y%m%d_%H%M%S}_daily_summary_report_A3_{settings.CORRESPONDENCE_ENV.title()}.{kind}"
        self.key = f"{uuid7()}/{self.name}"
        ReportUnderWay.objects.create(storage_key=self.key, begun_at=at)
        self.receiver = stack.enter_context(report_storage().receive(self.key))
        self.content = Digesting(self.receiver)

    def remembered(self, counted: Counted, *, day: date | None, at: datetime) -> DailyReport:
        return DailyReport(
            name=self.name,
            format=self.kind,
            day=day,
            storage_key=self.key,
            size=self.content.size,
            md5=self.content.digest.hexdigest(),
            rows=counted.rows,
            letters=counted.letters,
            owners=len(counted.owners),
            generated_at=at,
        )


def _write(files: Mapping[ReportFormat, IO[bytes]], *, day: date | None, at: datetime) -> Counted:
    """Count once, write to all of the files; nothing when there is nothing. Raises as `store_reports`."""
    for kind in files:
        check_writable(kind)
    counted, writers = Counted(), list[Writer]()
    with transaction.atomic(), ExitStack() as stack:
        for rows in summary_rows(day=day, at=at):
            counted.add(rows)
            writers = writers or [stack.enter_context(writer(kind, file)) for kind, file in files.items()]
            for write in writers:
                write(rows)
        if not counted.rows:
            raise NoCorrespondencesFound
    return counted
