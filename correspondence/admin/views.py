"""What an operator may do with a letter: tell its recipient again, or let it be published after all.

GET asks for a reason and changes nothing; POST calls the service. Both check the permission.
"""

from typing import Any, ClassVar, cast

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView

from correspondence.models import Correspondence
from correspondence.services.retry_publishing import RetryRefused, retry_publishing
from notifications.admin.labels import outcome_pill
from notifications.errors import ResendRefused
from notifications.models import Attempt, Order
from notifications.services.resend import refusals, resend_order
from registry.admin.forms import ReasonForm
from registry.models import User

MAY_RESEND = "notifications.resend_order"
MAY_RETRY = "correspondence.change_correspondence"
"""Nobody edits letters, so the right to change one is the right to have it tried again."""


class LetterActionView(PermissionRequiredMixin, FormView[ReasonForm]):
    """A question about one letter that is answered with a reason."""

    form_class = ReasonForm
    raise_exception = True
    model_admin: Any = None
    heading: ClassVar[str]
    submit: ClassVar[str]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.operator = cast(User, request.user)

    @property
    def letter(self) -> Correspondence:
        return get_object_or_404(Correspondence.objects.for_answer(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = self.model_admin.admin_site.each_context(self.request)
        words = {"opts": self.model_admin.opts, "title": self.heading, "submit": self.submit}
        return super().get_context_data(**{**site, **words, "letter": self.letter, **kwargs})

    def back(self) -> HttpResponse:
        return redirect("admin:correspondence_correspondence_change", self.kwargs["pk"])


class ResendView(LetterActionView):
    permission_required = MAY_RESEND
    template_name = "admin/correspondence/correspondence/resend.html"
    heading = "Send the notification again"
    submit = "Send again"

    @property
    def order(self) -> Order:
        return get_object_or_404(Order, pk=self.kwargs["order_pk"], correspondence=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.order
        attempts = Attempt.objects.filter(delivery__notification__order__in=self.told_before)
        tried = [
            (attempt, outcome_pill(attempt.outcome))
            for attempt in attempts.select_related("delivery").order_by("opened_at", "pk")
        ]
        return super().get_context_data(order=order, attempts=tried, **kwargs)

    @property
    def told_before(self) -> list[Order]:
        """The order that is repeated and its repetitions, whichever of them was chosen."""
        first = self.order.repeats_id or self.order.pk
        orders = Order.objects.select_related("correspondence").prefetch_related("notifications")
        return list(orders.filter(Q(pk=first) | Q(repeats=first)))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nobody is asked for a reason in vain."""
        for why in refusals(self.told_before).values():
            messages.error(request, f"Cannot be sent again. {why}")
            return self.back()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            resend_order(order=self.order, operator=self.operator, reason=form.cleaned_data["reason"])
        except ResendRefused as refused:
            messages.error(self.request, f"Not sent again. {refused}")
        else:
            messages.success(self.request, "Queued: the notification leaves within seconds.")
        return self.back()


class RetryView(LetterActionView):
    permission_required = MAY_RETRY
    template_name = "admin/correspondence/correspondence/retry.html"
    heading = "Publish the letter after all"
    submit = "Publish after all"

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            retry_publishing(letter=self.letter, operator=self.operator, reason=form.cleaned_data["reason"])
        except RetryRefused as refused:
            messages.error(self.request, f"Not tried again. {refused}")
        else:
            messages.success(self.request, "Queued: the letter is published as soon as it may be.")
        return self.back()
