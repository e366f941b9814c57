"""Letters that may be forwarded, and the mails that leave when they are."""

import pytest

from notifications.services.delivery.deliver import deliver_due
from tests.support.jobs import run_due_jobs
from tests.support.letters import letter, send_and_publish
from tests.support.smtp import smtp_server

ADDRESS = "ola@regnskap.example"
ALLOWED = {"allowForwarding": True}
JOB = 1


@pytest.fixture
def mailbox(settings):
    with smtp_server() as mailbox:
        settings.EMAIL_URLS = [mailbox.url]
        yield mailbox


def received(sender, recipient, *, read=True, content=None, **top):
    """A published letter that its sender lets be forwarded, and that its recipient has read."""
    published = send_and_publish(sender, letter(content, ALLOWED, **top))
    if read:
        assert recipient.get(f"/correspondence/{published.pk}/content").status_code == 200
        published.refresh_from_db()
    return published


def forward(client, letter_, address=ADDRESS, text=None):
    return client.post(
        f"/correspondence/{letter_.pk}/forward", {"forwardTo": address, "forwardingText": text}
    )


def deliver():
    """What is due leaves, and what follows from it is recorded."""
    deliver_due(job_id=JOB)
    run_due_jobs()
