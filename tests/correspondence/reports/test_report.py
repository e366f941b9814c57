"""The daily summary: its rows, its two formats, the command and the nightly job (lifecycle.md 8.1)."""

import asyncio
import csv
import hashlib
import io
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from pyarrow import parquet

from correspondence.enums import ReportFormat
from correspondence.errors import NoCorrespondencesFound, ReportGenerationFailed
from correspondence.jobs import MAKE_REPORTS
from correspondence.models import Correspondence, DailyReport, ReportUnderWay
from correspondence.services.reports import rows as summary
from correspondence.services.reports.make import make_todays, store_reports
from correspondence.services.reports.stored import open_report
from registry.models import Party, Resource
from tests.support.letters import files_in, letter, send
from tests.support.processes import ROOT, environment, eventually
from tests.support.reports import many_letters, send_at, send_some

BOTH = [ReportFormat.CSV, ReportFormat.PARQUET]
CONTRACT = [
    "date", "year", "month", "day", "serviceownerorgnr", "serviceownercode", "messagesender", "senderorgnr",
    "serviceresourceid", "serviceresourcetitle", "recipienttype", "costcenter", "messagecount",
    "databasestoragebytes", "attachmentstoragebytes",
]  # fmt: skip


def read_csv(report):
    with open_report(report) as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("utf-8"))))


def read_parquet(report):
    with open_report(report) as file:
        return parquet.read_table(io.BytesIO(file.read()))


async def queued_by_the_clock(hour):
    """As a worker does it, on the hour."""
    at = hour * 3600
    task = app.tasks[MAKE_REPORTS].configure(task_kwargs={"timestamp": at})
    with app.replace_connector(app.connector.get_worker_connector()):
        async with app.open_async():
            try:
                await app.job_manager.defer_periodic_job(
                    job=task.job, periodic_id=MAKE_REPORTS, defer_timestamp=at
                )
            except AlreadyEnqueued:
                return False
    return True


@pytest.mark.contract("lifecycle.md#10.6")
def test_both_formats_hold_what_was_sent_grouped_as_in_the_contract(sender, own_reports):
    """HG01"""
    send_some(sender)

    as_csv, as_parquet = store_reports(BOTH)

    table = read_parquet(as_parquet)
    today = timezone.now().astimezone(UTC)
    alike = {
        "date": f"{today:%Y-%m-%d}",
        "year": today.year,
        "month": today.month,
        "day": today.day,
        "serviceownerorgnr": "991825827",
        "serviceownercode": "DIGITALISERINGSDIREKTORATET",
        "serviceresourcetitle": "Brev",
        "costcenter": "Altinn3",
        "databasestoragebytes": 0,
        "attachmentstoragebytes": 0,
    }
    groups = [
        ("", "", "example-letters", "Organization", 2),
        ("", "", "example-letters", "Person", 1),
        ("", "", "example-letters-level3", "Organization", 1),
        ("=Etaten", "310244007", "example-letters", "Organization", 1),
    ]
    names = ("messagesender", "senderorgnr", "serviceresourceid", "recipienttype", "messagecount")
    expected = [alike | dict(zip(names, group, strict=True)) for group in groups]
    assert table.column_names == CONTRACT
    assert table.to_pylist() == expected
    assert {str(table.schema.field(name).type) for name in ("year", "messagecount")} == {"int32"}
    assert {str(table.schema.field(name).type) for name in CONTRACT[-2:]} == {"int64"}
    as_text = [{name: str(value) for name, value in row.items()} for row in expected]
    as_text[-1]["messagesender"] = "'=Etaten"
    assert read_csv(as_csv) == as_text


@pytest.mark.contract("lifecycle.md#10.8")
@pytest.mark.parametrize("key", ["senderOrgNumber", "SENDERORGNUMBER", "senderorgnumber"])
def test_senders_number_is_found_in_any_spelling_of_its_key(sender, own_reports, key):
    """RC03"""
    send(sender, letter(correspondence={"propertyList": {key: "310244007"}}))

    (report,) = store_reports([ReportFormat.CSV])

    assert [row["senderorgnr"] for row in read_csv(report)] == ["310244007"]


def test_stored_file_is_remembered_with_its_digest_and_counts(sender, own_reports):
    send_some(sender)

    for report in store_reports(BOTH):
        stored = (own_reports / report.storage_key).read_bytes()
        assert (report.size, report.md5) == (len(stored), hashlib.md5(stored).hexdigest())
        assert (report.rows, report.letters, report.owners, report.day) == (4, 5, 1, None)
        assert (
            report.name == f"{report.generated_at:%Y%m%d_%H%M%S}_daily_summary_report_A3_Test.{report.format}"
        )
    assert len(files_in(own_reports)) == DailyReport.objects.count() == 2


def test_letters_of_every_fate_count_and_those_of_unknown_owners_do_not(sender, own_reports):
    for status in (8, 11):
        one = send(sender)
        purged = {"purged_at": timezone.now(), "purged_by": "sender"} if status == 8 else {}
        Correspondence.objects.filter(pk=one.pk).update(status=status, **purged)
    foreign = send(sender)
    Correspondence.objects.filter(pk=foreign.pk).update(owner_org="999999999")

    (report,) = store_reports([ReportFormat.CSV])

    assert [row["messagecount"] for row in read_csv(report)] == ["2"]


def test_resource_without_a_title_and_recipients_of_other_kinds(sender, world, own_reports):
    Resource.objects.update(title={})
    urns = [
        "urn:altinn:person:idporten-email:kari@eksempel.example",
        "urn:altinn:person:legacy-selfidentified:kari",
    ]
    send(sender, letter(recipients=urns))

    (report,) = store_reports([ReportFormat.CSV])

    rows = read_csv(report)
    assert [row["recipienttype"] for row in rows] == ["Person", "Unknown"]
    assert {row["serviceresourcetitle"] for row in rows} == {"Unknown title (example-letters)"}


def test_rows_are_taken_from_the_server_and_written_in_batches(sender, own_reports, monkeypatch):
    monkeypatch.setattr(summary, "ROWS_AT_ONCE", 3)
    send_some(sender)

    as_csv, as_parquet = store_reports(BOTH)

    assert len(read_csv(as_csv)) == read_parquet(as_parquet).num_rows == 4
    with open_report(as_parquet) as file:
        assert parquet.ParquetFile(io.BytesIO(file.read())).num_row_groups == 2


def test_memory_does_not_grow_with_the_history(world, own_reports):
    """Forty thousand groups take 28 MB when fetched at once; a batch of ten thousand at a time is in memory."""
    many_letters(40_000, groups=40_000, since=timezone.now() - timedelta(days=20))

    tracemalloc.start()
    (report,) = store_reports([ReportFormat.CSV])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert report.rows == report.letters == 40_000
    assert most < 16_000_000


def test_nothing_to_report_leaves_nothing(world, own_reports):
    with pytest.raises(NoCorrespondencesFound):
        store_reports(BOTH)

    assert files_in(own_reports) == []
    assert not DailyReport.objects.exists()


def test_without_the_library_it_is_said_what_to_install_and_csv_goes_on(sender, own_reports, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    send(sender)

    with pytest.raises(ReportGenerationFailed, match="make install-parquet"):
        store_reports([ReportFormat.PARQUET])
    with pytest.raises(CommandError, match="make install-parquet"):
        call_command("report", "--format", "parquet", "--dry-run")
    make_todays()

    assert [report.format for report in DailyReport.objects.all()] == ["csv"]


def is_waiting_to_record():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'correspondence_dailyreport'::regclass AND NOT granted"
        )
        return cursor.fetchone()[0]


def test_file_of_a_run_that_was_killed_before_it_recorded_it_is_removed_by_a_later_one(
    committed, sender, own_reports
):
    """The dying run can store its file, and stops at the table of reports."""
    send(sender)
    command = [sys.executable, "manage.py", "report"]
    place = environment(REPORT_STORAGE_URL=f"file://{own_reports}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE correspondence_dailyreport IN SHARE MODE")
        with subprocess.Popen(command, cwd=ROOT, env=place) as dying:
            eventually(is_waiting_to_record, "the report was not stored")
            dying.kill()
    (left,) = files_in(own_reports)
    assert not DailyReport.objects.exists()

    make_todays()
    assert len(files_in(own_reports)) == 3, "it may still be under way"

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        make_todays()
    recorded = {own_reports / key for key in DailyReport.objects.values_list("storage_key", flat=True)}
    assert (set(files_in(own_reports)), left in recorded, len(recorded)) == (recorded, False, 4)
    assert not ReportUnderWay.objects.exists()
    assert not left.parent.exists()


def test_storage_that_fails_is_told(sender, settings, tmp_path, own_reports):
    own_reports.write_text("a file where the folder should be")
    send(sender)

    with pytest.raises(ReportGenerationFailed, match="could not be stored"):
        store_reports(BOTH)


def test_job_makes_one_report_a_day_in_each_format(sender, own_reports):
    send(sender)

    make_todays()
    make_todays()
    assert sorted(DailyReport.objects.values_list("format", flat=True)) == ["csv", "parquet"]

    tomorrow = timezone.now() + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        make_todays()
    assert DailyReport.objects.count() == 4


def test_job_is_not_queued_while_another_waits_for_its_next_try(committed):
    assert asyncio.run(queued_by_the_clock(1)) is True
    assert asyncio.run(queued_by_the_clock(2)) is False


def test_job_with_nothing_to_report_is_no_failure(world, own_reports):
    make_todays()

    assert not DailyReport.objects.exists()


def test_day_asks_for_that_day_by_utc_and_is_no_daily_report(world, own_reports, ids_of_the_day):
    for at in ("2026-03-01T23:59:59", "2026-03-02T00:00:00", "2026-03-02T23:59:59", "2026-03-03T00:00:00"):
        send_at(datetime.fromisoformat(f"{at}+00:00"))

    call_command("report", "--date", "2026-03-02")
    call_command("report")

    of_a_day, of_all = DailyReport.objects.order_by("pk")
    assert [(row["date"], row["messagecount"]) for row in read_csv(of_a_day)] == [("2026-03-02", "2")]
    assert len(read_csv(of_all)) == 3
    assert (str(of_a_day.day), of_all.day) == ("2026-03-02", None)


def test_dry_run_counts_and_writes_nothing(sender, own_reports, tmp_path):
    send_some(sender)
    said = io.StringIO()

    call_command("report", "--dry-run", "--out", str(tmp_path / "report.csv"), stdout=said)

    assert said.getvalue() == "The report would hold 4 rows, 5 letters of 1 service owners.\n"
    assert list(tmp_path.iterdir()) == []
    assert not DailyReport.objects.exists()


@pytest.mark.parametrize("kind", ReportFormat)
def test_file_is_replaced_only_by_a_whole_one(sender, tmp_path, kind):
    target = tmp_path / "report"
    target.write_bytes(b"yesterday's")

    with pytest.raises(CommandError) as nothing:
        call_command("report", "--format", kind, "--out", str(target))
    assert (nothing.value.returncode, target.read_bytes()) == (3, b"yesterday's")

    send(sender)
    call_command("report", "--format", kind, "--out", str(target))
    assert (b"example-letters" in target.read_bytes(), list(tmp_path.iterdir())) == (True, [target])


def run(*arguments, **extra):
    command = [sys.executable, "manage.py", "report", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(**extra), capture_output=True, check=False)


def test_command_by_itself_and_its_exit_statuses(committed, sender, tmp_path):
    place = {"REPORT_STORAGE_URL": f"file://{tmp_path}/reports"}
    nothing = run("--out", "-", **place)
    assert (run(**place).returncode, nothing.returncode, nothing.stdout) == (3, 3, b"")
    send(sender)

    stored, piped = run("--format", "parquet", **place), run("--format", "parquet", "--out", "-", **place)
    wrong, failed = run("--date", "yesterday"), run(REPORT_STORAGE_URL="file:///proc/no/such/place")

    assert (stored.returncode, len(files_in(tmp_path / "reports"))) == (0, 1)
    assert b"MD5" in stored.stdout
    assert (piped.returncode, parquet.read_table(io.BytesIO(piped.stdout)).num_rows) == (0, 1)
    assert (wrong.returncode, b"must be a day like 2026-11-25" in wrong.stderr) == (2, True)
    assert (failed.returncode, b"could not be stored" in failed.stderr) == (1, True)
    assert Party.objects.exists()
