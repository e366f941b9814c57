"""Pages fit the windows that operators have: nothing is cut off, nothing scrolls sideways, no word is broken."""

import uuid
from pathlib import Path

from django.conf import global_settings
from playwright.sync_api import Page

from journal.enums import FollowUpKind
from journal.models import EventDelivery, FollowUp
from registry.services.operators import ensure_operator
from tests.admin.conftest import PASSWORD, told
from tests.support.browser import browser_page, log_in, needs_chromium
from tests.support.events import happened, subscription
from tests.support.letters import letter, send, send_and_publish
from tests.support.processes import web_server
from tests.support.world import PERSON

LETTERS = "correspondence/correspondence/"
NARROW = 375
"""The heads of tables are not seen there."""
WIDTHS = (NARROW, 1280, 1440)
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll('.results, .table-scroll, .inline-group')]
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => `${box.className || box.tagName}: ${box.scrollWidth} in ${box.clientWidth}`)"""
BROKEN_WORDS = """() => [...document.querySelectorAll('table.rows td.whole, .pill')]
    .filter(cell => { const range = document.createRange(); range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > cell.innerText.split(/\\s+/).length })
    .map(cell => cell.innerText)"""
UNNAMED = """() => [...document.querySelectorAll('table.rows td:not(:first-child, .bar)')]
    .filter(cell => getComputedStyle(cell, '::before').content === 'none')
    .map(cell => `no label: ${cell.innerText}`)"""
LONG_REFERENCE = "vedtak-2026-" + "0123456789" * 8

pytestmark = needs_chromium


def worked_on(sender, operator):
    """Letters with all that widens a list, and one whose notification was tried, also again."""
    for recipient in (PERSON, "0192:310654302"):
        send(sender, letter(correspondence={"sendersReference": LONG_REFERENCE}, recipients=[recipient]))
    published = send_and_publish(sender)
    for kind in FollowUpKind:
        FollowUp.objects.create(
            kind=kind,
            cause=str(uuid.uuid4()),
            correspondence=published,
            assigned_to=operator,
            summary="The provider answered: 550 5.1.1 no such user here, and would not say anything more about it.",
        )
    return published, told(sender)


def misfits(page: Page, address: str, screenshots: Path, name: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)
        checks = (TOO_WIDE, BROKEN_WORDS, UNNAMED) if width == NARROW else (TOO_WIDE, BROKEN_WORDS)
        found += [f"{name} at {width}: {what}" for check in checks for what in page.evaluate(check)]
    return found


def test_pages_fit_a_phone_a_laptop_and_a_desktop(committed, sender, mailbox, settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the server's, not the tests' quick one
    operator = ensure_operator(username="operator", password=PASSWORD)
    mailbox.replies["post@rask-falk.example"] = ["550 5.1.1 no such user, see https://mail.example/why"] * 3
    flagged, tried = worked_on(sender, operator)
    order, follow_up = tried.orders.get(), FollowUp.objects.first()
    screenshots = Path(settings.CORRESPONDENCE_VAR) / "screenshots"
    screenshots.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    failing = subscription(endpoint=f"https://receiver.example.no/{LONG_REFERENCE}?code=x", failures=3)
    happened(*(str(uuid.uuid4()) for _ in range(2)))
    EventDelivery.objects.update(last_answer="Not called. It is at a private address.", attempts=12)
    addresses = {
        "front": "",
        "letters": LETTERS,
        "follow-ups": "journal/followup/",
        "follow-up": f"journal/followup/{follow_up.pk}/change/",
        "letter-flagged": f"{LETTERS}{flagged.pk}/change/",
        "resend": f"{LETTERS}{tried.pk}/resend/{order.pk}/",
        "jobs": "procrastinate/procrastinatejob/",
        "deliveries": "notifications/delivery/",
        "notifications": "notifications/notification/",
        "orders": "notifications/order/",
        "requests": "correspondence/message/",
        "audit": "registry/auditentry/",
        "events": "journal/outboundevent/",
        "event-deliveries": "journal/eventdelivery/",
        "subscriptions": "journal/eventsubscription/",
        "subscription": f"journal/eventsubscription/{failing.pk}/change/",
        "unknown": "nothing/here/",
    }

    with web_server() as base_url, browser_page(complaints) as page:
        log_in(page, base_url, username="operator", password=PASSWORD)
        found = [
            one
            for name, path in addresses.items()
            for one in misfits(page, f"{base_url}/admin/{path}", screenshots, name)
        ]

    assert found == []
    assert [one for one in complaints if "404" not in one] == []
