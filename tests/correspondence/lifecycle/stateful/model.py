"""What the service must do, told a second time in plain Python (lifecycle.md 1 to 5; design.md points 5, 11).

It knows no database and no clock of its own: times come from the machine that drives it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

OK = (200, None)
UNKNOWN, FORBIDDEN, NO_SCOPE = (404, 1001), (401, 4001), (403, None)
NUMBERS = {
    name: number
    for number, name in enumerate(
        [
            "Initialized",
            "ReadyForPublish",
            "Published",
            "Fetched",
            "Read",
            "Replied",
            "Confirmed",
            "PurgedByRecipient",
            "PurgedByAltinn",
            "Archived",
            "Reserved",
            "Failed",
            "AttachmentsDownloaded",
            "Forwarded",
        ]
    )
}
WAITING = {"Initialized", "ReadyForPublish"}
ONE_FETCH_PER = timedelta(seconds=15)

Outcome = tuple[int, int | None]


@dataclass
class File:
    id: str
    sender: str
    is_purged: bool = False


@dataclass
class Sent:
    """One accepted request."""

    sender: str
    resource: str
    title: str
    publish_at: datetime
    due_at: datetime | None = None
    needs_confirmation: bool = False
    is_confidential: bool = False
    key: str = ""
    files: list[File] = field(default_factory=list)
    letters: list["Letter"] = field(default_factory=list)
    is_due_date_seen: bool = False


@dataclass(eq=False)
class Letter:
    id: str
    sent: Sent
    recipient: str
    status: str
    history: list[str]
    events: list[str]
    fetches: list[datetime] = field(default_factory=list)

    @property
    def is_published(self) -> bool:
        return "Published" in self.history

    @property
    def is_purged(self) -> bool:
        return self.status.startswith("Purged")

    @property
    def is_available(self) -> bool:
        return self.is_published and not self.is_purged

    @property
    def has_failed(self) -> bool:
        """And has not been published after all, nor withdrawn: a retry alone settles nothing."""
        return "Failed" in self.history and not self.is_published and not self.is_purged

    def side_of(self, actor: str) -> str:
        return {self.recipient: "recipient", self.sent.sender: "sender"}.get(actor, "")

    def reach(self, status: str, event: str = "") -> None:
        """A purge and a new round are shown at once, everything else only when its number is higher."""
        begins_anew = status.startswith("Purged") or self.status == "Failed"
        if begins_anew or NUMBERS[status] > NUMBERS[self.status]:
            self.status = status
        self.history.append(status)
        if event:
            self.events.append(event)

    # What each call answers and leaves.

    def opened(self, actor: str, now: datetime, reserved: set[str]) -> Outcome:
        """Overview and content, up to the answer."""
        if not self.side_of(actor):
            return FORBIDDEN
        if actor == self.recipient and self.status in WAITING:
            publish(self.sent, now, reserved)
        if self.is_purged or (actor == self.recipient and not self.is_available):
            return UNKNOWN
        if actor == self.recipient and not any(now - at < ONE_FETCH_PER for at in self.fetches):
            self.fetches.append(now)
        return OK

    def content(self, actor: str, now: datetime, reserved: set[str]) -> Outcome:
        outcome = self.opened(actor, now, reserved)
        if outcome == OK and "Read" not in self.history:
            self.reach("Read", "correspondencereceiverread")
        return outcome

    def details(self, actor: str, now: datetime) -> Outcome:
        if not self.side_of(actor):
            return FORBIDDEN
        if actor == self.recipient and not self.is_available:
            return UNKNOWN
        if actor == self.recipient:
            self.fetches.append(now)
        return OK

    def mark_as_read(self, actor: str) -> Outcome:
        problem = self._problem(actor, "Read", unfetched=1024, again=1040)
        if problem is None:
            self.reach("Read", "correspondencereceiverread")
        return problem or OK

    def confirm(self, actor: str) -> Outcome:
        problem = self._problem(actor, "Confirmed", unfetched=1025, again=1041)
        if problem is None:
            self.reach("Confirmed", "correspondencereceiverconfirmed")
        return problem or OK

    def _problem(self, actor: str, status: str, *, unfetched: int, again: int) -> Outcome | None:
        if actor != self.recipient:
            return FORBIDDEN
        if not self.is_available:
            return UNKNOWN
        if not self.fetches:
            return 400, unfetched
        return (400, again) if status in self.history else None

    def download(self, actor: str) -> Outcome:
        if actor != self.recipient:
            return FORBIDDEN
        if not self.is_available:
            return UNKNOWN
        self.reach("AttachmentsDownloaded")
        return OK

    def purge(self, actor: str) -> Outcome:
        side = self.side_of(actor)
        if not side:
            return FORBIDDEN
        if self.is_purged:
            return 400, 1014
        return self._withdraw() if side == "sender" else self._delete()

    def _delete(self) -> Outcome:
        if not self.is_available:
            return UNKNOWN
        if self.sent.needs_confirmation and "Confirmed" not in self.history:
            return 400, 1026
        self.reach("PurgedByRecipient", "correspondencepurged")
        return OK

    def _withdraw(self) -> Outcome:
        if self.status not in WAITING | {"Failed"}:
            return 400, 1013
        self.reach("PurgedByAltinn", "correspondencepurged")
        return OK


def publish(sent: Sent, now: datetime, reserved: set[str]) -> None:
    """What a due message's letters become, by whichever road publishing comes."""
    for letter in sent.letters:
        if sent.publish_at > now or letter.status not in WAITING:
            continue
        if letter.recipient in reserved:
            letter.reach("Failed", "correspondencepublishfailed")
        else:
            letter.reach("Published", "correspondencepublished")


def pass_due_date(sent: Sent, now: datetime) -> None:
    if sent.is_due_date_seen or sent.due_at is None or sent.due_at > now:
        return
    sent.is_due_date_seen = True
    for letter in sent.letters:
        if letter.is_available and "Read" not in letter.history:
            letter.events.append("correspondencereceiverneverread")
        if letter.is_available and sent.needs_confirmation and "Confirmed" not in letter.history:
            letter.events.append("correspondencereceiverneverconfirmed")


def found(messages: list[Sent], actor: str, *, resource: str, role: str, status: str) -> list[str]:
    """The answer to a search, in order."""
    letters = []
    for letter in (letter for sent in messages if sent.resource == resource for letter in sent.letters):
        sees_as_sender = role in {"Sender", "RecipientAndSender"} and letter.sent.sender == actor
        sees_as_recipient = role in {"Recipient", "RecipientAndSender"} and letter.recipient == actor
        if status in WAITING | {"Failed"}:
            sees_as_recipient = False
        is_there = letter.is_published and letter.status != "Failed"
        if sees_as_sender or (sees_as_recipient and is_there):
            letters.append(letter)
    if status:
        letters = [letter for letter in letters if status in letter.history]
    letters.sort(key=lambda letter: letter.id)
    letters.sort(key=lambda letter: letter.sent.publish_at, reverse=True)
    return [letter.id for letter in letters]
