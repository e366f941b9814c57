"""Sending again in Chromium: a supervisor forces one to another address, then several from the list of orders."""

import re
from pathlib import Path

from django.conf import global_settings
from playwright.sync_api import Page, expect

from registry.services.operators import ensure_supervisor
from tests.admin.conftest import PASSWORD, told
from tests.support.browser import browser_page, log_in, needs_chromium
from tests.support.processes import web_server, worker

OTHER = "ny.adresse@rask-falk.example"
WHY = "The mail server was down all morning."

pytestmark = needs_chromium


def force_to_another_address(page: Page, screenshots: Path) -> None:
    """From the letter's page, after a slip of the pen."""
    page.get_by_role("link", name="Send again").click()
    page.get_by_label("Why?").fill(WHY)
    page.get_by_label("Another address").fill("nobody")
    page.get_by_label("Also to somebody who is reserved").check()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("“nobody” is no e-mail address")).to_be_visible()
    page.screenshot(path=screenshots / "resend-other-address.png", full_page=True)
    page.get_by_label("Another address").fill(OTHER)
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Queued: the notification leaves within seconds.")).to_be_visible()
    expect(page.locator(".resend")).to_contain_text(f"to {OTHER}, forced")
    page.screenshot(path=screenshots / "resend-letter.png", full_page=True)


def send_marked(page: Page, order_ids: list[str], screenshots: Path) -> None:
    """From the list of orders."""
    for one in order_ids:
        page.get_by_role("row", name=re.compile(one)).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("Send again…")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Why?").fill(WHY)
    page.screenshot(path=screenshots / "resend-selection.png", full_page=True)
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Queued: 1 notification leaves within seconds.")).to_be_visible()
    page.screenshot(path=screenshots / "resend-orders.png", full_page=True)


def test_supervisor_sends_to_another_address_and_then_a_selection(
    committed, sender, recipient, mailbox, settings
):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the server's, not the tests' quick one
    ensure_supervisor(username="supervisor", password=PASSWORD)
    seen, unseen = told(sender), told(sender)
    recipient.get(f"/correspondence/{seen.pk}/content")
    marked = [str(one.orders.get().pk) for one in (seen, unseen)]
    complaints: list[str] = []
    screenshots = Path(settings.CORRESPONDENCE_VAR) / "screenshots"
    screenshots.mkdir(parents=True, exist_ok=True)

    with (
        web_server(EMAIL_URL=mailbox.url) as base_url,
        worker(EMAIL_URL=mailbox.url),
        browser_page(complaints) as page,
    ):
        log_in(page, base_url, username="supervisor", password=PASSWORD)
        page.goto(f"{base_url}/admin/correspondence/correspondence/{seen.pk}/change/")
        force_to_another_address(page, screenshots)
        page.goto(f"{base_url}/admin/notifications/order/")
        send_marked(page, marked, screenshots)
        told_why = f"Not sent again: order {marked[0]}. The letter has been read already."
        expect(page.get_by_text(told_why)).to_be_visible()
        for _ in range(60):
            if len(mailbox.mails) == 4:
                break
            page.wait_for_timeout(500)

    assert complaints == []
    expected = ["post@rask-falk.example"] * 2 + [OTHER, "post@rask-falk.example"]
    assert sorted(mail["To"] for mail in mailbox.mails) == sorted(expected)
