"""The page of figures and the list of report files."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence.admin.statistics import in_words
from correspondence.enums import ReportFormat
from correspondence.models import Correspondence, DailyReport
from correspondence.services.reports import figures
from correspondence.services.reports.figures import Period, figures_of, letters_of, notifications_of
from correspondence.services.reports.make import store_reports
from tests.admin.conftest import NOTIFIED
from tests.support.letters import letter, publish, send
from tests.support.reports import many_letters, send_at
from tests.support.world import COMPANY, UNREACHABLE

PAGE = "/admin/correspondence/dailyreport/"
MARCH = {"first": "2026-03-01", "last": "2026-03-05"}
OSLO_2_MARCH = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def page_of(desk, **query):
    return desk.get(PAGE, MARCH | query).context["page"]


@pytest.fixture
def march(world, ids_of_the_day):
    """Two letters on 2 March, Norwegian time, one on the 4th, one of them on another resource; one before, one after."""
    for at in (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), datetime(2026, 3, 5, 23, 0, tzinfo=UTC)):
        send_at(at)
    return [
        send_at(OSLO_2_MARCH),
        send_at(OSLO_2_MARCH + timedelta(hours=3), resourceId="example-letters-level3"),
        send_at(datetime(2026, 3, 4, 12, tzinfo=UTC)),
    ]


def set_times(one, *, published, read=None):
    at = one.created_at + published
    Correspondence.objects.filter(pk=one.pk).update(
        status=4 if read else 2, published_at=at, read_at=at + read if read else None
    )


def test_letters_are_counted_by_day_on_the_operators_clock(desk, march):
    page = page_of(desk)

    assert [(f"{day.day}", day.letters) for day in page.figures.days] == [
        ("2026-03-01", 0),
        ("2026-03-02", 2),
        ("2026-03-03", 0),
        ("2026-03-04", 1),
        ("2026-03-05", 0),
    ]
    assert page.figures.letters == 3
    assert [(bar.name, bar.count, bar.width) for bar in page.resources] == [
        ("example-letters", 2, 100),
        ("example-letters-level3", 1, 50),
    ]


def test_one_resource_is_counted_alone(desk, march):
    page = page_of(desk, resource="example-letters-level3")

    assert (page.figures.letters, [bar.name for bar in page.resources]) == (1, ["example-letters-level3"])


def test_times_to_publish_and_to_read(desk, march):
    first, second, third = march
    set_times(first, published=timedelta(seconds=1), read=timedelta(minutes=30))
    set_times(second, published=timedelta(seconds=3), read=timedelta(days=2))
    set_times(third, published=timedelta(minutes=2))

    until_published, until_read = (wait for wait in page_of(desk).waits)
    days = page_of(desk).figures.days

    assert {bar.name: bar.count for bar in until_published.bars if bar.count} == {
        "within 1 second": 1,
        "within 5 seconds": 1,
        "within 5 minutes": 1,
    }
    assert until_published.percentiles[0] == ("50% within", "3 s")
    assert {bar.name: bar.count for bar in until_read.bars if bar.count} == {
        "within an hour": 1,
        "within 3 days": 1,
    }
    assert "2 of 3 published letters" in until_read.note
    assert [(day.published, day.read) for day in days] == [(0, 0), (2, 2), (0, 0), (1, 0), (0, 0)]


def test_a_letter_that_waited_for_its_time_was_not_late(sender, desk):
    asked = timezone.now() - timedelta(hours=1)
    one = send(sender)
    Correspondence.objects.filter(pk=one.pk).update(
        created_at=asked - timedelta(minutes=50), requested_publish_time=asked
    )
    Correspondence.objects.filter(pk=one.pk).update(status=2, published_at=asked + timedelta(seconds=1))

    page = desk.get(PAGE).context["page"]

    assert page.waits[0].percentiles == [("50% within", "1 s"), ("90% within", "1 s"), ("99% within", "1 s")]


def test_share_of_missing_contacts_counts_first_notifications_only(sender, desk):
    publish(send(sender, letter(correspondence=NOTIFIED, recipients=[f"0192:{COMPANY}", UNREACHABLE])))
    publish(send(sender, letter(correspondence=NOTIFIED, recipients=[UNREACHABLE])))
    send(sender)

    page = desk.get(PAGE).context["page"]

    assert (page.figures.notified, page.figures.missing, round(page.missing_share, 1)) == (3, 2, 66.7)
    assert page.missing.columns[-1].words.endswith("2 of 3 without an address")
    assert page.missing.columns[-1].height == 66.67


def test_day_on_which_all_had_an_address_is_told_from_one_without_notifications(sender, desk):
    publish(send(sender, letter(correspondence=NOTIFIED)))

    answer = desk.get(PAGE)
    before, today = answer.context["page"].missing.columns[-2:]
    rows = re.findall(r'data-label="Notified">(.*?)</td>.*?address">(.*?)</td>', answer.content.decode())

    assert (before.has_foot, before.words.partition(": ")[2]) == (False, "no notification")
    assert (today.has_foot, today.words.partition(": ")[2]) == (True, "0 of 1 without an address")
    assert (before.height, today.height, rows[-2:]) == (0, 0, [("0", "–"), ("1", "0")])


def test_without_any_notification_no_share_is_given(desk, world):
    assert "<p>No notifications</p>" in desk.get(PAGE).content.decode()


def test_plots_are_drawn_here_and_name_their_numbers(sender, desk):
    send(sender)

    answer = desk.get(PAGE)
    text = answer.content.decode()
    drawn = text[text.index('<div class="figures">') : text.index('id="files-title"')]

    assert text.count('role="img"') == 2
    assert "1 letter</title>" in drawn
    assert "<script" not in drawn
    assert "style=" not in drawn
    assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []
    assert len(answer.context["page"].letters.columns) == 30


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"first": "2026-03-02", "last": "2026-03-01"}, "must begin before it ends"),
        ({"first": "2024-03-02", "last": "2026-03-01"}, "at most 366 days"),
        ({"first": "yesterday"}, "Enter a valid date."),
        ({"resource": "nobodys"}, "Select a valid choice."),
        ({"last": "0001-01-01"}, "greater than or equal to"),
    ],
)
def test_period_that_cannot_be_counted_is_told(desk, world, query, said):
    answer = desk.get(PAGE, query)

    assert (answer.status_code, answer.context["page"]) == (200, None)
    assert said in answer.content.decode()


def test_too_many_letters_to_wait_for_are_told(desk, world, monkeypatch):
    many_letters(20_000, since=timezone.now() - timedelta(hours=7))
    monkeypatch.setattr(figures, "PATIENCE_SECONDS", 0.001)

    text = desk.get(PAGE).content.decode()

    assert "Choose a shorter one" in text


def test_counts_ask_an_index_for_the_period_and_not_the_whole_table(world):
    """Twenty thousand letters over 14 days; of one day the database looks at no other."""
    since = timezone.now() - timedelta(days=15)
    many_letters(20_000, since=since, every=60)
    day = timezone.localdate(since + timedelta(days=3))
    period = Period(first=day, last=day)

    plans = [rows.explain(analyze=True) for rows in (letters_of(period), notifications_of(period))]
    with CaptureQueriesContext(connection) as queries:
        counted = figures_of(period)

    assert counted.letters == 24 * 60
    assert "Seq Scan" not in plans[0]
    assert re.search(
        r"correspondence_correspondence_pkey.*\n +Index Cond: \(\(id >= .*\) AND \(id < ", plans[0]
    )
    assert not re.search(r"Seq Scan on correspondence_correspondence", plans[1])
    assert 0 < max(int(found) for found in re.findall(r"rows=(\d+)(?:\.\d+)? loops", plans[0])) <= 26 * 60
    assert len([query for query in queries if "COUNT(" in query["sql"]]) == 5


def test_files_are_listed_and_handed_out(sender, desk, own_reports):
    send(sender)
    as_csv, as_parquet = store_reports(list(ReportFormat))

    page, files = desk.get(PAGE).content.decode(), desk.get(f"{PAGE}files/").content.decode()
    answer = desk.get(f"{PAGE}{as_csv.pk}/file/")
    content = b"".join(answer.streaming_content)

    assert f'<a href="{PAGE}">Statistics</a> &rsaquo; Report files</div>' in files
    for report in (as_csv, as_parquet):
        assert report.name in page
        assert report.md5 in files
        assert f"{PAGE}{report.pk}/file/" in files
    assert (content, answer["Content-Disposition"]) == (
        (own_reports / as_csv.storage_key).read_bytes(),
        f'attachment; filename="{as_csv.name}"',
    )


def test_file_that_is_gone_is_told(sender, desk, own_reports):
    send(sender)
    (report,) = store_reports([ReportFormat.CSV])
    (own_reports / report.storage_key).unlink()

    answer = desk.get(f"{PAGE}{report.pk}/file/", follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "The report is not where it was stored."
    ]


def test_only_who_may_see_reports_sees_any_of_it(sender, onlooker, own_reports, django_user_model):
    send(sender)
    (report,) = store_reports([ReportFormat.CSV])
    addresses = [PAGE, f"{PAGE}files/", f"{PAGE}{report.pk}/file/"]

    assert [onlooker.get(address).status_code for address in addresses] == [403] * 3
    assert "dailyreport" not in onlooker.get("/admin/").content.decode()

    user = django_user_model.objects.get(username="onlooker")
    user.user_permissions.add(Permission.objects.get(codename="view_dailyreport"))
    answers = [onlooker.get(address) for address in addresses]
    assert b"example-letters" in b"".join(answers[-1].streaming_content)
    assert [answer.status_code for answer in answers] == [200] * 3
    assert DailyReport.objects.get() == report


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=0.42), "0.4 s"),
        (timedelta(seconds=3), "3 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3, minutes=30), "3.5 h"),
        (timedelta(days=4), "4 days"),
    ],
)
def test_lengths_of_time_are_read_in_one_unit(length, words):
    assert in_words(length) == words
