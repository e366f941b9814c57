"""Operators who are logged in, and letters whose notifications have been worked on."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from notifications.services.delivery.deliver import deliver_due
from registry.models import User
from registry.services.operators import ensure_operator
from tests.support.letters import letter, send_and_publish
from tests.support.smtp import smtp_server

NOTIFIED = {
    "notification": {
        "notificationTemplate": "GenericAltinnMessage",
        "notificationChannel": "Email",
        "sendReminder": True,
    }
}
PASSWORD = "only-for-tests"
VIEW = "correspondence.view_correspondence"


@pytest.fixture
def operator(db) -> User:
    return ensure_operator(username="operator", password=PASSWORD)


@pytest.fixture
def desk(operator) -> Client:
    """An operator's browser."""
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def onlooker(db) -> Client:
    """Somebody who may see letters, orders and follow-ups, and do nothing."""
    user = User.objects.create_user("onlooker", password=PASSWORD, is_staff=True)
    names = ["view_correspondence", "view_order", "view_followup"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mailbox(settings):
    with smtp_server() as mailbox:
        settings.EMAIL_URLS = [mailbox.url]
        yield mailbox


def told(sender, **correspondence):
    """A published letter whose notification has been sent, or tried."""
    published = send_and_publish(sender, letter(correspondence=NOTIFIED | correspondence))
    deliver_due(job_id=1)
    return published
