"""The letter's page in Chromium: nothing that the content security policy refuses, and a resend from end to end."""

from pathlib import Path

from django.conf import global_settings
from playwright.sync_api import Page, expect

from registry.services.operators import ensure_operator
from tests.admin.conftest import PASSWORD, told
from tests.support.browser import browser_page, log_in, needs_chromium
from tests.support.processes import web_server, worker

REASON = "She called: nothing has come."

pytestmark = needs_chromium


def resend(page: Page) -> None:
    page.get_by_role("link", name="Send again").click()
    page.get_by_label("Why?").fill(REASON)
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Queued: the notification leaves within seconds.")).to_be_visible()


def wait_for_the_new_attempt(page: Page) -> None:
    """The worker sends it; an operator would reload, too."""
    for _ in range(40):
        if page.locator(".resend .attempts").count():
            return
        page.wait_for_timeout(500)
        page.reload()


def test_operator_resends_from_the_letter_and_sees_the_new_attempt(committed, sender, mailbox, settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the server's, not the tests' quick one
    ensure_operator(username="operator", password=PASSWORD)
    letter = told(sender)
    complaints: list[str] = []
    screenshots = Path(settings.CORRESPONDENCE_VAR) / "screenshots"
    screenshots.mkdir(parents=True, exist_ok=True)

    with (
        web_server(EMAIL_URL=mailbox.url) as base_url,
        worker(EMAIL_URL=mailbox.url),
        browser_page(complaints) as page,
    ):
        log_in(page, base_url, username="operator", password=PASSWORD)
        page.goto(f"{base_url}/admin/correspondence/correspondence/{letter.pk}/change/")
        resend(page)
        wait_for_the_new_attempt(page)
        expect(page.locator(".resend .attempts")).to_contain_text(f"accepted by {mailbox.url}")
        expect(page.locator(".timeline")).to_contain_text(REASON)
        page.screenshot(path=screenshots / "letter.png", full_page=True)

    assert complaints == []
    assert [mail["To"] for mail in mailbox.mails] == ["post@rask-falk.example"] * 2
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 2
