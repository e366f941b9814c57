"""Addresses that messages are sent to: which are valid, and how a number is written."""

import re

import phonenumbers

LETTER = "a-zA-ZæøåÆØÅ0-9"
LOCAL = rf"(?:[{LETTER}!#$%&'*+\-=?^_`{{|}}~]+(?:\.[{LETTER}!#$%&'*+\-=?^_`{{|}}~]+)*|\"[^\"\\\r\n]+\")"
LABEL = rf"[{LETTER}](?:[{LETTER}\-]{{0,61}}[{LETTER}])?"
DOMAIN = rf"(?:(?:{LABEL}\.){{1,9}}[a-zA-Z]{{2,14}}|\[?(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}\]?)"
EMAIL = re.compile(f"{LOCAL}@{DOMAIN}")
HOME_COUNTRY = "NO"
HOME_NUMBER = re.compile(r"[49][0-9]{7}")


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
