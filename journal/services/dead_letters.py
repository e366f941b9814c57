"""Events that a subscriber could not be given: one follow-up for each subscriber, until none is left."""

from datetime import datetime

from journal.enums import FollowUpKind
from journal.models import EventDelivery, EventSubscription
from journal.services.follow_ups import FollowUpData, open_causes, open_follow_ups, resolve_follow_ups

NONE_LEFT = "None of its events is failed any more."


def report_failed(subscription: EventSubscription) -> None:
    """Let an operator look at it. In the transaction in which an event was given up."""
    open_follow_ups(
        [
            FollowUpData(
                kind=FollowUpKind.FAILED_EVENTS,
                cause=str(subscription.pk),
                summary=f"Events could not be delivered to {subscription.receiver}.",
                subscription_id=subscription.pk,
            )
        ]
    )


def resolve_if_none_failed(subscription_id: int, *, at: datetime) -> None:
    """In the transaction in which a failed event was delivered or discarded after all."""
    cause = str(subscription_id)
    if not open_causes(FollowUpKind.FAILED_EVENTS, [cause]):
        return
    if not EventDelivery.objects.failed().filter(subscription=subscription_id).exists():
        resolve_follow_ups(FollowUpKind.FAILED_EVENTS, [cause], resolution=NONE_LEFT, at=at)
