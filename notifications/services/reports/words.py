"""What providers' words mean for a delivery (notifications.md 9.2, 9.4). None: nothing changes."""

import re

from notifications.enums import DeliveryState
from notifications.transports.smtp import PERMANENT

ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
DELIVERED, FAILED = "2", "5"

SMS_STATES: dict[str, DeliveryState] = {
    "delivered": DeliveryState.SMS_DELIVERED,
    "delivrd": DeliveryState.SMS_DELIVERED,
    "failed": DeliveryState.SMS_FAILED,
    "unknown": DeliveryState.SMS_FAILED,
    "expired": DeliveryState.SMS_FAILED_EXPIRED,
    "deleted": DeliveryState.SMS_FAILED_DELETED,
    "undelivered": DeliveryState.SMS_FAILED_UNDELIVERED,
    "undeliv": DeliveryState.SMS_FAILED_UNDELIVERED,
    "rejected": DeliveryState.SMS_FAILED_REJECTED,
    "rejectd": DeliveryState.SMS_FAILED_REJECTED,
    "barred": DeliveryState.SMS_FAILED_BARRED,
    "invalid": DeliveryState.SMS_FAILED_INVALID_RECIPIENT,
}
EMAIL_STATES: dict[str, DeliveryState] = {
    "delivered": DeliveryState.EMAIL_DELIVERED,
    "bounced": DeliveryState.EMAIL_FAILED_BOUNCED,
    "failed": DeliveryState.EMAIL_FAILED,
    "rejected": DeliveryState.EMAIL_FAILED_SUPPRESSED,
    "suppressed": DeliveryState.EMAIL_FAILED_SUPPRESSED,
    "filteredspam": DeliveryState.EMAIL_FAILED_FILTERED_SPAM,
    "quarantined": DeliveryState.EMAIL_FAILED_QUARANTINED,
}
REJECTED_FOR = {
    "invalid": DeliveryState.EMAIL_FAILED_INVALID_FORMAT,
    "spam": DeliveryState.EMAIL_FAILED_FILTERED_SPAM,
}


def sms_state(word: str) -> DeliveryState | None:
    return SMS_STATES.get(word.lower())


def email_state(event: str, reason: str = "") -> DeliveryState | None:
    """By anymail's names of events and reasons; deferred, complained and the like change nothing."""
    event = event.lower()
    if event == "rejected" and reason.lower() in REJECTED_FOR:
        return REJECTED_FOR[reason.lower()]
    return EMAIL_STATES.get(event)


def status_code_state(code: str, action: str = "") -> DeliveryState | None:
    """By a mail server's enhanced code, and the action of its notification when it names one (RFC 3464).

    A temporary code is the end only when the server says that it has given up.
    """
    action = action.lower()
    if action == "failed" or (not action and code.startswith(FAILED)):
        states = [state for pattern, state in PERMANENT if pattern.match(code)]
        return states[0] if states else DeliveryState.EMAIL_FAILED
    if action == "delivered" or (not action and code.startswith(DELIVERED)):
        return DeliveryState.EMAIL_DELIVERED
    return None
