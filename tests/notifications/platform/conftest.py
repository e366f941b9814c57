"""A notification platform that the settings name, and the jobs' work with it done in this process."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from journal.models import FollowUp, OutboundEvent
from notifications.jobs import CANCEL_SHIPMENT
from notifications.models import Notification
from notifications.services.delivery.deliver import deliver_due
from notifications.services.platform.cancel import cancel_shipment
from notifications.services.platform.work import work_with_platform
from tests.notifications.conftest import JOB
from tests.support.letters import letter, send_and_publish
from tests.support.notification_platform import notification_platform_stand_in

TOKEN = "not-for-any-log"


@pytest.fixture
def platform(settings, monkeypatch):
    monkeypatch.setenv("NOTIFICATION_PLATFORM_TOKEN", TOKEN)
    settings.PUBLIC_URL = "https://letters.example.no"
    with notification_platform_stand_in() as stand_in:
        settings.NOTIFICATION_PLATFORM_URL = stand_in.url
        yield stand_in


def placed(sender, notification, correspondence=None, **top):
    """A published letter whose orders have been worked on once, by the platform's jobs and by our own delivery."""
    body = letter(correspondence={"notification": notification} | (correspondence or {}), **top)
    published = send_and_publish(sender, body)
    work()
    return published


def work(after=timedelta()):
    """So much later."""
    with time_machine.travel(timezone.now() + after, tick=False):
        work_with_platform()
        deliver_due(job_id=JOB)


def run_cancelling():
    """Each queued job, once."""
    jobs = ProcrastinateJob.objects.filter(task_name=CANCEL_SHIPMENT).order_by("pk")
    for job in list(jobs):
        identity = uuid.UUID(job.args["notification_id"])
        cancel_shipment(notification_id=identity, reason=job.args["reason"])
    return len(jobs)


def main():
    return Notification.objects.get(is_reminder=False)


def reminder():
    return Notification.objects.get(is_reminder=True)


def told_of(word="notification"):
    """Types of the events about notifications, in the order in which they were recorded."""
    events = OutboundEvent.objects.filter(type__contains=word).order_by("pk")
    return list(events.values_list("type", flat=True))


def open_follow_ups():
    return list(FollowUp.objects.open().order_by("pk").values_list("kind", flat=True))
