"""The bodies that providers post: JSON, or a mail server's own notification (RFC 3464)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notifications.enums import Channel, DeliveryState
from notifications.services.reports.status_notification import status_notifications
from notifications.services.reports.words import ENHANCED, email_state, sms_state, status_code_state

LONGEST_WORD, LONGEST_REFERENCE, LONGEST_DETAIL = 64, 255, 2000
MOST = 1000
"""Messages that one body may tell of."""
NAMED = 10
"""Entries that cannot be read and are each named; of the others it is said how many."""


class UnreadableReport(Exception):
    """The sentence says what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is said of one message."""

    reference: str
    word: str
    state: DeliveryState | None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What could be read, and in `problem` what could not and why; it is empty when all could."""

    reports: Sequence[Report]
    problem: str = ""


def read_reports(*, channel: Channel, body: bytes) -> Reading:
    """Everything that the body tells: one entry that cannot be read does not keep the others from counting."""
    try:
        return _reading(channel, body)
    except UnreadableReport as error:
        return Reading(reports=[], problem=str(error))


def _reading(channel: Channel, body: bytes) -> Reading:
    text = body.decode("utf-8-sig", errors="replace").replace("\x00", "").strip()
    if text.startswith(("{", "[")):
        return _from_json(channel, text)
    if channel != Channel.EMAIL:
        raise UnreadableReport("It is not JSON.")
    reports = _from_mail(body)
    _check_number(len(reports))
    return Reading(reports=reports)


def _from_json(channel: Channel, text: str) -> Reading:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableReport(f"It is not valid JSON: {error}.") from error
    read = _email if channel == Channel.EMAIL else _sms
    if not isinstance(document, list):
        return Reading(reports=[read(document)])
    _check_number(len(document))
    reports, problems = [], []
    for number, entry in enumerate(document, start=1):
        try:
            reports.append(read(entry))
        except UnreadableReport as error:
            problems.append(f"Entry {number}: {error}")
    return Reading(reports=reports, problem=_in_short(problems))


def _check_number(count: int) -> None:
    if not count:
        raise UnreadableReport("It tells of no message.")
    if count > MOST:
        raise UnreadableReport(f"It tells of more than {MOST} messages.")


def _in_short(problems: Sequence[str]) -> str:
    more = len(problems) - NAMED
    return "\n".join([*problems[:NAMED], *([f"And {more} more."] if more > 0 else [])])


def _sms(entry: Any) -> Report:
    word = _text(entry, "status")
    return _report(entry, word, sms_state(word))


def _email(entry: Any) -> Report:
    """An event, or a mail server's code: the code tells more."""
    code = _text(entry, "status", required=False)
    if not code:
        event = _text(entry, "event")
        reason = _text(entry, "reason", required=False)
        return _report(entry, f"{event} {reason}".strip(), email_state(event, reason))
    if not ENHANCED.fullmatch(code):
        raise UnreadableReport("The status must be an enhanced code like 5.1.1.")
    action = _text(entry, "action", required=False)
    return _report(entry, f"{action} {code}".strip(), status_code_state(code, action))


def _report(entry: Any, word: str, state: DeliveryState | None) -> Report:
    return Report(
        reference=_text(entry, "reference")[:LONGEST_REFERENCE],
        word=word.lower()[:LONGEST_WORD],
        state=state,
        detail=_text(entry, "description", required=False)[:LONGEST_DETAIL],
    )


def _text(entry: Any, name: str, *, required: bool = True) -> str:
    if not isinstance(entry, dict):
        raise UnreadableReport("It must be an object.")
    value = entry.get(name)
    if isinstance(value, str):
        # What a JSON escape brings in and no database column can hold.
        value = value.replace("\x00", "").encode(errors="replace").decode().strip()
    elif value is not None:
        raise UnreadableReport(f"The {name} must be text.")
    if required and not value:
        raise UnreadableReport(f"It has no {name}.")
    return value or ""


def _from_mail(body: bytes) -> Sequence[Report]:
    return [
        Report(
            reference=found.message_id[:LONGEST_REFERENCE],
            word=f"{found.action} {found.code}".strip()[:LONGEST_WORD],
            state=status_code_state(found.code, found.action),
            detail=found.diagnostic[:LONGEST_DETAIL],
        )
        for found in status_notifications(body)
    ]
