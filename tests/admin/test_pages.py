"""What single pages show and do: captured mail, requests, attachments."""

from django.urls import reverse

from attachments.models import Attachment
from notifications.models import CapturedMessage, Order
from registry.admin import base
from registry.models import Party
from tests.admin.conftest import NOTIFIED, told
from tests.support.letters import letter, send, send_and_publish, uploaded
from tests.support.world import organisation


def page_text(client, name, row):
    return client.get(reverse(f"admin:{name}_change", args=[row.pk])).content.decode()


def test_captured_mail_is_shown_as_text(sender, desk):
    html = {"emailSubject": "Hei", "emailBody": "<p>Kjære <b>deg</b></p>", "emailContentType": "Html"}
    asked = {"notificationTemplate": "CustomMessage", "notificationChannel": "Email", **html}
    told(sender, notification=asked)

    text = page_text(desk, "notifications_capturedmessage", CapturedMessage.objects.first())

    assert "Kjære deg" in text
    assert "<b>deg</b>" not in text


def test_request_lists_its_first_letters_and_leads_to_all(sender, desk, world):
    numbers = [f"{930_000_000 + n}" for n in range(base.ROWS_SHOWN + 1)]
    for number in numbers:
        organisation(number, f"TEST {number}")
    first = send(sender, letter(recipients=[f"0192:{number}" for number in numbers]))

    text = page_text(desk, "correspondence_message", first.message)
    all_of_them = base.list_of("correspondence.Correspondence", message__id__exact=first.message_id)

    assert [number in text for number in numbers].count(True) == base.ROWS_SHOWN
    assert all_of_them in text
    assert desk.get(all_of_them).context["cl"].result_count == len(numbers)


def test_attachment_shows_where_it_is_used(sender, desk):
    attachment = Attachment.objects.get(pk=uploaded(sender))
    used = send_and_publish(sender, letter(existingAttachments=[str(attachment.pk)]))

    text = page_text(desk, "attachments_attachment", attachment)

    assert reverse("admin:correspondence_message_change", args=[used.message_id]) in text
    assert "Published without a scan for malware." in text


def test_order_page_leads_to_its_letter_and_notifications(sender, desk):
    published = told(sender)

    text = page_text(desk, "notifications_order", Order.objects.get())

    assert reverse("admin:correspondence_correspondence_change", args=[published.pk]) in text
    assert "Main" in text
    assert "Reminder" in text


def test_counting_stops_where_nobody_would_leaf(desk, world, monkeypatch):
    monkeypatch.setattr(base, "MOST_COUNTED", 2)

    answer = desk.get(reverse("admin:registry_party_changelist"))

    assert (Party.objects.count() > 2, answer.context["cl"].result_count) == (True, 2)


def test_letter_says_which_notification_found_nobody(sender, desk):
    published = send_and_publish(sender, letter(correspondence=NOTIFIED, recipients=["18865196381"]))

    text = page_text(desk, "correspondence_correspondence", published)

    assert "Open follow-up: missing contact" in text
    assert '<span class="pill pill-warn">Missing contact</span>' in text
