"""The page of a standard text in Chromium: previewed, saved, and nothing that the content security policy refuses."""

from pathlib import Path

from django.conf import global_settings
from playwright.sync_api import expect

from notifications.enums import Channel, Phase
from notifications.models import Template
from registry.services.operators import ensure_supervisor
from tests.admin.conftest import PASSWORD
from tests.support.browser import browser_page, log_in, needs_chromium
from tests.support.processes import web_server

BODY = """Hei $correspondenceRecipientName$

$sendersName$ har sendt deg post om $resourceName$. {text}

Logg inn i innboksen for å lese den."""
MAIL_BACKGROUND = "rgb(238, 242, 245)"

pytestmark = needs_chromium


def test_supervisor_previews_a_text_in_three_languages_and_saves_it(committed, settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the server's, not the tests' quick one
    ensure_supervisor(username="supervisor", password=PASSWORD)
    mail = Template.objects.get(language="nb", channel=Channel.EMAIL, phase=Phase.MAIN)
    complaints: list[str] = []
    screenshots = Path(settings.CORRESPONDENCE_VAR) / "screenshots"
    screenshots.mkdir(parents=True, exist_ok=True)

    with web_server() as base_url, browser_page(complaints, height=2400) as page:
        log_in(page, base_url, username="supervisor", password=PASSWORD)
        page.goto(f"{base_url}/admin/notifications/template/{mail.pk}/change/")
        page.get_by_label("Text").fill(BODY)
        page.get_by_label("Why?").fill("Paragraphs are easier to read.")
        page.get_by_role("button", name="Preview").click()
        shown = page.frame_locator(".preview-mail").first.locator("body")
        expect(shown).to_contain_text("Eksempeletaten har sendt deg post om Tilskudd.")
        expect(shown).to_have_css("background-color", MAIL_BACKGROUND)
        page.screenshot(path=screenshots / "wording.png", full_page=True)
        page.get_by_role("button", name="Save as a new version").click()
        expect(page.get_by_text("Saved as version 2.")).to_be_visible()

    assert complaints == []
    assert mail.versions.get(number=2).body == BODY
