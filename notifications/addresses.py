"""Addresses: how they are compared and shown, and which of a party's a channel uses."""

from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from notifications.enums import AddressRule, Channel, NotificationChannel
from registry.addresses import e164
from registry.directory import Contact


@dataclass(frozen=True)
class Address:
    channel: Channel
    address: str
    rule: AddressRule

    @property
    def normalised(self) -> str:
        return normalised(self.address)


def normalised(address: str) -> str:
    """As addresses are compared."""
    return address.strip().lower()


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
