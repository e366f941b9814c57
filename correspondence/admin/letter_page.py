"""What one letter's page shows, loaded in a number of queries that does not grow with its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse

from attachments.models import MessageAttachment
from attachments.services.uses import attachments_of
from correspondence.admin.labels import status_tone, status_word
from correspondence.admin.panels import OrderPanel, order_panels
from correspondence.admin.timeline import Entry, History, party, timeline
from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, Fetch, StatusEvent
from correspondence.services.texts import fill_in_name
from journal.models import FollowUp
from notifications.enums import OrderPurpose
from notifications.models import Delivery, Notification, Order
from registry.admin.base import list_of, masked_identifier, moment
from registry.models import AuditEntry, Party, Resource

MOST_FETCHES = 100
"""A letter may be looked at for years; the latest are enough to see who reads it."""


@dataclass(frozen=True, kw_only=True)
class LetterPage:
    letter: Correspondence
    status: str
    tone: str
    facts: list[tuple[str, Any, str]]
    """Name, value and where it leads."""
    title: str
    summary: str
    body: str
    timeline: list[Entry]
    orders: list[OrderPanel]
    attachments: list[MessageAttachment]
    open_follow_ups: list[FollowUp]
    can_be_retried: bool


def letter_page(letter: Correspondence, *, may_force: bool = False) -> LetterPage:
    """`may_force`: for somebody who may have a notification sent again against the rules."""
    history = _history(letter)
    message = letter.message
    return LetterPage(
        letter=letter,
        status=status_word(letter.status),
        tone=status_tone(letter.status),
        facts=_facts(letter, history),
        title=fill_in_name(message.title, letter.name_in_texts),
        summary=fill_in_name(message.summary, letter.name_in_texts),
        body=fill_in_name(message.body, letter.name_in_texts),
        timeline=timeline(history),
        orders=order_panels(
            [one for one in history.orders if one.purpose != OrderPurpose.FORWARD], may_force=may_force
        ),
        attachments=list(attachments_of(message_id=message.pk)),
        open_follow_ups=[one for one in history.follow_ups if one.resolved_at is None],
        can_be_retried=letter.status == CorrespondenceStatus.FAILED and letter.published_at is None,
    )


def _history(letter: Correspondence) -> History:
    events = list(
        StatusEvent.objects.filter(correspondence=letter).select_related("operator").order_by("at", "pk")
    )
    fetches = list(Fetch.objects.filter(correspondence=letter).order_by("-at", "-pk")[:MOST_FETCHES])
    orders = list(_orders(letter))
    forwardings = list(letter.forwardings.order_by("created_at"))
    follow_ups = list(letter.follow_ups.select_related("resolved_by").order_by("opened_at"))
    urns = chain(
        (event.actor_urn for event in events),
        (fetch.party_urn for fetch in fetches),
        (forwarding.party_urn for forwarding in forwardings),
    )
    return History(
        events=events,
        fetches=fetches,
        orders=orders,
        forwardings=forwardings,
        follow_ups=follow_ups,
        audit=list(_audit(letter, orders, follow_ups)),
        names=_names({letter.recipient_urn, letter.message.sender_urn, *urns}),
    )


def _orders(letter: Correspondence) -> Iterable[Order]:
    orders = letter.orders.select_related("operator")  # each of them knows the letter without asking
    return orders.prefetch_related(
        Prefetch("notifications", Notification.objects.order_by("is_reminder")),
        Prefetch("notifications__deliveries", Delivery.objects.order_by("pk")),
        "notifications__deliveries__attempts",
    ).order_by("created_at", "pk")


def _audit(letter: Correspondence, orders: list[Order], follow_ups: list[FollowUp]) -> Iterable[AuditEntry]:
    about = (
        Q(object_type="correspondence.correspondence", object_id=str(letter.pk))
        | Q(object_type="notifications.order", object_id__in=[str(order.pk) for order in orders])
        | Q(object_type="journal.followup", object_id__in=[str(one.pk) for one in follow_ups])
    )
    return AuditEntry.objects.filter(about).select_related("operator").order_by("at", "pk")


def _names(urns: set[str]) -> dict[str, str]:
    return dict(Party.objects.filter(urn__in=urns - {""}).values_list("urn", "display_name"))


def _facts(letter: Correspondence, history: History) -> list[tuple[str, Any, str]]:
    message = letter.message
    resource = Resource.objects.filter(identifier=letter.resource_id).values_list("pk", flat=True).first()
    recipient = party(letter.recipient_urn, {letter.recipient_urn: letter.recipient_name})
    facts = [
        ("Recipient", recipient, list_of("registry.Party", q=letter.recipient_urn)),
        ("Sender", message.message_sender or party(message.sender_urn, dict(history.names)), ""),
        ("Sender's reference", letter.senders_reference, ""),
        ("Resource", letter.resource_id, _page_of("registry_resource", resource)),
        (
            "Asked to be published",
            letter.requested_publish_time and moment(letter.requested_publish_time),
            "",
        ),
        ("Published", letter.published_at and moment(letter.published_at), ""),
        ("Read", letter.read_at and moment(letter.read_at), ""),
        ("Confirmed", letter.confirmed_at and moment(letter.confirmed_at), ""),
        ("Due", message.due_date_time and moment(message.due_date_time), ""),
        ("Failed", letter.failed_at and moment(letter.failed_at), ""),
        ("Purged", letter.purged_at and moment(letter.purged_at), ""),
        ("Confidential", "Yes" if message.is_confidential else "", ""),
        ("Sent by", masked_identifier(message.created_by_urn) or message.created_by_client, ""),
        ("Request", message.pk, _page_of("correspondence_message", message.pk)),
        ("Dialog", letter.dialog_id, ""),
        ("Transmission of the dialog", letter.host_dialog_id, ""),
        ("Transmission", letter.transmission_id, ""),
        ("In the dialog service", _dialog_state(letter), ""),
        ("Events", "What subscribers are told", list_of("journal.OutboundEvent", q=letter.pk)),
    ]
    return [fact for fact in facts if fact[1]]


def _dialog_state(letter: Correspondence) -> str:
    """Empty where there is no dialog service, or nothing to show in it."""
    if letter.dialog_removed_at:
        return f"Removed {moment(letter.dialog_removed_at)}"
    if letter.dialog_created_at:
        return f"Since {moment(letter.dialog_created_at)}"
    return "Not yet" if settings.DIALOG_SERVICE_URL and letter.is_available else ""


def _page_of(model: str, pk: object) -> str:
    return reverse(f"admin:{model}_change", args=[pk]) if pk else ""
