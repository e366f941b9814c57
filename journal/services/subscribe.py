"""Subscribing to events, looking at one's subscriptions and ending them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from journal.enums import EventDeliveryState
from journal.errors import EventsForbidden, SubscriptionRefused, SubscriptionUnknown
from journal.models import EventSubscription, EventSubscriptionQuerySet
from journal.requests import SubscriptionRequest
from journal.services.cloud_events import alternative_of
from journal.services.dead_letters import resolve_if_none_failed
from journal.services.event_secrets import as_shown, encrypted, new_secret
from journal.services.filters import Filters, check_subject, filters_of
from journal.services.subscribers import may_receive
from journal.transports.receivers import ReceiverRefused, check_endpoint
from registry.callers import Caller
from registry.enums import Scope
from registry.errors import CallerUndetermined
from registry.identifiers import identifier_of
from registry.models import Resource

MOST_SUBSCRIPTIONS = 100
"""Of one subscriber: each event is compared with all that listen to its resource."""
UNSUBSCRIBED = "The subscriber has ended its subscription."

log = structlog.get_logger()


@dataclass(frozen=True)
class Subscribed:
    subscription: EventSubscription
    secret: str = ""
    """Shown once, when the subscription is new."""


def subscribe(*, caller: Caller, request: SubscriptionRequest) -> Subscribed:
    """Store the subscription; its receiver is asked by a job, within a few seconds.

    The same request again is the same subscription, whose receiver is asked again if it has not agreed yet. Raises
    CallerUndetermined, SubscriptionRefused, EventsForbidden.
    """
    own = own_subscriptions(caller)
    filters = filters_of(request)
    wanted = _wanted(caller, request, filters)
    if not may_receive(wanted):
        raise EventsForbidden("You may not see these events: name a party whose letters you may read.")
    check_subject(filters)
    if known := _ask_again(own, wanted):
        return Subscribed(known)
    if own.count() >= MOST_SUBSCRIPTIONS:
        raise SubscriptionRefused("", f"You have {MOST_SUBSCRIPTIONS} subscriptions, and no more are kept.")
    secret = new_secret()
    wanted.encrypted_secret = encrypted(secret)
    try:
        with transaction.atomic():
            wanted.save()
    except IntegrityError:  # the same request came twice at once
        return Subscribed(own.get(**_identity(wanted)))
    log.info("subscription_created", subscription_id=wanted.pk, resource_id=wanted.resource_id)
    return Subscribed(wanted, as_shown(secret))


def own_subscriptions(caller: Caller) -> EventSubscriptionQuerySet:
    """Those that the caller has and has not ended. Raises CallerUndetermined."""
    if not caller.party_urn:
        raise CallerUndetermined
    return EventSubscription.objects.of(party_urn=caller.party_urn, system_user=caller.system_user)


def find_subscription(*, caller: Caller, subscription_id: int) -> EventSubscription:
    """Raises CallerUndetermined, SubscriptionUnknown, EventsForbidden."""
    found = own_subscriptions(caller).filter(pk=subscription_id).first()
    if found:
        return found
    if EventSubscription.objects.filter(pk=subscription_id, ended_at__isnull=True).exists():
        raise EventsForbidden("It is not your subscription.")
    raise SubscriptionUnknown("There is no such subscription.")


def unsubscribe(*, caller: Caller, subscription_id: int) -> None:
    """Raises as `find_subscription` does."""
    subscription = find_subscription(caller=caller, subscription_id=subscription_id)
    with transaction.atomic():
        end_subscription(subscription, why=UNSUBSCRIBED, at=timezone.now())


def end_subscription(subscription: EventSubscription, *, why: str, at: datetime) -> None:
    """Nothing more is sent, not even what waits. In the caller's transaction."""
    subscription.ended_at = at
    subscription.save(update_fields=["ended_at"])
    unsent = [EventDeliveryState.WAITING, EventDeliveryState.FAILED]
    subscription.deliveries.filter(state__in=unsent).update(
        state=EventDeliveryState.DISCARDED, finished_at=at, opened_at=None, last_answer=why
    )
    resolve_if_none_failed(subscription.pk, at=at)
    log.info("subscription_ended", subscription_id=subscription.pk)


def _wanted(caller: Caller, request: SubscriptionRequest, filters: Filters) -> EventSubscription:
    try:
        check_endpoint(request.endpoint)
    except ReceiverRefused as refused:
        raise SubscriptionRefused("EndPoint", str(refused)) from refused
    return EventSubscription(
        endpoint=request.endpoint,
        consumer=_name(caller),
        party_urn=caller.party_urn,
        system_user=caller.system_user,
        level=caller.level,
        is_service_owner=caller.is_organisation and caller.has_scope(Scope.SERVICE_OWNER),
        asked_at=timezone.now(),
        **filters,
    )


def _ask_again(own: EventSubscriptionQuerySet, wanted: EventSubscription) -> EventSubscription | None:
    """The caller's subscription that is the same already. What its token allows now is what counts from now on."""
    known = own.filter(**_identity(wanted)).first()
    if known is None:
        return None
    known.level, known.is_service_owner, known.consumer = (
        wanted.level,
        wanted.is_service_owner,
        wanted.consumer,
    )
    known.asked_at, known.paused_until = wanted.asked_at, None
    known.save(update_fields=["level", "is_service_owner", "consumer", "asked_at", "paused_until"])
    return known


def _identity(subscription: EventSubscription) -> dict[str, Any]:
    names = ("endpoint", "resource_id", "subject", "type", "source")
    return {name: getattr(subscription, name) for name in names}


def _name(caller: Caller) -> str:
    """`/org/digdir` for service owners, `/systemuser/…`, `/organisation/991825827`, `/person/…`."""
    if caller.is_system_user:
        return f"/systemuser/{caller.system_user}"
    if caller.is_organisation and caller.has_scope(Scope.SERVICE_OWNER):
        code = Resource.objects.orgcode_of(identifier_of(caller.party_urn))
        if code:
            return f"/org/{code}"
    return alternative_of(caller.party_urn) or caller.party_urn
