"""What an operator may do with events and subscriptions: each action asks why, then says what came of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from journal.errors import ReplayRefused
from journal.models import EventDelivery, EventSubscription
from journal.services.replay import discard, end_as_operator, send_again
from registry.admin.base import ROWS_SHOWN, list_of
from registry.admin.forms import ReasonForm
from registry.models import User

MOST_AT_ONCE = 1000
"""More than a list shows at once; `manage.py send_outbox` takes any number."""


@dataclass(frozen=True, kw_only=True)
class EventAction:
    """`work` takes ids, operator and reason, and returns how many rows it concerned."""

    name: str
    title: str
    lead: str
    done: str
    back: str
    work: Callable[[Collection[int], User, str], int]


def _end(ids: Collection[int], operator: User, reason: str) -> int:
    chosen = EventSubscription.objects.filter(pk__in=ids, ended_at__isnull=True)
    for subscription in chosen:
        end_as_operator(subscription=subscription, operator=operator, reason=reason)
    return len(chosen)


SEND_AGAIN = EventAction(
    name="send_again",
    title="Send events again",
    lead="These events are sent again under their old ids, within seconds, and tried for days if need be, as far as "
    "the subscribers may still know of them. What still waits is left alone, and so is what was for a subscription "
    "that has ended.",
    done="Queued to be sent again",
    back="journal.EventDelivery",
    work=lambda ids, operator, reason: send_again(delivery_ids=ids, operator=operator, reason=reason),
)
DISCARD = EventAction(
    name="discard",
    title="Discard events",
    lead="Those among these events that wait or have failed are not sent any more.",
    done="Discarded",
    back="journal.EventDelivery",
    work=lambda ids, operator, reason: discard(delivery_ids=ids, operator=operator, reason=reason),
)
END = EventAction(
    name="end",
    title="End subscriptions",
    lead="Nothing more is sent to these receivers, not even what waits. Only the subscriber can subscribe again.",
    done="Ended",
    back="journal.EventSubscription",
    work=_end,
)


def ask_and_do(
    request: HttpRequest,
    chosen: QuerySet[EventDelivery] | QuerySet[EventSubscription],
    action: EventAction,
    site: dict[str, Any],
) -> HttpResponse | None:
    """The page that asks why; None, which leads back to the list, when it is answered and done."""
    rows: list[Model] = list(chosen.order_by("pk")[:MOST_AT_ONCE])
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if form.is_valid():
        try:
            count = action.work(
                [row.pk for row in rows], cast(User, request.user), form.cleaned_data["reason"]
            )
        except ReplayRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{action.done}: {count}. Left as they were: {len(rows) - count}.")
        return None
    context = {
        **site,
        "title": action.title,
        "action": action,
        "rows": rows,
        "shown": rows[:ROWS_SHOWN],
        "hidden": len(rows) - ROWS_SHOWN,
        "back": list_of(action.back),
        "form": form,
    }
    return TemplateResponse(request, "admin/journal/event_action.html", context)
