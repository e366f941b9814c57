"""How long an SMS is: its encoding and the segments it is sent in (3GPP TS 23.038, notifications.md 9.3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from notifications.enums import SmsEncoding

MOST_SEGMENTS = 16
ALWAYS_FITS = 528
"""Characters: sixteen parts of 33 that take two units each in UCS-2, the most that any can take."""
ONE_UNIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_UNITS = frozenset("\f^{}\\[~]|€")
"""Written with an escape before them, and never parted from it."""
ALONE = {SmsEncoding.GSM_7: 160, SmsEncoding.UCS_2: 70}
IN_PARTS = {SmsEncoding.GSM_7: 153, SmsEncoding.UCS_2: 67}
BASIC_PLANE = 0xFFFF


@dataclass(frozen=True)
class Length:
    encoding: SmsEncoding
    segments: int


def length_of(text: str) -> Length:
    """One character outside GSM-7 makes the whole text UCS-2."""
    if all(character in ONE_UNIT or character in TWO_UNITS for character in text):
        encoding, units = SmsEncoding.GSM_7, [1 + (character in TWO_UNITS) for character in text]
    else:
        encoding, units = SmsEncoding.UCS_2, [1 + (ord(character) > BASIC_PLANE) for character in text]
    alone = sum(units) <= ALONE[encoding]
    return Length(encoding, 1 if alone else _parts(units, IN_PARTS[encoding]))


def excess_of(text: str) -> str:
    """Why the text is not sent as an SMS, in words; empty when it can be."""
    if len(text) <= ALWAYS_FITS:
        return ""
    length = length_of(text)
    if length.segments <= MOST_SEGMENTS:
        return ""
    return (
        f"The text takes {length.segments} segments in {length.encoding.label};"
        f" at most {MOST_SEGMENTS} are sent."
    )


def _parts(units: Iterable[int], room: int) -> int:
    """A character of two units is not divided: it begins the next part."""
    parts, used = 1, 0
    for unit in units:
        if used + unit > room:
            parts, used = parts + 1, 0
        used += unit
    return parts
