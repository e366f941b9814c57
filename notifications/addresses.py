"""Addresses: which are valid, how they are compared, and which of a party's a channel uses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from notifications.enums import AddressRule, Channel, NotificationChannel
from registry.directory import Contact

LETTER = "a-zA-ZæøåÆØÅ0-9"
LOCAL = rf"(?:[{LETTER}!#$%&'*+\-=?^_`{{|}}~]+(?:\.[{LETTER}!#$%&'*+\-=?^_`{{|}}~]+)*|\"[^\"\\\r\n]+\")"
LABEL = rf"[{LETTER}](?:[{LETTER}\-]{{0,61}}[{LETTER}])?"
DOMAIN = rf"(?:(?:{LABEL}\.){{1,9}}[a-zA-Z]{{2,14}}|\[?(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}\]?)"
EMAIL = re.compile(f"{LOCAL}@{DOMAIN}")
HOME_COUNTRY = "NO"
HOME_NUMBER = re.compile(r"[49][0-9]{7}")


@dataclass(frozen=True)
class Address:
    channel: Channel
    address: str
    rule: AddressRule

    @property
    def normalised(self) -> str:
        return self.address.strip().lower()


def is_email(text: str) -> bool:
    """The pattern of api.md 6.7.1, as a full match."""
    return ";" not in text and can_be_forwarded_to(text)


def can_be_forwarded_to(text: str) -> bool:
    """The same, but between quotes a semicolon may stand (notifications.md 8.2)."""
    return EMAIL.fullmatch(text) is not None


def is_mobile(text: str) -> bool:
    """Begins with + or 00 and is a valid number of its country."""
    return text.startswith(("+", "00")) and e164(text) is not None


def e164(text: str) -> str | None:
    """`+4799999999`, or None for what is no valid number. Eight digits of a Norwegian mobile get their +47."""
    number = text.replace(" ", "")
    number = f"+{number[2:]}" if number.startswith("00") else number
    try:
        parsed = phonenumbers.parse(number, HOME_COUNTRY if HOME_NUMBER.fullmatch(number) else None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def is_land_line(number: str) -> bool:
    """Whether nobody can read an SMS there."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE)


def masked(address: str) -> str:
    """For readers other than the letter's owner: `p***@rask-falk.example`, `+47******99`. Nothing stays nothing."""
    local, at, domain = address.rpartition("@")
    if at:
        first = local.strip('"')[:1]
        return f"{first}***@{domain}"
    return address[:3] + "*" * len(address[3:-2]) + address[3:][-2:]


def choose(channel: NotificationChannel, contacts: list[Contact]) -> list[Address]:
    """The addresses that the channel uses of these contacts, each once (notifications.md 1.1)."""
    chosen: dict[tuple[Channel, str], Address] = {}
    for address in _candidates(channel, contacts):
        chosen.setdefault((address.channel, address.normalised), address)
    return list(chosen.values())


def _candidates(channel: NotificationChannel, contacts: list[Contact]) -> Iterator[Address]:
    """Official contacts count together, each user's contact by itself: preference is about what exists."""
    official = [contact for contact in contacts if not contact.by_user]
    yield from _of_group(channel, official, AddressRule.OFFICIAL)
    for contact in contacts:
        if contact.by_user:
            yield from _of_group(channel, [contact], AddressRule.USER_REGISTERED)


def _of_group(channel: NotificationChannel, contacts: list[Contact], rule: AddressRule) -> list[Address]:
    emails = [Address(Channel.EMAIL, contact.email, rule) for contact in contacts if contact.email]
    numbers = [e164(contact.mobile) for contact in contacts if contact.mobile]
    mobiles = [Address(Channel.SMS, number, rule) for number in numbers if number]
    return {
        NotificationChannel.EMAIL: emails,
        NotificationChannel.SMS: mobiles,
        NotificationChannel.EMAIL_PREFERRED: emails or mobiles,
        NotificationChannel.SMS_PREFERRED: mobiles or emails,
        NotificationChannel.EMAIL_AND_SMS: emails + mobiles,
    }[channel]
