"""Words and tones for a letter's states."""

from correspondence.enums import CorrespondenceStatus
from registry.admin.base import pill

S = CorrespondenceStatus
WORDS = {
    S.INITIALIZED: ("Accepted", "info"),
    S.READY_FOR_PUBLISH: ("Ready for publishing", "info"),
    S.PUBLISHED: ("Published", "good"),
    S.FETCHED: ("Looked at", "neutral"),
    S.READ: ("Read", "good"),
    S.REPLIED: ("Replied", "good"),
    S.CONFIRMED: ("Confirmed", "good"),
    S.PURGED_BY_RECIPIENT: ("Deleted by the recipient", "neutral"),
    S.PURGED_BY_ALTINN: ("Withdrawn by the sender", "neutral"),
    S.ARCHIVED: ("Archived", "neutral"),
    S.RESERVED: ("Not sent: the recipient has reserved", "warn"),
    S.FAILED: ("Failed", "bad"),
    S.ATTACHMENTS_DOWNLOADED: ("Attachment downloaded", "good"),
    S.FORWARDED: ("Forwarded", "good"),
}


def status_word(status: int) -> str:
    return WORDS[S(status)][0]


def status_tone(status: int) -> str:
    return WORDS[S(status)][1]


def status_pill(status: int) -> str:
    return pill(status_word(status), status_tone(status))
