"""A worker that dies in the middle: a new one finishes by itself, and repeats only what was in flight."""

import signal
from collections import Counter

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, StatusEvent
from journal.models import OutboundEvent
from notifications.models import Attempt, Delivery, Notification, Order
from registry.models import ContactPoint, Party
from tests.support.letters import letter
from tests.support.processes import eventually, start_worker, worker
from tests.support.smtp import smtp_server

LETTERS = 500
NOTIFIED = {
    "notification": {"notificationChannel": "Email", "emailSubject": "Hei", "emailBody": "Nytt brev"},
}


def companies_with_addresses():
    numbers = [f"{920_000_000 + n}" for n in range(LETTERS)]
    parties = Party.objects.bulk_create(
        Party(
            kind="organization",
            org_number=number,
            urn=f"urn:altinn:organization:identifier-no:{number}",
            display_name="TEST AS",
        )
        for number in numbers
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(party=party, email=f"post@{party.org_number}.example") for party in parties
    )
    return [f"0192:{number}" for number in numbers]


def test_killed_worker_loses_nothing_and_repeats_only_what_was_in_flight(committed, sender):
    answer = sender.post(
        "/correspondence", letter(correspondence=NOTIFIED, recipients=companies_with_addresses())
    )
    assert answer.status_code == 200

    with smtp_server() as mailbox:
        first = start_worker(EMAIL_URL=mailbox.url)
        eventually(lambda: len(mailbox.mails) >= LETTERS // 5, "the first worker sent nothing")
        first.send_signal(signal.SIGKILL)
        first.wait()
        sent_before, in_flight = len(mailbox.mails), Attempt.objects.filter(closed_at__isnull=True).count()
        with worker(EMAIL_URL=mailbox.url):
            eventually(
                lambda: Notification.objects.filter(state="Order_Completed").count() == LETTERS,
                "the second worker did not finish",
                seconds=90,
            )

    assert sent_before < LETTERS
    assert Correspondence.objects.filter(status=CorrespondenceStatus.PUBLISHED).count() == LETTERS
    assert StatusEvent.objects.filter(status=CorrespondenceStatus.PUBLISHED).count() == LETTERS
    assert Delivery.objects.filter(state="Email_Succeeded", claimed_by=None).count() == LETTERS
    assert OutboundEvent.objects.filter(type="correspondencenotificationdelivered").count() == LETTERS
    assert not Order.objects.filter(finished_at=None).exists()
    mails = Counter((mail["To"], mail["Message-ID"]) for mail in mailbox.mails)
    assert len(mails) == LETTERS
    assert len({address for address, _ in mails}) == LETTERS
    repeated = [count for count in mails.values() if count > 1]
    assert len(repeated) <= in_flight
    assert Attempt.objects.filter(outcome="interrupted").count() == in_flight
