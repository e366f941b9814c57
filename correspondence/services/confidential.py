"""Which confidential letters an organisation has not read, as a text for its reminder (lifecycle.md 8.2)."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from correspondence.enums import Language
from correspondence.errors import UnreadConfidentialCorrespondencesNotFound
from correspondence.models import Correspondence
from registry.callers import Caller
from registry.clock import OSLO
from registry.enums import Action
from registry.errors import CallerUndetermined, NoAccessToResource
from registry.identifiers import identifier_of
from registry.services.access import decide
from registry.services.directory import find_parties, find_resource

REMINDER_RESOURCE = "digdir-reminder-unopened-confidential-correspondences"
INTRODUCTIONS = {
    Language.BOKMAL: "Virksomheten har taushetsbelagt post som ikke er åpnet. Hjelp til å åpne den: {url}",
    Language.NYNORSK: "Verksemda har teiepliktig post som ikkje er opna. Hjelp til å opne han: {url}",
    Language.ENGLISH: "Your organisation has confidential letters that nobody has opened. How to open them: {url}",
}
LINES = {
    Language.BOKMAL: "{number}. Fra {sender}, {date}: {resource}",
    Language.NYNORSK: "{number}. Frå {sender}, {date}: {resource}",
    Language.ENGLISH: "{number}. From {sender}, {date}: {resource}",
}
CLOSINGS = {
    Language.BOKMAL: "Påminnelsen forsvinner når brevene er åpnet.",
    Language.NYNORSK: "Påminninga forsvinn når breva er opna.",
    Language.ENGLISH: "This reminder goes away once the letters have been opened.",
}


def reminder_age() -> timedelta:
    """How old a letter is before anybody is reminded of it."""
    return timedelta(days=7) if settings.IS_PRODUCTION else timedelta(minutes=1)


def unread_confidential(*, caller: Caller, language: str) -> str:
    """The text, in bokmål unless `language` is nn or en. Raises 4006, 4001, 1062."""
    urn = caller.on_behalf_of
    if not urn:
        raise CallerUndetermined
    _require_access(caller, urn)
    letters = _unread(urn)
    if not letters:
        raise UnreadConfidentialCorrespondencesNotFound
    wanted = language.strip().lower()
    return _text(letters, Language(wanted) if wanted in Language else Language.BOKMAL)


def _require_access(caller: Caller, urn: str) -> None:
    """To the reminder's own resource; either action will do."""
    resource = find_resource(REMINDER_RESOURCE)
    actions = (Action.READ, Action.WRITE)
    if not any(decide(caller, action=one, resource=resource, party_urn=urn).granted for one in actions):
        raise NoAccessToResource


def _unread(urn: str) -> Sequence[Correspondence]:
    """What is old enough to be reminded of, oldest first; what was purged cannot be opened any more."""
    letters = Correspondence.objects.available().filter(
        recipient_urn=urn,
        read_at__isnull=True,
        message__is_confidential=True,
        requested_publish_time__lt=timezone.now() - reminder_age(),
    )
    return list(letters.select_related("message").order_by("requested_publish_time", "pk"))


def _text(letters: Sequence[Correspondence], language: Language) -> str:
    senders = find_parties({letter.message.sender_urn for letter in letters})
    resources = {one: find_resource(one) for one in dict.fromkeys(letter.resource_id for letter in letters)}
    lines = []
    for number, letter in enumerate(letters, start=1):
        sender, resource = senders.get(letter.message.sender_urn), resources[letter.resource_id]
        registered = sender.name if sender else ""
        lines.append(
            LINES[language].format(
                number=number,
                sender=letter.message.message_sender
                or registered
                or identifier_of(letter.message.sender_urn),
                date=f"{letter.requested_publish_time.astimezone(OSLO):%d.%m.%Y}",
                resource=resource.title_in(language) if resource else letter.resource_id,
            )
        )
    introduction = INTRODUCTIONS[language].format(url=settings.CONFIDENTIAL_HELP_URL)
    return "\n\n".join([introduction, *lines, CLOSINGS[language]])
