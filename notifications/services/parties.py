"""Who is told about a letter: its recipient and the custom recipients, each once (notifications.md 2.2, 2.5)."""

from dataclasses import dataclass

from notifications.models.order import invalid_key
from notifications.requests import CustomRecipient, LetterToTell, NotificationRequest
from registry.addresses import e164
from registry.enums import RecipientKind
from registry.identifiers import (
    identifier_of,
    is_national_identity_number,
    is_organisation_number,
    kind_of,
    organisation_urn,
    person_urn,
    strip_organisation_prefix,
)


@dataclass(frozen=True, kw_only=True)
class NotifiedParty:
    """Either a party that is looked up (`urn`) or an address that the sender gave."""

    key: str
    urn: str = ""
    address: str = ""
    is_email: bool = False
    is_valid: bool = True
    """A number that names no party is kept as it was written, and never sent to."""


def parties_to_tell(letter: LetterToTell, request: NotificationRequest) -> list[NotifiedParty]:
    """In the order of the request, the letter's own recipient first unless overridden; the first of a key wins."""
    parties = [] if request.override_registered_contacts else [_recipient(letter.recipient_urn)]
    parties += [_custom(recipient) for recipient in request.custom_recipients]
    return list({party.key: party for party in reversed(parties)}.values())[::-1]


def _recipient(urn: str) -> NotifiedParty:
    prefixes = {RecipientKind.ORGANIZATION: "org", RecipientKind.PERSON: "nin"}
    kind = kind_of(urn)
    key = f"{prefixes[kind]}:{identifier_of(urn)}" if kind in prefixes else f"ext:{urn.lower()}"
    return NotifiedParty(key=key, urn=urn)


def _custom(recipient: CustomRecipient) -> NotifiedParty:
    if recipient.organization_number:
        number = strip_organisation_prefix(recipient.organization_number)
        return _party(
            recipient.organization_number, organisation_urn(number), ok=is_organisation_number(number)
        )
    if recipient.national_identity_number:
        number = recipient.national_identity_number.removeprefix(f"{RecipientKind.PERSON}:")
        return _party(
            recipient.national_identity_number, person_urn(number), ok=is_national_identity_number(number)
        )
    if recipient.email_address:
        return NotifiedParty(
            key=f"email:{recipient.email_address.lower()}", address=recipient.email_address, is_email=True
        )
    mobile = recipient.mobile_number or ""
    number = e164(mobile) or mobile
    return NotifiedParty(key=f"sms:{number}", address=number)


def _party(written: str, urn: str, *, ok: bool) -> NotifiedParty:
    return _recipient(urn) if ok else NotifiedParty(key=invalid_key(written), address=written, is_valid=False)
