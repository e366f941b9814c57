"""An operator follows failed events in Chromium, from the follow-up until the receiver has them."""

from datetime import timedelta
from pathlib import Path

from django.conf import global_settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from journal.services.deliver_events import deliver_events
from registry.services.operators import ensure_operator
from tests.admin.conftest import PASSWORD
from tests.support.browser import browser_page, log_in, needs_chromium
from tests.support.events import happened, receiver, subscription
from tests.support.processes import web_server, worker

REASON = "Their server was down over the weekend."

pytestmark = needs_chromium


def send_all_again(page: Page) -> None:
    page.get_by_role("link", name="Show all in a list").click()
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option(label="Send again…")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).click()
    page.get_by_label("Why?").fill(REASON)


def wait_until_delivered(page: Page) -> None:
    """The worker sends them; an operator would reload, too."""
    for _ in range(40):
        if page.locator(".pill", has_text="Delivered").count() == 2:
            return
        page.wait_for_timeout(500)
        page.reload()


def work_on_the_follow_up(page: Page, base_url: str, picture) -> None:
    page.goto(f"{base_url}/admin/journal/followup/")
    picture("follow-ups")
    page.get_by_role("link", name="Failed events").first.click()
    page.get_by_role("link", name="Open the subscription").click()
    picture("subscription")
    send_all_again(page)
    picture("reason")
    page.get_by_role("button", name="Send events again").click()
    expect(page.get_by_text("Queued to be sent again: 2. Left as they were: 0.")).to_be_visible()
    wait_until_delivered(page)
    picture("deliveries")
    expect(page.locator(".pill", has_text="Delivered")).to_have_count(2)
    page.goto(f"{base_url}/admin/journal/eventsubscription/")
    expect(page.locator(".pill", has_text="Listening")).to_be_visible()
    picture("subscriptions")


def test_operator_sends_failed_events_again_and_sees_them_delivered(committed, world, settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the server's, not the tests' quick one
    ensure_operator(username="operator", password=PASSWORD)
    screenshots = Path(settings.CORRESPONDENCE_VAR) / "screenshots"
    screenshots.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    days_ago = timezone.now() - timedelta(days=4)

    with receiver() as hook:
        listening = subscription(endpoint=f"{hook.url}?code=geheim", failures=4)
        happened("letter-1", "letter-2", at=days_ago)
        deliver_events(subscription_id=listening.pk)
        with web_server() as base_url, worker(), browser_page(complaints) as page:
            log_in(page, base_url, username="operator", password=PASSWORD)
            work_on_the_follow_up(
                page,
                base_url,
                lambda name: page.screenshot(path=screenshots / f"events-{name}.png", full_page=True),
            )

    assert complaints == []
    assert sorted(event["resourceinstance"] for event in hook.events) == ["letter-1", "letter-2"]
