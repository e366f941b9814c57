"""Two senders, three recipients and an operator do anything in any order; a model says what must come of it.

Every call goes through the HTTP API with a token of the caller's own. After each step the whole database is compared
with the model: statuses, history, fetches, events, follow-ups, reminders and files.
"""

import contextlib
import uuid
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from attachments.enums import AttachmentStatus
from attachments.models import Attachment
from correspondence.enums import CorrespondenceStatus
from correspondence.models import ConfidentialReminder, Correspondence, Fetch, StatusEvent
from correspondence.services.due_date import tell_of_due_dates
from correspondence.services.publish import publish_overdue
from correspondence.services.retry_publishing import RetryRefused, retry_publishing
from journal.models import FollowUp, OutboundEvent
from registry.models import Party, Reservation, User
from tests.correspondence.lifecycle.stateful.model import (
    NO_SCOPE,
    OK,
    File,
    Letter,
    Outcome,
    Sent,
    found,
    pass_due_date,
    publish,
)
from tests.support.clients import Client
from tests.support.jobs import run_due_jobs
from tests.support.letters import letter as request_of
from tests.support.world import COMPANY, OWNER, PERSON, STRANGER, SUB_UNIT

READ, WRITE, SERVICE_OWNER = (
    "altinn:correspondence.read",
    "altinn:correspondence.write",
    "altinn:serviceowner",
)
SENDERS = {"owner": OWNER, "another owner": STRANGER}
RECIPIENTS = {"company": f"0192:{COMPANY}", "sub-unit": f"0192:{SUB_UNIT}", "person": PERSON}
ACTORS = [*SENDERS, *RECIPIENTS]
RESOURCES = {"owner": ("example-letters", "example-confidential"), "another owner": ("stranger-letters",)}
ALL_RESOURCES = [one for resources in RESOURCES.values() for one in resources]
EVENTS = {
    f"correspondence{name}"
    for name in (
        "initialized",
        "published",
        "publishfailed",
        "purged",
        "receiverread",
        "receiverconfirmed",
        "receiverneverread",
        "receiverneverconfirmed",
    )
}
HIDDEN_FROM_SENDERS = {"PurgedByRecipient", "PurgedByAltinn"}
TOKEN_LIFE = timedelta(minutes=20)
BEGINNING = datetime(2027, 3, 1, 9, tzinfo=UTC)

a_sender = st.sampled_from(list(SENDERS))
anybody = st.sampled_from(ACTORS)
mostly_recipients = st.sampled_from([*RECIPIENTS, *ACTORS])
which = st.integers(min_value=0, max_value=10_000)
any_status = st.sampled_from(["", "", *(one.wire_name for one in CorrespondenceStatus)])


class Letters(RuleBasedStateMachine):
    """The world of tests/support/world.py is there; what an example writes is rolled back in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.example = contextlib.ExitStack()
        self.example.enter_context(transaction.atomic())
        self.clock = self.example.enter_context(time_machine.travel(BEGINNING, tick=False))
        self.messages: list[Sent] = []
        self.files: list[File] = []
        self.reserved: set[str] = set()
        self.clients: dict[str, tuple[datetime, Client]] = {}
        self.histories: dict[str, list[tuple[int, int]]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.close()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def letters(self) -> list[Letter]:
        return [letter for sent in self.messages for letter in sent.letters]

    def pick(self, number: int) -> Letter:
        return self.letters[number % len(self.letters)]

    def client(self, actor: str) -> Client:
        """With a token that has not expired on the clock of the test."""
        made, client = self.clients.get(actor, (None, None))
        if client is None or self.now - made > TOKEN_LIFE:
            client = self._client(actor)
            self.clients[actor] = (self.now, client)
        return client

    @staticmethod
    def _client(actor: str) -> Client:
        if actor == "person":
            return Client.person(PERSON, READ)
        if actor in SENDERS:
            return Client.organisation(SENDERS[actor], SERVICE_OWNER, WRITE)
        return Client.organisation(RECIPIENTS[actor].removeprefix("0192:"), READ)

    def call(self, actor: str, method: str, letter: Letter, path: str, expected: Outcome):
        """The answer, which must be the expected one and must tell of no letter that is not the caller's to see."""
        answer = getattr(self.client(actor), method)(f"/correspondence/{letter.id}{path}")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        is_problem = answer.status_code >= 400 and body
        code = answer.json().get("errorCode") if is_problem else None
        assert (answer.status_code, code) == expected, (actor, method, path, letter.history, body[:200])
        visible = {letter.sent.title} if self.shows_content(actor, letter) else set()
        told = {sent.title for sent in self.messages if sent.title.encode() in body}
        assert told <= visible, f"{actor} was told of {told - visible}"
        return answer

    @staticmethod
    def shows_content(actor: str, letter: Letter) -> bool:
        if actor == letter.recipient:
            return letter.is_available
        return actor == letter.sent.sender and not letter.is_published

    # Senders.

    @rule(sender=a_sender)
    def upload(self, sender):
        body = {"resourceId": RESOURCES[sender][0], "fileName": "notat.txt", "sendersReference": "a"}
        identity = self.client(sender).post("/attachment", body).json()
        answer = self.client(sender).upload(f"/attachment/{identity}/upload", b"innhold")
        assert answer.status_code == 200, answer.content
        self.files.append(File(identity, sender))

    @initialize()
    def first_letter(self):
        self.send(
            "owner", ["company", "person"], 0, needs_confirmation=False, is_confidential=False, file=None
        )

    @rule(
        sender=a_sender,
        recipients=st.lists(st.sampled_from(list(RECIPIENTS)), min_size=1, max_size=3, unique=True),
        wait=st.sampled_from([0, 0, 30, 3600]),
        needs_confirmation=st.booleans(),
        is_confidential=st.booleans(),
        file=st.none() | which,
    )
    def send(self, sender, recipients, wait, *, needs_confirmation, is_confidential, file):
        is_confidential = is_confidential and len(RESOURCES[sender]) > 1
        usable = [one for one in self.files if one.sender == sender and not one.is_purged]
        sent = Sent(
            sender=sender,
            resource=RESOURCES[sender][is_confidential],
            title=f"Sak {uuid.uuid4()}",
            publish_at=self.now + timedelta(seconds=wait),
            due_at=self.now + timedelta(seconds=wait + 600) if needs_confirmation else None,
            needs_confirmation=needs_confirmation,
            is_confidential=is_confidential,
            key=str(uuid.uuid4()) if len(recipients) == 1 else "",
            files=[usable[file % len(usable)]] if usable and file is not None else [],
        )
        answer = self.client(sender).post("/correspondence", self.body_of(sent, recipients))
        if len(recipients) == 1 and self.reserved & set(recipients):
            assert answer.json()["errorCode"] in {1030, 1032}, answer.content
            return
        assert answer.status_code == 200, answer.content
        stored = answer.json()["correspondences"]
        sent.letters = [
            self.stored(sent, actor, one["correspondenceId"])
            for actor, one in zip(recipients, stored, strict=True)
        ]
        assert [one["status"] for one in stored] == [letter.status for letter in sent.letters]
        self.messages.append(sent)

    def body_of(self, sent: Sent, recipients: list[str]):
        correspondence = {
            "resourceId": sent.resource,
            "isConfidential": sent.is_confidential,
            "isConfirmationNeeded": sent.needs_confirmation,
            "requestedPublishTime": sent.publish_at.isoformat(),
            "dueDateTime": sent.due_at.isoformat() if sent.due_at else None,
        }
        return request_of(
            {"messageTitle": sent.title},
            correspondence,
            recipients=[RECIPIENTS[actor] for actor in recipients],
            existingAttachments=[file.id for file in sent.files],
            idempotentKey=sent.key or None,
        )

    def stored(self, sent: Sent, recipient: str, identity: str) -> Letter:
        if recipient in self.reserved:
            return Letter(identity, sent, recipient, "Reserved", ["Initialized", "Reserved"], [])
        history = ["Initialized", "ReadyForPublish"]
        return Letter(identity, sent, recipient, "ReadyForPublish", history, ["correspondenceinitialized"])

    @precondition(lambda self: any(sent.key for sent in self.messages))
    @rule(number=which)
    def send_again_with_the_same_key(self, number):
        keyed = [sent for sent in self.messages if sent.key]
        sent = keyed[number % len(keyed)]
        again = replace(sent, publish_at=self.now, due_at=self.now + timedelta(hours=1), files=[])
        answer = self.client(sent.sender).post("/correspondence", self.body_of(again, ["company"]))
        assert answer.status_code == 409, answer.content

    # Recipients, and everybody else who tries.

    @rule(actor=mostly_recipients, number=which)
    def overview(self, actor, number):
        letter = self.pick(number)
        expected = letter.opened(actor, self.now, self.reserved)
        answer = self.call(actor, "get", letter, "", expected)
        if expected == OK:
            assert answer.json()["status"] == letter.status

    @rule(actor=mostly_recipients, number=which)
    def content(self, actor, number):
        letter = self.pick(number)
        expected = NO_SCOPE if actor in SENDERS else letter.content(actor, self.now, self.reserved)
        self.call(actor, "get", letter, "/content", expected)

    @rule(actor=anybody, number=which)
    def details(self, actor, number):
        letter = self.pick(number)
        expected = letter.details(actor, self.now)
        answer = self.call(actor, "get", letter, "/details", expected)
        if expected == OK:
            shown = [one["status"] for one in answer.json()["statusHistory"]]
            hidden = HIDDEN_FROM_SENDERS if actor == letter.sent.sender else set()
            assert answer.json()["status"] == letter.status
            assert [one for one in shown if one != "Fetched"] == [
                one for one in letter.history if one not in hidden
            ]
            assert shown.count("Fetched") == len(letter.fetches)

    @rule(actor=mostly_recipients, number=which)
    def mark_as_read(self, actor, number):
        letter = self.pick(number)
        expected = NO_SCOPE if actor in SENDERS else letter.mark_as_read(actor)
        self.call(actor, "post", letter, "/markasread", expected)

    @rule(actor=mostly_recipients, number=which)
    def confirm(self, actor, number):
        letter = self.pick(number)
        expected = NO_SCOPE if actor in SENDERS else letter.confirm(actor)
        self.call(actor, "post", letter, "/confirm", expected)

    @precondition(lambda self: any(sent.files for sent in self.messages))
    @rule(actor=mostly_recipients, number=which)
    def download(self, actor, number):
        with_files = [letter for letter in self.letters if letter.sent.files]
        letter = with_files[number % len(with_files)]
        expected = NO_SCOPE if actor in SENDERS else letter.download(actor)
        self.call(actor, "get", letter, f"/attachment/{letter.sent.files[0].id}/download", expected)

    @rule(actor=anybody, number=which)
    def purge(self, actor, number):
        letter = self.pick(number)
        self.call(actor, "delete", letter, "/purge", letter.purge(actor))
        for file in letter.sent.files:
            using = [sent for sent in self.messages if file in sent.files]
            if all(one.is_purged for sent in using for one in sent.letters):
                file.is_purged = True

    @rule(
        actor=anybody,
        resource=st.sampled_from(ALL_RESOURCES),
        role=st.sampled_from(["Sender", "Recipient", "RecipientAndSender"]),
        status=any_status,
    )
    def search(self, actor, resource, role, status):
        query = {"resourceId": resource, "role": role} | ({"status": status} if status else {})
        query |= {"onBehalfOf": PERSON} if actor == "person" else {}
        answer = self.client(actor).get("/correspondence", query)
        assert answer.status_code == 200, answer.content
        assert answer.json()["ids"] == found(
            self.messages, actor, resource=resource, role=role, status=status
        )

    @rule(actor=anybody)
    def ask_for_a_letter_that_never_was(self, actor):
        answer = self.client(actor).get(f"/correspondence/{uuid.uuid4()}")
        assert (answer.status_code, answer.json()["errorCode"]) == (404, 1001)

    # Time, the worker, the registers, the operator.

    @rule(seconds=st.sampled_from([1, 10, 16, 31, 62, 601, 3601]))
    def time_passes(self, seconds):
        self.clock.shift(seconds)

    @rule()
    def worker_runs(self):
        run_due_jobs()
        publish_overdue()
        for sent in self.messages:
            publish(sent, self.now, self.reserved)

    @rule()
    def due_dates_are_looked_at(self):
        tell_of_due_dates()
        for sent in self.messages:
            pass_due_date(sent, self.now)

    @rule()
    def person_changes_its_reservation(self):
        if self.reserved:
            Reservation.objects.filter(person__person_number=PERSON).delete()
            self.reserved = set()
        else:
            Reservation.objects.create(person=Party.objects.get(person_number=PERSON), reserved=True)
            self.reserved = {"person"}

    @rule(number=which)
    def operator_retries(self, number):
        failed = [letter for letter in self.letters if letter.status == "Failed"]
        letter = failed[number % len(failed)] if failed else self.pick(number)
        operator, _ = User.objects.get_or_create(username="kari")
        stored = Correspondence.objects.get(pk=letter.id)
        if letter.status != "Failed":
            with contextlib.suppress(RetryRefused):
                retry_publishing(letter=stored, operator=operator, reason="To see.")
                raise AssertionError(f"{letter.history} was retried")
            return
        retry_publishing(letter=stored, operator=operator, reason="It was a mistake.")
        letter.reach("ReadyForPublish")

    # What must always hold.

    @invariant()
    def database_agrees_with_the_model(self):
        rows = {str(row.pk): row for row in Correspondence.objects.all()}
        history, events, fetches = defaultdict(list), defaultdict(Counter), Counter()
        for event in StatusEvent.objects.order_by("pk"):
            history[str(event.correspondence_id)].append((event.status, event.round))
        for event in OutboundEvent.objects.filter(type__in=EVENTS):
            events[event.resource_instance][event.type] += 1
        fetches.update(str(pk) for pk in Fetch.objects.values_list("correspondence", flat=True))
        assert set(rows) == {letter.id for letter in self.letters}
        for letter in self.letters:
            names = [CorrespondenceStatus(status).wire_name for status, _ in history[letter.id]]
            assert names == letter.history
            assert CorrespondenceStatus(rows[letter.id].status).wire_name == letter.status
            assert rows[letter.id].is_available == letter.is_available
            assert events[letter.id] == Counter(letter.events), letter.history
            assert fetches[letter.id] == len(letter.fetches), letter.history
        self._history_only_grows(history)

    def _history_only_grows(self, history):
        for identity, before in self.histories.items():
            assert history[identity][: len(before)] == before
            rounds = [number for _, number in history[identity]]
            assert rounds == sorted(rounds)
        self.histories = dict(history)

    @invariant()
    def operators_see_what_needs_them(self):
        listed = FollowUp.objects.open().values_list("kind", "cause")
        failed = {letter.id for letter in self.letters if letter.has_failed}
        assert {cause for kind, cause in listed if kind == "failed-publish"} == failed
        reminded = {str(one.correspondence_id) for one in ConfidentialReminder.objects.all()}
        assert {cause for kind, cause in listed if kind == "unread-confidential"} == reminded
        unread = {
            letter.id
            for letter in self.letters
            if letter.sent.is_confidential and letter.is_available and "Read" not in letter.history
        }
        assert reminded <= unread

    @invariant()
    def files_go_with_their_last_letter(self):
        purged = set(Attachment.objects.filter(status=AttachmentStatus.PURGED).values_list("pk", flat=True))
        assert {str(pk) for pk in purged} == {file.id for file in self.files if file.is_purged}
