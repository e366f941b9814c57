"""Words and colours that the pages of events share."""

from django.utils.safestring import SafeString

from journal.enums import EventDeliveryState
from registry.admin.base import pill

TONES = {
    EventDeliveryState.WAITING: "info",
    EventDeliveryState.DELIVERED: "good",
    EventDeliveryState.FAILED: "bad",
    EventDeliveryState.DISCARDED: "neutral",
}


def delivery_pill(state: str) -> SafeString:
    known = EventDeliveryState(state)
    return pill(known.label, TONES[known])
