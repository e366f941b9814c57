"""A mail server, and letters whose notifications have been worked on."""

import pytest

from notifications.services.delivery.deliver import deliver_due
from tests.support.letters import letter, send_and_publish
from tests.support.smtp import smtp_server

JOB = 1
ADDRESS = "post@rask-falk.example"
EMAIL = {
    "notificationChannel": "Email",
    "emailSubject": "Brev til $correspondenceRecipientName$",
    "emailBody": "Hei $recipientName$ ($recipientNumber$)",
}
REMINDED = EMAIL | {"sendReminder": True, "reminderEmailSubject": "Husk", "reminderEmailBody": "Ulest"}
GENERIC = {"notificationTemplate": "GenericAltinnMessage"}


@pytest.fixture
def mailbox(settings):
    with smtp_server() as mailbox:
        settings.EMAIL_URLS = [mailbox.url]
        yield mailbox


def told(sender, notification=EMAIL, **top):
    """A published letter whose notifications have been worked on once."""
    published = send_and_publish(sender, letter(correspondence={"notification": notification}, **top))
    deliver_due(job_id=JOB)
    return published
