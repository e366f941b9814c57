"""How the national platform does, for operators: its last trouble, since when, and orders that wait too long."""

from datetime import datetime, timedelta

from django.utils import timezone

from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups, was_resolved_since
from notifications.models import Notification, Order, Provider
from notifications.models.provider import FULL_WEIGHT, PLATFORM

NAME = "National notification platform"
LONG = timedelta(hours=1)
"""Orders may wait so long before a person is asked; one who has closed the follow-up is not asked again sooner."""
CAUSE = "notification-platform"
WAITED = "Orders have waited for the national platform for over an hour."
TAKEN = "No order has waited for the national platform for over an hour any more."


def note_trouble(trouble: str) -> None:
    """A call failed; since when they do is kept from the first one."""
    now = timezone.now()
    provider = _row()
    if provider.weight:
        provider.weight, provider.weight_changed_at = 0, now
    provider.trouble, provider.trouble_at = trouble, now
    provider.save(update_fields=["weight", "weight_changed_at", "trouble", "trouble_at"])


def note_answer() -> None:
    """A call was answered: a read for each, a write for the first after trouble."""
    if not _row().weight:
        now = timezone.now()
        Provider.objects.platform().update(weight=FULL_WEIGHT, weight_changed_at=now)


def ask_about_long_waits() -> None:
    """One follow-up while orders that were tried wait too long, however many; it goes away with the last of them."""
    now = timezone.now()
    if not _has_long_waits(now):
        resolve_follow_ups(FollowUpKind.ORDERS_NOT_PLACED, [CAUSE], resolution=TAKEN, at=now)
    elif not was_resolved_since(FollowUpKind.ORDERS_NOT_PLACED, CAUSE, now - LONG):
        summary = f"{WAITED} Its last trouble: {_row().trouble or 'none'}."
        open_follow_ups([FollowUpData(kind=FollowUpKind.ORDERS_NOT_PLACED, cause=CAUSE, summary=summary)])


def _row() -> Provider:
    provider, _ = Provider.objects.get_or_create(channel=PLATFORM, name=NAME)
    return provider


def _has_long_waits(at: datetime) -> bool:
    waiting = Order.objects.to_place().filter(place_attempts__gt=0)
    return Notification.objects.filter(order__in=waiting, released_at__lte=at - LONG).exists()
