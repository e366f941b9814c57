"""Pages of follow-ups and events."""

from journal.admin.event import OutboundEventAdmin
from journal.admin.follow_up import FollowUpAdmin

__all__ = ["FollowUpAdmin", "OutboundEventAdmin"]
