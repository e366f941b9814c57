"""Why something about events cannot be done; the message is read by whoever asked."""


class SubscriptionRefused(Exception):
    """The request is not one that can be kept. `field`: the member that it is about."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class EventsForbidden(Exception):
    """The caller may not see these events, or this subscription."""


class SubscriptionUnknown(Exception):
    """There is no such subscription."""


class ReplayRefused(Exception):
    """Nothing is sent again, or discarded; the message says why."""
