"""The standard mail as a mail program shows it: read back from a real server, drawn by Chromium."""

from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import expect

from notifications.services.delivery.deliver import deliver_due
from tests.notifications.conftest import GENERIC, JOB
from tests.support.browser import browser_page, needs_chromium
from tests.support.letters import letter, send_and_publish

SENDER = "Digitaliseringsdirektoratet"
ASKED = {"messageSender": SENDER, "notification": GENERIC | {"emailBody": "Svar innen 1. mars."}}
PROGRAM = """<!doctype html>
<style>body {{margin: 0; font: 15px/1.6 Arial, sans-serif}} dl {{margin: 0; padding: 16px 24px; display: grid;
grid-template-columns: 5em 1fr}} dt {{color: #52606d}} dd {{margin: 0}} iframe {{border: 0; width: 100%; height: 330px}}
</style><dl>{headers}</dl><iframe sandbox srcdoc="{document}"></iframe>"""

pytestmark = needs_chromium


@pytest.fixture
def mail(sender, mailbox):
    send_and_publish(sender, letter(correspondence=ASKED))
    deliver_due(job_id=JOB)
    return mailbox.mails[0]


@pytest.fixture
def screenshots(settings) -> Path:
    folder = Path(settings.CORRESPONDENCE_VAR) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_mail_looks_like_this_in_a_mail_program(mail, screenshots):
    headers = "".join(
        f"<dt>{name}</dt><dd>{escape(str(mail[name]))}</dd>" for name in ("From", "To", "Subject", "Date")
    )
    _, html = mail.iter_parts()
    complaints: list[str] = []

    with browser_page(complaints, width=760, height=470) as page:
        page.set_content(PROGRAM.format(headers=headers, document=escape(html.get_content())))
        shown = page.frame_locator("iframe")
        expect(shown.get_by_role("heading", level=1)).to_have_text(f"Ny post fra {SENDER}")
        page.screenshot(path=screenshots / "notification.png")

    assert complaints == []


@pytest.mark.parametrize("width", [760, 320])
def test_mail_is_readable_at_any_width_and_fetches_nothing(mail, screenshots, width):
    _, html = mail.iter_parts()
    complaints: list[str] = []
    fetched: list[str] = []

    with browser_page(complaints, width=width, height=600) as page:
        page.on("request", lambda request: fetched.append(request.url))
        page.set_content(html.get_content())
        expect(page.get_by_text("Svar innen 1. mars. Logg inn i innboksen")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "nb"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_role("link").count() == page.get_by_role("img").count() == 0
        page.screenshot(path=screenshots / f"notification-{width}.png")

    assert (fetched, complaints) == ([], [])
