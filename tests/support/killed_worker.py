"""A worker that sends many mails and SMS and is killed on the way: what arrived, and what the database knows of it."""

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from notifications.models import Attempt, Delivery
from tests.support.companies import companies_with_addresses
from tests.support.letters import letter
from tests.support.post_service import PostService, sms_gateway
from tests.support.processes import eventually, start_worker, worker
from tests.support.smtp import Mailbox, smtp_server

MOST_RECIPIENTS = 500
BOTH = {
    "notification": {
        "notificationChannel": "EmailAndSms",
        "emailSubject": "Hei",
        "emailBody": "Nytt brev",
        "smsBody": "Nytt brev",
    }
}
Posting = Callable[[str, dict[str, Any]], Any]


@dataclass
class Told:
    """`mails` and `sms`: how often each (address, id) arrived. `in_flight`: open attempts at the kills, `interrupted`: closed so."""

    mails: Counter[tuple[str, str]] = field(default_factory=Counter)
    sms: Counter[tuple[str, str]] = field(default_factory=Counter)
    in_flight: int = 0
    interrupted: int = 0
    before_kills: list[int] = field(default_factory=list)

    @property
    def repeated(self) -> int:
        """Messages that arrived beyond their first time."""
        return sum(count - 1 for counts in (self.mails, self.sms) for count in counts.values())

    def lost(self, recipients: int) -> int:
        """Addresses of either channel that nothing came to."""
        reached = {address for counts in (self.mails, self.sms) for address, _ in counts}
        return 2 * recipients - len(reached)

    @property
    def ids_by_address(self) -> int:
        """More than the addresses when a repeat came under another id."""
        return len(self.mails) + len(self.sms)


def send_to(post: Posting, recipients: int) -> None:
    """Letters to so many companies, each told by e-mail and by SMS."""
    numbers = companies_with_addresses(recipients)
    for begin in range(0, recipients, MOST_RECIPIENTS):
        body = letter(correspondence=BOTH, recipients=numbers[begin : begin + MOST_RECIPIENTS])
        answer = post("/correspondence", body)
        assert answer.status_code == 200, answer.content


@contextmanager
def providers() -> Iterator[tuple[Mailbox, PostService, dict[str, str]]]:
    """A mail server, an SMS gateway, and the environment of a worker that uses them."""
    with smtp_server() as mailbox, sms_gateway() as gateway:
        environment = {
            "EMAIL_URL": mailbox.url,
            "SMS_GATEWAY_URL": gateway.url,
            "SMS_SEND_WINDOW": "always",
        }
        yield mailbox, gateway, environment


def tell_with_kills(recipients: int, *, kills: int, seconds: float) -> Told:
    """One worker at a time: killed after each share of the messages, but for the last."""
    told = Told()
    with providers() as (mailbox, gateway, environment):

        def arrived() -> int:
            return len(mailbox.mails) + len(gateway.posted)

        for kill in range(1, kills + 1):
            enough = 2 * recipients * kill // (kills + 1)
            dying = start_worker(**environment)
            eventually(
                lambda enough=enough: arrived() >= enough, "the worker sent too little", seconds=seconds
            )
            dying.send_signal(signal.SIGKILL)
            dying.wait()
            told.before_kills.append(arrived())
            told.in_flight += Attempt.objects.filter(closed_at__isnull=True).count()
        with worker(**environment):
            eventually(lambda: _all_settled(recipients), "the last worker did not finish", seconds=seconds)
        told.mails.update((str(mail["To"]), str(mail["Message-ID"])) for mail in mailbox.mails)
        told.sms.update((one.body["to"], one.body["reference"]) for one in gateway.posted)
    told.interrupted = Attempt.objects.filter(outcome="interrupted").count()
    return told


def _all_settled(recipients: int) -> bool:
    ended = Delivery.objects.filter(state__in=["Email_Succeeded", "SMS_Accepted"], claimed_by=None)
    return ended.count() == 2 * recipients


def as_json(told: Told, recipients: int) -> str:
    figures = {
        "recipients": recipients,
        "mails": sum(told.mails.values()),
        "sms": sum(told.sms.values()),
        "arrived before each kill": told.before_kills,
        "in flight at the kills": told.in_flight,
        "closed as interrupted": told.interrupted,
        "repeated": told.repeated,
        "lost": told.lost(recipients),
    }
    return json.dumps(figures, indent=2)
