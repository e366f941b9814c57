"""A worker that sends many mails and SMS and is killed on the way: what arrived, and what the database knows of it."""

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.enums import AttemptOutcome
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
    """What arrived, and what the database knows of it. Messages go by their id, which repeats share."""

    mails: Counter[tuple[str, str]]
    """How often each address got each id; of SMS alike."""
    sms: Counter[tuple[str, str]]
    arrived_before_kills: list[int]
    in_flight: Counter[str]
    """Whose attempt was open at a kill."""
    interrupted: Counter[str]
    """Whose attempt was later closed as interrupted."""

    @property
    def arrived(self) -> int:
        return self.mails.total() + self.sms.total()

    @property
    def addresses(self) -> int:
        """All that something came to."""
        return len({address for address, _ in [*self.mails, *self.sms]})

    @property
    def repeats(self) -> Counter[str]:
        """How often a message came to an address beyond its first time."""
        again = Counter[str]()
        for counts in (self.mails, self.sms):
            again.update({identity: count - 1 for (_, identity), count in counts.items() if count > 1})
        return again

    @property
    def renamed(self) -> int:
        """Messages that came again under another id."""
        return len(self.mails) + len(self.sms) - self.addresses


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
    """One worker at a time, killed after its share of the messages; the last one finishes."""
    before_kills, killed_at = [], []
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
            killed_at.append(timezone.now())
            before_kills.append(arrived())
        with worker(**environment):
            eventually(lambda: _all_settled(recipients), "the last worker did not finish", seconds=seconds)
        return Told(
            mails=Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in mailbox.mails),
            sms=Counter((one.body["to"], one.body["reference"]) for one in gateway.posted),
            arrived_before_kills=before_kills,
            in_flight=_ids(Attempt.objects.filter(_open_at_any(killed_at))),
            interrupted=_ids(Attempt.objects.filter(outcome=AttemptOutcome.INTERRUPTED)),
        )


def _open_at_any(moments: list[datetime]) -> Q:
    """Such an attempt counts once: it may be open at the next kill too, if nobody has closed it by then."""
    return reduce(or_, (Q(opened_at__lt=moment, closed_at__gt=moment) for moment in moments), Q())


def _ids(attempts: QuerySet[Attempt]) -> Counter[str]:
    return Counter(attempts.values_list("delivery__message_id", flat=True))


def _all_settled(recipients: int) -> bool:
    ended = Delivery.objects.filter(state__in=["Email_Succeeded", "SMS_Accepted"], claimed_by=None)
    return ended.count() == 2 * recipients


def as_json(told: Told, recipients: int) -> str:
    figures = {
        "recipients": recipients,
        "mails": told.mails.total(),
        "sms": told.sms.total(),
        "arrived before each kill": told.arrived_before_kills,
        "in flight at the kills": told.in_flight.total(),
        "closed as interrupted": told.interrupted.total(),
        "repeated": told.repeats.total(),
        "repeated under another id": told.renamed,
        "lost": 2 * recipients - told.addresses,
    }
    return json.dumps(figures, indent=2)
