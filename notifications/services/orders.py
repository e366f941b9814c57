"""Orders: who is told about each letter of a request, and what can be said of it at once (design.md point 6)."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from journal.enums import EventType, FollowUpKind
from journal.services.events import EventData, record_events
from journal.services.follow_ups import FollowUpData, open_follow_ups
from notifications.addresses import Address, choose
from notifications.enums import (
    Channel,
    NotificationChannel,
    NotificationResult,
    NotificationState,
    OrderPurpose,
    Phase,
)
from notifications.models import Notification, NotificationText, Order
from notifications.requests import LetterToTell, MessageToTell, NotificationAnswer, NotificationRequest
from notifications.services.causes import contact_cause_of
from notifications.services.duplicates import phases_to_tell, reached_anyway
from notifications.services.parties import NotifiedParty, parties_to_tell
from notifications.services.sendable import why_too_long, why_without_text
from notifications.services.wording import text_of
from registry.directory import Contact
from registry.services.directory import find_contacts, find_parties, reserved_persons

Result = NotificationResult
NO_ADDRESS = "No address is registered for the channel."
RESERVED = "The recipient has reserved against digital communication."
FOLLOW_UPS = {
    Result.MISSING_CONTACT: FollowUpKind.MISSING_CONTACT,
    Result.FAILURE: FollowUpKind.FAILED_DELIVERY,
}
INVALID_PARTY = "The custom recipient's number is not valid."


@dataclass(kw_only=True)
class OrderPlan:
    """Rows to store, and what to answer; made before the transaction opens."""

    at: datetime
    message: MessageToTell
    text: NotificationText
    purpose: OrderPurpose = OrderPurpose.LETTER
    orders: list[Order] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    by_platform: bool = False
    """The national platform looks for addresses and sends; which of the two is settled here, for good."""
    answers: dict[uuid.UUID, list[NotificationAnswer]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class _Known:
    """What the registers say, asked once for all parties."""

    contacts: dict[str, list[Contact]]
    names: dict[str, str]
    reserved: set[str]


def plan_orders(
    *,
    request: NotificationRequest,
    message: MessageToTell,
    at: datetime,
    purpose: OrderPurpose = OrderPurpose.LETTER,
) -> OrderPlan:
    """Who will be told, with the results to answer. At most four queries, however many letters."""
    by_platform = bool(settings.NOTIFICATION_PLATFORM_URL)
    text = text_of(request, message)
    plan = OrderPlan(at=at, message=message, text=text, purpose=purpose, by_platform=by_platform)
    told = [
        (letter, party)
        for letter in message.letters
        if not letter.is_reserved
        for party in parties_to_tell(letter, request)
    ]
    has_custom = bool(request.custom_recipients)
    known = _names_only(told) if by_platform else _ask_registers(told, message, has_custom=has_custom)
    planner = _Planner(plan, request, known)
    for letter, party in told:
        reached = reached_anyway(request, letter, known.contacts.get(letter.recipient_urn, []))
        if phases := phases_to_tell(request, party, reached):
            planner.add(letter, party, phases)
    return plan


def place_orders(plan: OrderPlan) -> dict[uuid.UUID, list[NotificationAnswer]]:
    """Store the plan; the answers by letter. Call inside the transaction that stores the letters."""
    if plan.orders:
        plan.text.save()
        Order.objects.bulk_create(plan.orders)
        Notification.objects.bulk_create(plan.notifications)
        record_events(_events(plan), at=plan.at)
        open_follow_ups(_follow_ups(plan))
    return plan.answers


def reminder_delay() -> timedelta:
    """Whole 24-hour steps (notifications.md 1.4)."""
    return timedelta(days=7 if settings.IS_PRODUCTION else 1)


def _reminder_time(main: datetime) -> datetime:
    """After the main notification, except in the calendar's last days."""
    try:
        return main + reminder_delay()
    except OverflowError:
        return main


def _names_only(told: list[tuple[LetterToTell, NotifiedParty]]) -> _Known:
    """The national platform has registers of its own."""
    return _Known({}, {letter.recipient_urn: letter.recipient_name for letter, _ in told}, set())


def _ask_registers(
    told: list[tuple[LetterToTell, NotifiedParty]], message: MessageToTell, *, has_custom: bool
) -> _Known:
    """Names and reservations of the letters' own recipients are known; only custom recipients are asked about."""
    urns = [party.urn for _, party in told if party.urn]
    names = {letter.recipient_urn: letter.recipient_name for letter, _ in told}
    reserved: set[str] = set()
    if has_custom:
        others = [urn for urn in urns if urn not in names]
        names |= {urn: party.name for urn, party in find_parties(others).items()} if others else {}
        reserved = set() if message.ignore_reservation else reserved_persons(others)
    contacts = find_contacts(urns, resource_id=message.resource_id) if urns else {}
    return _Known(contacts, names, reserved)


@dataclass(frozen=True)
class _Planner:
    plan: OrderPlan
    request: NotificationRequest
    known: _Known

    def add(self, letter: LetterToTell, party: NotifiedParty, phases: Sequence[Phase]) -> None:
        """One order: the main notification, the reminder, or both."""
        plan = self.plan
        order = Order(
            correspondence_id=letter.correspondence_id,
            purpose=plan.purpose,
            party_key=party.key,
            party_urn=party.urn,
            address=party.address,
            party_name=self.known.names.get(party.urn, ""),
            text=plan.text,
            by_platform=plan.by_platform,
            ignore_reservation=plan.message.ignore_reservation,
            created_at=plan.at,
        )
        planned = [
            self._notification(order, party, letter, is_reminder=phase == Phase.REMINDER) for phase in phases
        ]
        if all(notification.result == Result.FAILURE for notification in planned):
            order.finished_at = plan.at
        plan.orders.append(order)
        plan.notifications += planned
        plan.answers[letter.correspondence_id] += [
            NotificationAnswer(order_id=order.pk, is_reminder=one.is_reminder, status=Result(one.result))
            for one in planned
        ]

    def _notification(
        self, order: Order, party: NotifiedParty, letter: LetterToTell, *, is_reminder: bool
    ) -> Notification:
        channel = self.request.channel_of_reminder if is_reminder else self.request.channel
        send_at = max(self.plan.message.publish_time, self.plan.at)
        if failure := self._failure(order, party, letter, channel, is_reminder=is_reminder):
            result, reason = Result.FAILURE, failure
        else:
            result, reason = self._reach(party, channel)
        return Notification(
            order=order,
            is_reminder=is_reminder,
            channel=channel,
            send_at=_reminder_time(send_at) if is_reminder else send_at,
            result=result,
            reason=reason,
            state=NotificationState.COMPLETED if result == Result.FAILURE else NotificationState.REGISTERED,
            state_changed_at=self.plan.at,
            created_at=self.plan.at,
        )

    def _failure(
        self,
        order: Order,
        party: NotifiedParty,
        letter: LetterToTell,
        channel: NotificationChannel,
        *,
        is_reminder: bool,
    ) -> str:
        """Why it can never be sent, whatever the registers say later; empty when it can be."""
        if not party.is_valid:
            return INVALID_PARTY
        if no_text := why_without_text(order, channel, is_reminder=is_reminder):
            return no_text
        if self._leaves_as_sms_only(party, channel):
            return why_too_long(order, letter_recipient=letter.recipient_name, is_reminder=is_reminder)
        return ""

    def _leaves_as_sms_only(self, party: NotifiedParty, channel: NotificationChannel) -> bool:
        """An e-mail beside it would still tell the party. How long an SMS may be is the platform's own business."""
        if self.plan.by_platform:
            return False
        if party.address:
            return not party.is_email
        found = {address.channel for address in self._addresses(party, channel)}
        return channel == NotificationChannel.SMS or found == {Channel.SMS}

    def _reach(self, party: NotifiedParty, channel: NotificationChannel) -> tuple[NotificationResult, str]:
        if self.plan.by_platform or party.address:
            return Result.SUCCESS, ""
        if party.urn in self.known.reserved:
            return Result.MISSING_CONTACT, RESERVED
        found = self._addresses(party, channel)
        return (Result.SUCCESS, "") if found else (Result.MISSING_CONTACT, NO_ADDRESS)

    def _addresses(self, party: NotifiedParty, channel: NotificationChannel) -> list[Address]:
        return choose(channel, self.known.contacts.get(party.urn, []))


def _events(plan: OrderPlan) -> list[EventData]:
    """One for each order that will be tried, and one for each letter with an order that reaches nobody.

    An order of the national platform's is created when the platform accepts it.
    """
    # The main one's result, which comes first; the reminder's where it stands alone.
    by_order = {one.order_id: one.result for one in reversed(plan.notifications)}
    created = [
        _event(plan, EventType.NOTIFICATION_CREATED, str(order.pk))
        for order in plan.orders
        if by_order[order.pk] == Result.SUCCESS and not order.by_platform
    ]
    failed_letters = dict.fromkeys(
        order.correspondence_id for order in plan.orders if by_order[order.pk] != Result.SUCCESS
    )
    failed = [_event(plan, EventType.NOTIFICATION_CREATION_FAILED, str(letter)) for letter in failed_letters]
    return created + failed


def _event(plan: OrderPlan, event_type: EventType, instance: str) -> EventData:
    return EventData(
        type=event_type,
        resource_id=plan.message.resource_id,
        instance=instance,
        subject=plan.message.sender_urn,
    )


def _follow_ups(plan: OrderPlan) -> list[FollowUpData]:
    """One for each order that reaches nobody, and one for a reminder that alone reaches nobody."""
    main = {one.order_id: one.result for one in plan.notifications if not one.is_reminder}
    return [
        FollowUpData(
            kind=FOLLOW_UPS[Result(one.result)],
            cause=contact_cause_of(one),
            summary=f"The reminder: {one.reason}" if one.is_reminder else one.reason,
            correspondence_id=one.order.correspondence_id,
            order_id=one.order_id,
        )
        for one in plan.notifications
        if one.result in FOLLOW_UPS and not (one.is_reminder and main.get(one.order_id) == one.result)
    ]
