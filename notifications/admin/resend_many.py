"""Sending again what is marked in the list of orders: the page that asks why, and what is said of each order after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from notifications.admin.forms import ResendManyForm
from notifications.errors import ResendRefused
from notifications.models import Order
from notifications.services.resend import MAY_FORCE, ResendOutcome, refusals, resend_orders, with_repetitions
from registry.admin.base import masked_identifier
from registry.models import User

MOST_AT_ONCE = 100
"""Two pages of the list, each order in a transaction of its own while the browser waits."""
TOO_MANY = (
    f"Send at most {MOST_AT_ONCE} orders again at once. For more there is “manage.py resend_notifications”."
)


@dataclass(frozen=True, kw_only=True)
class Row:
    order: Order
    recipient: str
    note: str
    """Why it is left, or left unless that is forced; empty when it is sent."""


def ask_and_send(request: HttpRequest, chosen: QuerySet[Order], site: dict[str, Any]) -> HttpResponse | None:
    """The page that asks why; None, which leads back to the list, when it is answered and done."""
    operator = cast(User, request.user)
    ids = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(ids) > MOST_AT_ONCE:
        messages.error(request, TOO_MANY)
        return None
    form = ResendManyForm(request.POST if "confirmed" in request.POST else None, operator=operator)
    if form.is_valid():
        try:
            outcome = resend_orders(order_ids=ids, operator=operator, **form.cleaned_data)
        except ResendRefused as refused:
            messages.error(request, str(refused))
        else:
            _tell(request, outcome)
        return None
    context = {
        **site,
        "title": "Send notifications again",
        "rows": _rows(with_repetitions(ids), may_force=operator.has_perm(MAY_FORCE)),
        "form": form,
        "hidden": [
            ("action", "send_again"),
            ("confirmed", "yes"),
            *(("_selected_action", pk) for pk in ids),
        ],
    }
    return TemplateResponse(request, "admin/notifications/order/send_again.html", context)


def _rows(orders: Sequence[Order], *, may_force: bool) -> list[Row]:
    unless_forced = {pk: f"{why} It is sent only when you force it." for pk, why in refusals(orders).items()}
    never = {pk: f"Cannot be sent again. {why}" for pk, why in refusals(orders, forced=may_force).items()}
    notes = unless_forced | never
    return [
        Row(
            order=order,
            recipient=order.address or order.party_name or masked_identifier(order.party_urn),
            note=notes.get(order.pk, ""),
        )
        for order in orders
        if order.repeats_id is None
    ]


def _tell(request: HttpRequest, outcome: ResendOutcome) -> None:
    if sent := len(outcome.repeated):
        what = "notification leaves" if sent == 1 else "notifications leave"
        messages.success(request, f"Queued: {sent} {what} within seconds.")
    for why in dict.fromkeys(outcome.refused.values()):
        orders = [str(pk) for pk, reason in outcome.refused.items() if reason == why]
        what = "order" if len(orders) == 1 else "orders"
        messages.warning(request, f"Not sent again: {what} {', '.join(orders)}. {why}")
