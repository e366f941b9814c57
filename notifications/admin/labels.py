"""Words and tones for the states of notifications, here and on the letter's page."""

from notifications.enums import (
    PENDING_STATES,
    SENT_STATES,
    AttemptOutcome,
    Channel,
    DeliveryState,
    NotificationChannel,
    NotificationResult,
    NotificationState,
    ReportOutcome,
)
from notifications.models import Notification
from registry.admin.base import pill

CHANNEL_WORDS = {Channel.EMAIL: "E-mail", Channel.SMS: "SMS"}
ASKED_WORDS = {
    NotificationChannel.EMAIL: "E-mail",
    NotificationChannel.SMS: "SMS",
    NotificationChannel.EMAIL_PREFERRED: "E-mail, else SMS",
    NotificationChannel.SMS_PREFERRED: "SMS, else e-mail",
    NotificationChannel.EMAIL_AND_SMS: "E-mail and SMS",
}
RESULT_TONES = {NotificationResult.SUCCESS: "good", NotificationResult.MISSING_CONTACT: "warn"}
RESULT_WORDS = {NotificationResult.SUCCESS: "Accepted", NotificationResult.MISSING_CONTACT: "Missing contact"}
STATE_WORDS = {
    NotificationState.REGISTERED: ("Waiting", "info"),
    NotificationState.PROCESSING: ("Being sent", "info"),
    NotificationState.PROCESSED: ("Under way", "info"),
    NotificationState.CONDITION_NOT_MET: ("Not sent", "neutral"),
    NotificationState.CANCELLED: ("Cancelled", "neutral"),
}
OUTCOME_WORDS = {
    AttemptOutcome.ACCEPTED: ("Accepted", "good"),
    AttemptOutcome.TEMPORARY: ("Failed for now", "warn"),
    AttemptOutcome.DOWN: ("Provider down", "warn"),
    AttemptOutcome.PERMANENT: ("Refused", "bad"),
    AttemptOutcome.INTERRUPTED: ("Interrupted", "warn"),
    AttemptOutcome.NOT_SENDABLE: ("Cannot be sent", "bad"),
}
REPORT_WORDS = {
    ReportOutcome.WAITING: ("Waiting", "info"),
    ReportOutcome.APPLIED: ("Taken over", "good"),
    ReportOutcome.UNCHANGED: ("Nothing to change", "neutral"),
    ReportOutcome.LATE: ("After its time", "warn"),
    ReportOutcome.NO_MESSAGE: ("About no message of ours", "warn"),
}
DELIVERY_WORDS = {
    "New": "Waiting",
    "Sending": "Being sent",
    "Succeeded": "Sent",
    "Accepted": "Sent",
    "Delivered": "Delivered",
    "Failed": "Failed",
    "Failed_Bounced": "Bounced",
    "Failed_FilteredSpam": "Taken for spam",
    "Failed_InvalidEmailFormat": "Invalid address",
    "Failed_InvalidRecipient": "Invalid number",
    "Failed_RecipientNotIdentified": "Nobody found",
    "Failed_RecipientReserved": "Recipient has reserved",
    "Failed_TTL": "Not confirmed in time",
    "Failed_Quarantined": "Held back by the receiver",
    "Failed_SuppressedRecipient": "On the provider's blocked list",
    "Failed_BarredReceiver": "Number is barred",
    "Failed_Deleted": "Removed by the operator",
    "Failed_Expired": "Not received in time",
    "Failed_Rejected": "Rejected",
    "Failed_Undelivered": "Undeliverable",
    "": "Unknown outcome",
}
"""By what a delivery's state says after its channel."""


def channel_word(channel: str) -> str:
    """The medium of one delivery."""
    return CHANNEL_WORDS[Channel(channel)]


def asked_word(channel: int) -> str:
    """What the sender asked for."""
    return ASKED_WORDS[NotificationChannel(channel)]


def delivery_word(state: str) -> str:
    """The state without its channel, in words."""
    return DELIVERY_WORDS[state.partition("_")[2]]


def delivery_tone(state: str) -> str:
    if state in SENT_STATES:
        return "good"
    if state == DeliveryState.UNKNOWN:
        return "warn"
    return "info" if state in PENDING_STATES else "bad"


def delivery_pill(state: str) -> str:
    return pill(delivery_word(state), delivery_tone(state))


def state_pill(notification: Notification) -> str:
    """A completed one by how its deliveries ended: completed says only that nothing more is sent."""
    state = NotificationState(notification.state)
    if state != NotificationState.COMPLETED:
        return pill(*STATE_WORDS[state])
    sent = [delivery.state in SENT_STATES for delivery in notification.deliveries.all()]
    if not sent:
        return pill("Nothing sent", "warn")
    if not any(sent):
        return pill("Not delivered", "bad")
    return pill("Completed", "good") if all(sent) else pill("Delivered in part", "warn")


def result_pill(result: str) -> str:
    known = NotificationResult(result)
    return pill(RESULT_WORDS.get(known, "Failure"), RESULT_TONES.get(known, "bad"))


def report_pill(outcome: str) -> str:
    return pill(*REPORT_WORDS[ReportOutcome(outcome)])


def outcome_pill(outcome: str) -> str:
    return pill(*OUTCOME_WORDS[AttemptOutcome(outcome)]) if outcome else pill("Under way", "info")
