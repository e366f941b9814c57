"""Operators see how providers do, and are told when one takes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.admin.provider import health_pill
from notifications.models import Delivery, Provider
from tests.admin.conftest import told
from tests.admin.test_pages import page_text

LIST = "/admin/notifications/provider/"


@pytest.mark.parametrize(
    ("weight", "paused_for", "words"),
    [
        (100, 0, "Works"),
        (100, 60, "Pauses until"),
        (0, 60, "Down until"),
        (0, 0, "to be tried"),
        (25, 0, "Recovers"),
    ],
)
def test_health_is_said_in_words(weight, paused_for, words):
    paused_until = timezone.now() + timedelta(seconds=paused_for)

    assert words in health_pill(Provider(weight=weight, paused_until=paused_until))


def test_list_shows_each_provider_with_its_limit_and_those_gone_from_the_settings(
    sender, desk, settings, mailbox
):
    settings.EMAIL_URLS = [f"{mailbox.url}?rate=50"]
    Provider.objects.create(channel="email", name="smtp://old")

    told(sender)
    page = desk.get(LIST).content.decode()

    assert all(
        words in page for words in (mailbox.url, "50 a second", "Works", "smtp://old", "Not in the settings")
    )


def test_desk_says_which_provider_takes_nothing_and_why(sender, desk, settings, mailbox):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9"]
    told(sender)

    told_now = [one.text for one in desk.get("/admin/").context["desk"].notices if "takes no" in one.text]
    settings.EMAIL_URLS = [mailbox.url]
    told_after = [one.text for one in desk.get("/admin/").context["desk"].notices if "takes no" in one.text]

    (text,) = told_now
    assert text.startswith("smtp://127.0.0.1:9 takes no messages: ConnectionRefusedError")
    assert told_after == []


def test_message_that_cannot_be_sent_is_no_providers_refusal(sender, desk, settings):
    settings.SMS_SEND_WINDOW, settings.SMS_GATEWAY_URLS = "always", ["http://gateway.example"]
    both = {"notificationChannel": "EmailAndSms", "emailSubject": "Brev", "emailBody": "Hei"}
    told(sender, notification=both | {"smsBody": "á" * 1073})  # an SMS alone is a failure at once

    page = page_text(desk, "notifications_delivery", Delivery.objects.get(channel="sms"))

    assert ("Cannot be sent" in page, "17 segments" in page) == (True, True)
    assert ("Refused" in page, "gateway.example" in page) == (False, False)


def test_delivery_shows_how_long_an_sms_was_and_the_gateways_id(sender, desk, settings):
    settings.SMS_SEND_WINDOW = "always"
    told(sender, notification={"notificationChannel": "Sms", "smsBody": "á" * 71})

    page = page_text(desk, "notifications_delivery", Delivery.objects.get())

    assert "2 segments, UCS-2" in page
