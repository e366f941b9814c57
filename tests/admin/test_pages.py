"""What single pages show and do: jobs, captured mail, requests, attachments."""

import pytest
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from attachments.models import Attachment
from notifications.models import CapturedMessage, Order
from registry.admin import base
from registry.models import Party
from tests.admin.conftest import NOTIFIED, told
from tests.support.letters import letter, send, send_and_publish, uploaded
from tests.support.world import organisation

JOBS = "/admin/procrastinate/procrastinatejob/"


def page_text(client, name, row):
    return client.get(reverse(f"admin:{name}_change", args=[row.pk])).content.decode()


@pytest.fixture
def failed_job(sender) -> ProcrastinateJob:
    send(sender)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 20")
    return ProcrastinateJob.objects.get()


def test_failed_job_is_run_again_by_an_operator(desk, failed_job):
    desk.post(JOBS, {"action": "retry", "_selected_action": [failed_job.pk]})

    assert ProcrastinateJob.objects.get().status == "todo"


def test_waiting_job_is_cancelled_by_an_operator(sender, desk):
    send(sender)

    desk.post(JOBS, {"action": "cancel", "_selected_action": [ProcrastinateJob.objects.get().pk]})

    assert ProcrastinateJob.objects.get().status == "cancelled"


def test_who_may_only_look_at_jobs_has_no_actions(onlooker, operator, failed_job):
    onlooker.force_login(operator)
    group = operator.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="change_procrastinatejob"))

    answer = onlooker.post(JOBS, {"action": "retry", "_selected_action": [failed_job.pk]})

    assert ("Run again" in answer.content.decode(), ProcrastinateJob.objects.get().status) == (
        False,
        "failed",
    )


def test_failed_job_is_counted_on_the_front_page(desk, failed_job):
    (card,) = [card for card in desk.get("/admin/").context["desk"].cards if card.title == "Failed jobs"]

    assert (card.count, card.tone) == (1, "bad")
    assert [job.pk for job in desk.get(card.url).context["cl"].result_list] == [failed_job.pk]


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
