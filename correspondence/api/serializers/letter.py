"""What the answers about a letter are made of (api.md 6.10, 6.11)."""

from dataclasses import dataclass, field
from datetime import datetime

from attachments.enums import DataLocationType
from attachments.models import AttachmentStatusEvent, MessageAttachment
from attachments.services.file_names import data_type_of
from attachments.services.uses import attachments_of
from correspondence.enums import CorrespondenceStatus, ReferenceType
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.markdown import as_text, to_markdown
from correspondence.services.read import OpenedLetter
from correspondence.services.texts import fill_in_name, with_reply_options

HIDDEN_LANGUAGE = "no"
NOT_IN_SENDERS_HISTORY = {
    CorrespondenceStatus.PURGED_BY_RECIPIENT,
    CorrespondenceStatus.PURGED_BY_ALTINN,
    CorrespondenceStatus.ARCHIVED,
}


@dataclass(frozen=True)
class AttachmentAnswer:
    """A letter's attachment, with the event that its shown status belongs to."""

    use: MessageAttachment
    latest: AttachmentStatusEvent
    data_location_type = DataLocationType.ALTINN
    expiration_in_days = None
    """Always null here, as upstream has it."""

    @property
    def data_type(self) -> str:
        return data_type_of(self.use.attachment.file_name)


@dataclass(frozen=True)
class Happening:
    """A line of the history that is shown: a change of status, or a fetch."""

    at: datetime
    status: CorrespondenceStatus
    text: str


@dataclass(frozen=True)
class Reference:
    type: int
    value: str


@dataclass
class LetterAnswer:
    """A letter with everything that its answer tells, read in a fixed number of queries."""

    opened: OpenedLetter
    appends_reply_options: bool = True
    events: list[StatusEvent] = field(init=False)
    attachments: list[AttachmentAnswer] = field(init=False)

    def __post_init__(self) -> None:
        self.events = list(self.letter.status_events.order_by("at", "pk"))
        self.attachments = self._attachments() if self.opened.shows_content else []

    def _attachments(self) -> list[AttachmentAnswer]:
        uses = list(attachments_of(message_id=self.letter.message_id))
        if not uses:
            return []
        history = AttachmentStatusEvent.objects.filter(attachment__in=[use.attachment_id for use in uses])
        latest = {event.attachment_id: event for event in history.order_by("at", "pk")}
        return [AttachmentAnswer(use, latest[use.attachment_id]) for use in uses]

    @property
    def letter(self) -> Correspondence:
        return self.opened.letter

    @property
    def current(self) -> StatusEvent:
        """The event that the shown status belongs to."""
        return next(event for event in reversed(self.events) if event.status == self.letter.status)

    @property
    def language(self) -> str:
        return self.letter.message.language if self.opened.shows_content else HIDDEN_LANGUAGE

    @property
    def title(self) -> str:
        return self._text(self.letter.message.title)

    @property
    def summary(self) -> str:
        return self._text(self.letter.message.summary)

    @property
    def body(self) -> str:
        message = self.letter.message
        if not (self.appends_reply_options and self.opened.shows_content):
            return self._text(message.body)
        return with_reply_options(self._text(message.body), message.reply_options, message.language)

    @property
    def markdown(self) -> str:
        """The body for those who show it: Markdown without HTML, in what is appended too."""
        message = self.letter.message
        if not self.opened.shows_content:
            return ""
        options = [
            {**option, "linkText": as_text(option["linkText"] or "")} for option in message.reply_options
        ]
        return with_reply_options(to_markdown(self._text(message.body)), options, message.language)

    @property
    def references(self) -> list[Reference]:
        """The sender's own, and what the service added."""
        letter = self.letter
        shown = [
            Reference(item["referenceType"], item["referenceValue"])
            for item in letter.message.external_references
        ]
        if letter.dialog_id:
            shown.append(Reference(ReferenceType.DIALOG_ID, str(letter.dialog_id)))
        if letter.transmission_id:
            shown.append(Reference(ReferenceType.TRANSMISSION_ID, str(letter.transmission_id)))
        return shown

    @property
    def history(self) -> list[Happening]:
        """By time, fetches included; a sender does not see purges."""
        happenings = [
            Happening(event.at, CorrespondenceStatus(event.status), event.text)
            for event in self.events
            if self.opened.shows_full_history or event.status not in NOT_IN_SENDERS_HISTORY
        ]
        fetched = CorrespondenceStatus.FETCHED
        happenings += [
            Happening(fetch.at, fetched, fetched.wire_name)
            for fetch in self.letter.fetches.order_by("at", "pk")
        ]
        return sorted(happenings, key=lambda happening: happening.at)

    def _text(self, text: str) -> str:
        return fill_in_name(text, self.letter.name_in_texts) if self.opened.shows_content else ""
