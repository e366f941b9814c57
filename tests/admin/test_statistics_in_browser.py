"""The page of figures and the page of what runs by the clock, in Chromium: drawn, accessible, and a file that arrives whole."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import global_settings
from django.utils import timezone
from playwright.sync_api import expect

from correspondence.enums import ReportFormat
from correspondence.services.reports.make import store_reports
from registry.services.operators import ensure_operator
from tests.admin.conftest import NOTIFIED, PASSWORD
from tests.admin.test_schedule import EXPIRE, run_of
from tests.admin.test_widths_in_browser import NARROW, TOO_WIDE, UNNAMED
from tests.support.browser import browser_page, log_in, needs_chromium
from tests.support.letters import letter, publish, send
from tests.support.processes import web_server
from tests.support.reports import many_letters, send_at
from tests.support.world import COMPANY, UNREACHABLE

HEIGHTS = "bars => bars.map(bar => Math.round(bar.getBoundingClientRect().height))"

pytestmark = needs_chromium


@pytest.fixture
def screenshots(settings) -> Path:
    folder = Path(settings.CORRESPONDENCE_VAR) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def report(committed, sender, settings, own_reports, ids_of_the_day):
    """The CSV of three weeks of letters, some of whose recipients have no address; and an operator.

    Today two of three cannot be notified; five days ago everyone could, and on no other day was anyone.
    """
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the server's, not the tests' quick one
    ensure_operator(username="operator", password=PASSWORD)
    many_letters(900, since=timezone.now() - timedelta(days=20), every=1800)
    for recipients in ([f"0192:{COMPANY}", UNREACHABLE], [UNREACHABLE]):
        publish(send(sender, letter(correspondence=NOTIFIED, recipients=recipients)))
    send_at(timezone.now() - timedelta(days=5), **NOTIFIED)
    return store_reports(list(ReportFormat))[0]


@contextmanager
def operators_page(own_reports, complaints):
    place = {"REPORT_STORAGE_URL": f"file://{own_reports}"}
    with web_server(**place) as base_url, browser_page(complaints) as page:
        log_in(page, base_url, username="operator", password=PASSWORD)
        yield page


def test_figures_are_drawn_as_wide_as_the_window(report, own_reports, screenshots):
    complaints: list[str] = []
    with operators_page(own_reports, complaints) as page:
        page.get_by_role("link", name="Statistics").click()
        expect(page.get_by_role("img", name="Letters per day")).to_be_visible()
        heights = page.locator(".plot").first.locator(".plot-bar").evaluate_all(HEIGHTS)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=screenshots / f"statistics-{scheme}.png", full_page=True)
        feet = page.locator(".plot").last.locator(".plot-foot").evaluate_all(HEIGHTS)
        page.set_viewport_size({"width": NARROW, "height": 900})
        misfits = page.evaluate(TOO_WIDE) + page.evaluate(UNNAMED)
        page.screenshot(path=screenshots / "statistics-375.png", full_page=True)
        page.get_by_role("link", name="Last 7 days").click()
        columns = page.locator(".plot").first.locator(".plot-bar").count()
        page.get_by_text("The numbers, day by day").click()
        expect(page.get_by_role("cell", name="48").first).to_be_visible()

    assert (len(heights), columns, heights[0], max(heights) > 60) == (30, 7, 0, True)
    assert [height > 2 for height in feet] == [True, True]
    assert (misfits, complaints) == ([], [])


def test_file_arrives_whole_and_what_runs_by_the_clock_is_listed(report, own_reports, screenshots):
    """A job that is late and has failed has the widest row."""
    run_of(EXPIRE, timezone.now() - timedelta(minutes=5), status="todo", attempts=2)
    complaints: list[str] = []
    with operators_page(own_reports, complaints) as page:
        page.get_by_role("link", name="Statistics").click()
        page.get_by_role("link", name="All files").click()
        page.screenshot(path=screenshots / "report-files.png", full_page=True)
        page.set_viewport_size({"width": NARROW, "height": 900})
        page.screenshot(path=screenshots / "report-files-375.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        with page.expect_download() as download:
            page.get_by_role("link", name=report.name).click()
        downloaded = Path(download.value.path()).read_bytes()
        page.get_by_role("link", name="Jobs", exact=True).click()
        page.get_by_role("link", name="What runs by the clock").click()
        expect(page.get_by_role("heading", name="What runs by the clock")).to_be_visible()
        expect(page.get_by_text("late", exact=True)).to_be_visible()
        page.screenshot(path=screenshots / "schedule.png", full_page=True)
        misfits = page.evaluate(TOO_WIDE)
        page.set_viewport_size({"width": NARROW, "height": 900})
        page.screenshot(path=screenshots / "schedule-375.png", full_page=True)
        misfits += page.evaluate(TOO_WIDE) + page.evaluate(UNNAMED)

    assert downloaded == (own_reports / report.storage_key).read_bytes()
    assert (misfits, complaints) == ([], [])
