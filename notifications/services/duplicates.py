"""Nobody is written to twice at an address that the organisation's own order reaches anyway (notifications.md 2.3)."""

from collections.abc import Collection, Sequence

from notifications.addresses import choose, normalised
from notifications.enums import Channel, NotificationChannel, Phase
from notifications.requests import LetterToTell, NotificationRequest
from notifications.services.parties import NotifiedParty
from registry.directory import Contact
from registry.enums import RecipientKind
from registry.identifiers import kind_of

C = NotificationChannel
USING = {
    Channel.EMAIL: {C.EMAIL, C.EMAIL_PREFERRED, C.EMAIL_AND_SMS},
    Channel.SMS: {C.SMS, C.SMS_PREFERRED, C.EMAIL_AND_SMS},
}
"""The channels by which an address of that medium counts as reached."""


def reached_anyway(
    request: NotificationRequest, letter: LetterToTell, contacts: Sequence[Contact]
) -> set[str]:
    """The addresses that the letter's own order may go to; none when it cannot arrive as a whole.

    Only an organisation's count, and only while it is told itself.
    """
    is_organisation = kind_of(letter.recipient_urn) == RecipientKind.ORGANIZATION
    if not request.custom_recipients or request.override_registered_contacts or not is_organisation:
        return set()
    official = [contact for contact in contacts if not contact.by_user]
    if not all(_arrives(channel, official) for channel in _channels(request).values()):
        return set()
    return {address.normalised for address in choose(C.EMAIL_AND_SMS, list(contacts))}


def phases_to_tell(
    request: NotificationRequest, party: NotifiedParty, reached: Collection[str]
) -> list[Phase]:
    """What this party is sent: main, reminder, both or nothing."""
    channels = _channels(request)
    if not party.address or normalised(party.address) not in reached:
        return list(channels)
    medium = Channel.EMAIL if party.is_email else Channel.SMS
    return [phase for phase, channel in channels.items() if channel not in USING[medium]]


def _channels(request: NotificationRequest) -> dict[Phase, NotificationChannel]:
    reminder = {Phase.REMINDER: request.channel_of_reminder} if request.send_reminder else {}
    return {Phase.MAIN: request.channel} | reminder


def _arrives(channel: NotificationChannel, official: list[Contact]) -> bool:
    found = {address.channel for address in choose(channel, official)}
    return found == set(Channel) if channel == C.EMAIL_AND_SMS else bool(found)
