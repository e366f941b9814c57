"""A publisher that is killed halfway leaves nothing halfway (design.md points 2, 5)."""

import signal
import subprocess
import sys
from contextlib import contextmanager

from django.db import connection, transaction

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.publish import publish_message
from journal.models import OutboundEvent
from registry.models import Party
from tests.support.letters import letter, send
from tests.support.processes import ROOT, environment, eventually

PUBLISH = """
import sys, uuid, django
django.setup()
from correspondence.services.publish import publish_message
publish_message(message_id=uuid.UUID(sys.argv[1]))
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'journal_outboundevent'::regclass AND NOT granted"


@contextmanager
def publisher(message_id):
    """A process of its own that publishes the message in the test's database; killed in the end."""
    env = environment(DJANGO_SETTINGS_MODULE="tests.settings")
    with subprocess.Popen([sys.executable, "-c", PUBLISH, str(message_id)], cwd=ROOT, env=env) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGKILL)


def is_waiting_for_the_lock():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


def test_publisher_killed_inside_its_transaction_is_followed_by_one_that_publishes_once(
    committed, settings, sender
):
    settings.REGISTRY_AUTO_PROVISION = True
    numbers = [f"0192:{930_000_000 + n}" for n in range(20)]
    message_id = send(sender, letter(recipients=numbers)).message_id
    assert Party.objects.filter(org_number__startswith="93").count() == 20

    with transaction.atomic():
        with connection.cursor() as cursor:  # it can change the letters, and stops at their events
            cursor.execute("LOCK TABLE journal_outboundevent IN SHARE MODE")
        with publisher(message_id):
            eventually(is_waiting_for_the_lock, "the publisher did not come to the events")
    assert not Correspondence.objects.filter(published_at__isnull=False).exists()

    assert publish_message(message_id=message_id) == 20
    assert StatusEvent.objects.filter(status=CorrespondenceStatus.PUBLISHED).count() == 20
    assert OutboundEvent.objects.filter(type="correspondencepublished").count() == 20
