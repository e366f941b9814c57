"""Whose a subscription is, and what it may bring: asked when it is made, and again each time something is sent."""

from journal.enums import EventType
from journal.models import EventSubscription
from registry.callers import Caller
from registry.enums import Action, RecipientKind, Scope, TokenKind
from registry.identifiers import identifier_of, kind_of, organisation_urn
from registry.services.access import decide
from registry.services.directory import find_resource


def may_receive(subscription: EventSubscription) -> bool:
    """Whoever may write for the resource gets all its events; others those about a party whose letters they may read.

    About the owner there are also events of the letters that it has sent: those are for whoever may write only.
    A subscription has one resource and one subject or none, so one answer is right for all that it brings.
    """
    resource = find_resource(subscription.resource_id)
    if resource is None:
        return False
    subscriber = _caller(subscription)
    owner = organisation_urn(resource.owner_org)
    if decide(subscriber, action=Action.WRITE, resource=resource, party_urn=owner).granted:
        return True
    if not subscription.subject or (subscription.subject == owner and not _tells_recipients(subscription)):
        return False
    read = decide(subscriber, action=Action.READ, resource=resource, party_urn=subscription.subject)
    return read.granted


def _tells_recipients(subscription: EventSubscription) -> bool:
    """Whether it brings only what is told of a letter's recipient."""
    return bool(subscription.type) and EventType(subscription.type).tells_recipient


def _caller(subscription: EventSubscription) -> Caller:
    """The subscriber as it was when it subscribed, with the rights that it has today."""
    urn = subscription.party_urn
    is_organisation = kind_of(urn) == RecipientKind.ORGANIZATION
    return Caller(
        kind=TokenKind.ALTINN,
        issuer="",
        scopes=frozenset({Scope.SERVICE_OWNER} if subscription.is_service_owner else ()),
        party_urn=urn,
        consumer_org=identifier_of(urn) if is_organisation else "",
        is_system_user=subscription.system_user is not None,
        system_user=subscription.system_user,
        level=subscription.level,
        has_orgcode=subscription.is_service_owner,
    )
