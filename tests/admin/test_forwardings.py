"""Forwardings on the letter's page: in its timeline, and nowhere else."""

from django.urls import reverse

from correspondence.admin.letter_page import letter_page
from correspondence.models import Correspondence
from notifications.services.delivery.deliver import deliver_due
from tests.support.jobs import run_due_jobs
from tests.support.letters import letter, send_and_publish

COMPANY = "RASK FALK AS (310654302)"


def test_timeline_tells_who_forwarded_where_to_and_what_became_of_it(sender, recipient, desk, mailbox):
    published = send_and_publish(sender, letter(correspondence={"allowForwarding": True}))
    path = f"/correspondence/{published.pk}"
    recipient.get(f"{path}/content")
    mailbox.replies["bo@example.no"] = ["550 5.1.1 unknown"]
    for address in ("ola@example.no", "bo@example.no"):
        recipient.post(f"{path}/forward", {"forwardTo": address, "forwardingText": "Se her"})
        deliver_due(job_id=1)
        run_due_jobs()

    page = letter_page(Correspondence.objects.get(pk=published.pk))

    read = next(n for n, entry in enumerate(page.timeline) if entry.title == "Read")
    assert [(one.title, one.who, one.why, one.detail) for one in page.timeline[read + 1 :]] == [
        ("Forwarding asked for", COMPANY, "Se her", "to ola@example.no"),
        ("Forwarded", COMPANY, "", ""),
        ("E-mail, attempt 1: accepted", mailbox.url, f"accepted by {mailbox.url}", "ola@example.no"),
        ("Forwarding asked for", COMPANY, "Se her", "to bo@example.no"),
        ("E-mail, attempt 1: refused", mailbox.url, "550 5.1.1 unknown", "bo@example.no"),
        ("Follow-up opened: failed delivery", "System", "550 5.1.1 unknown", ""),
        ("Forwarding ended without delivery", "System", "", "to bo@example.no"),
    ]
    assert page.orders == []
    shown = desk.get(reverse("admin:correspondence_correspondence_change", args=[published.pk]))
    assert "to ola@example.no" in shown.content.decode()
