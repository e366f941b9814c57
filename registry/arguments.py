"""What commands are given: read here, and refused with a sentence that says what is wanted."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.utils.timezone import is_naive

from registry.clock import OSLO

TIME_HELP = "a date or a time, of Norway unless it has an offset"


def moment(text: str) -> datetime:
    """A day's midnight or a time; without an offset it is of Norway, as operators see all times."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        wanted = "a date like 2026-11-25 or a time like 2026-11-25T08:00+01:00"
        raise ArgumentTypeError(f"“{text}” is not {wanted}.") from error
    return parsed.replace(tzinfo=OSLO) if is_naive(parsed) else parsed


def count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"“{text}” is no number above 0.")
    return int(text)
