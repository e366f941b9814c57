"""From a due notification to deliveries: addresses are looked up afresh, conditions asked (notifications.md 2.8, 5)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_causes, open_follow_ups, resolve_follow_ups
from notifications.addresses import Address, choose
from notifications.enums import AddressRule, Channel, DeliveryState, NotificationChannel, NotificationState
from notifications.models import Delivery, Notification
from notifications.services.causes import cause_of, contact_cause_of
from notifications.services.delivery.completion import complete_finished
from notifications.services.delivery.window import first_moment
from notifications.simulation import LIFE as SIMULATED_LIFE
from notifications.simulation import simulation_of
from registry.addresses import e164
from registry.directory import Contact
from registry.ids import uuid7
from registry.services.directory import find_contacts, reserved_persons

CHUNK = 500
LIFE = timedelta(hours=48)
NEW = {Channel.EMAIL: DeliveryState.EMAIL_NEW, Channel.SMS: DeliveryState.SMS_NEW}
NOBODY = {
    Channel.EMAIL: DeliveryState.EMAIL_FAILED_NOT_IDENTIFIED,
    Channel.SMS: DeliveryState.SMS_FAILED_NOT_IDENTIFIED,
}
RESERVED = {
    Channel.EMAIL: DeliveryState.EMAIL_FAILED_RESERVED,
    Channel.SMS: DeliveryState.SMS_FAILED_RESERVED,
}
LETTER = "order__correspondence"


@dataclass(frozen=True)
class _Known:
    contacts: dict[str, list[Contact]]
    reserved: set[str]


def prepare_due() -> int:
    """Make the deliveries of a chunk of due notifications; returns how many were looked at."""
    at = timezone.now()
    due = list(Notification.objects.due(at).order_by("send_at")[:CHUNK].values_list("pk", flat=True))
    if not due:
        return 0
    known = _ask_registers(due)
    with transaction.atomic():
        claimed = list(
            Notification.objects.due(at)
            .filter(pk__in=due)
            .select_related("order__repeats", LETTER)
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
        )
        _prepare(claimed, known, at)
    return len(claimed)


def _ask_registers(due: Sequence[uuid.UUID]) -> _Known:
    """For all of them at once, before any row is locked."""
    rows = Notification.objects.filter(pk__in=due).values_list(
        "order__party_urn", f"{LETTER}__resource_id", "order__ignore_reservation"
    )
    by_resource: dict[str, set[str]] = {}
    may_be_reserved: set[str] = set()
    for urn, resource_id, ignore_reservation in rows:
        if urn:
            by_resource.setdefault(resource_id, set()).add(urn)
            if not ignore_reservation:
                may_be_reserved.add(urn)
    contacts: dict[str, list[Contact]] = {}
    for resource_id, urns in by_resource.items():
        found = find_contacts(urns, resource_id=resource_id)
        contacts |= {f"{resource_id} {urn}": points for urn, points in found.items()}
    return _Known(contacts, reserved_persons(may_be_reserved))


def _prepare(notifications: list[Notification], known: _Known, at: datetime) -> None:
    unmet = [
        one
        for one in notifications
        if not one.order.correspondence.is_told_of(is_reminder=one.is_moot_once_read)
    ]
    _change_state(unmet, NotificationState.CONDITION_NOT_MET, at)
    sent = [notification for notification in notifications if notification not in unmet]
    deliveries = [delivery for notification in sent for delivery in _deliveries(notification, known, at)]
    Delivery.objects.bulk_create(deliveries)
    _change_state(sent, NotificationState.PROCESSED, at)
    _follow_up(sent, deliveries, at)
    complete_finished([notification.pk for notification in notifications], at=at)


def _follow_up(notifications: list[Notification], deliveries: list[Delivery], at: datetime) -> None:
    """Whoever is reached now needs nobody's help any more; whoever is not, does."""
    reached = {delivery.notification_id for delivery in deliveries if delivery.address}
    resolve_follow_ups(
        FollowUpKind.MISSING_CONTACT,
        {
            cause
            for one in notifications
            if one.pk in reached
            for cause in (cause_of(one.order), contact_cause_of(one))
        },
        resolution="An address was found when the notification fell due.",
        at=at,
    )
    open_follow_ups(
        FollowUpData(
            kind=FollowUpKind.MISSING_CONTACT,
            cause=contact_cause_of(one),
            summary="When the notification fell due there was no address that may be used.",
            correspondence_id=one.order.correspondence_id,
            order_id=one.order_id,
        )
        for one in _without_follow_up([one for one in notifications if one.pk not in reached])
    )


def _without_follow_up(missed: list[Notification]) -> list[Notification]:
    """A reminder that reaches nobody either is no news while the order's own follow-up is open."""
    causes = [cause_of(one.order) for one in missed if one.is_reminder]
    told = open_causes(FollowUpKind.MISSING_CONTACT, causes)
    return [one for one in missed if not (one.is_reminder and cause_of(one.order) in told)]


def _change_state(notifications: list[Notification], state: NotificationState, at: datetime) -> None:
    if notifications:
        ids = [notification.pk for notification in notifications]
        Notification.objects.filter(pk__in=ids).update(state=state, state_changed_at=at)


def _deliveries(notification: Notification, known: _Known, at: datetime) -> list[Delivery]:
    """One for each address, and one without any, already ended, for each medium that reaches nobody."""
    order = notification.order
    channel = NotificationChannel(notification.channel)
    if order.party_urn in known.reserved and not order.ignore_reservation:
        return [_ended(notification, medium, RESERVED[medium], at) for medium in media(channel)]
    if order.address:
        rule = AddressRule.CORRECTED if order.has_corrected_address else AddressRule.GIVEN
        return [_delivery(notification, _given(order.address, rule), at)]
    contacts = known.contacts.get(f"{order.correspondence.resource_id} {order.party_urn}", [])
    addresses = choose(channel, contacts)
    reached = {address.channel for address in addresses}
    either_will_do = channel != NotificationChannel.EMAIL_AND_SMS and reached
    nobody = [] if either_will_do else [medium for medium in media(channel) if medium not in reached]
    return [
        *(_delivery(notification, address, at) for address in addresses),
        *(_ended(notification, medium, NOBODY[medium], at) for medium in nobody),
    ]


def media(channel: NotificationChannel) -> list[Channel]:
    """What is tried and can fail: the preferred one of two, or both."""
    if channel == NotificationChannel.EMAIL_AND_SMS:
        return [Channel.EMAIL, Channel.SMS]
    sms = {NotificationChannel.SMS, NotificationChannel.SMS_PREFERRED}
    return [Channel.SMS if channel in sms else Channel.EMAIL]


def _given(text: str, rule: AddressRule) -> Address:
    if "@" in text:
        return Address(Channel.EMAIL, text, rule)
    return Address(Channel.SMS, e164(text) or text, rule)


def _delivery(notification: Notification, address: Address, at: datetime) -> Delivery:
    begins = first_moment(address.channel, at)
    return Delivery(
        notification=notification,
        channel=address.channel,
        address=address.address,
        normalised_address=address.normalised,
        rule=address.rule,
        state=NEW[address.channel],
        state_changed_at=at,
        message_id=_message_id(address.channel),
        next_attempt_at=begins,
        expires_at=begins + (SIMULATED_LIFE if simulation_of(address.address) else LIFE),
        created_at=at,
    )


def _ended(notification: Notification, channel: Channel, state: DeliveryState, at: datetime) -> Delivery:
    return Delivery(
        notification=notification,
        channel=channel,
        state=state,
        state_changed_at=at,
        message_id=_message_id(channel),
        expires_at=at,
        created_at=at,
    )


def _message_id(channel: Channel) -> str:
    """A mail's `Message-ID`, or an SMS's reference."""
    identity = uuid7()
    if channel == Channel.SMS:
        return str(identity)
    _, sender = parseaddr(settings.EMAIL_FROM)
    return f"<{identity}@{sender.rpartition('@')[2] or 'localhost'}>"
