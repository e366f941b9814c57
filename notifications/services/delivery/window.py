"""SMS go out in the daytime; e-mail at any time (notifications.md 9.3)."""

from datetime import datetime, time, timedelta

from django.conf import settings

from notifications.enums import Channel
from registry.clock import OSLO

ALWAYS = "always"


def first_moment(channel: Channel, at: datetime) -> datetime:
    """`at`, or the next moment inside the window: its start belongs to it, its end does not."""
    if channel == Channel.EMAIL or settings.SMS_SEND_WINDOW == ALWAYS:
        return at
    begins, ends = (time.fromisoformat(text.strip()) for text in settings.SMS_SEND_WINDOW.split("-"))
    local = at.astimezone(OSLO)
    if begins <= local.time() < ends:
        return at
    day = local.date() if local.time() < begins else local.date() + timedelta(days=1)
    return datetime.combine(day, begins, tzinfo=OSLO)
