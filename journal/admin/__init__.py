"""Pages of follow-ups, events and their subscribers."""

from journal.admin.event import OutboundEventAdmin
from journal.admin.event_delivery import EventDeliveryAdmin
from journal.admin.event_subscription import EventSubscriptionAdmin
from journal.admin.follow_up import FollowUpAdmin

__all__ = ["EventDeliveryAdmin", "EventSubscriptionAdmin", "FollowUpAdmin", "OutboundEventAdmin"]
