"""What an operator may do with a letter: tell its recipient again, or let it be published after all.

GET asks for a reason and changes nothing; POST calls the service. Both check the permission.
"""

from typing import Any, ClassVar, cast

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import FormView

from correspondence.models import Correspondence
from correspondence.services.retry_publishing import RetryRefused, retry_publishing
from notifications.admin.forms import ResendForm
from notifications.admin.labels import outcome_pill
from notifications.errors import AddressRefused, ResendRefused
from notifications.models import Attempt, Order
from notifications.services.resend import MAY_FORCE, MAY_RESEND, refusals, resend_order, with_repetitions
from registry.admin.forms import ReasonForm
from registry.models import User

MAY_RETRY = "correspondence.change_correspondence"
"""Nobody edits letters, so the right to change one is the right to have it tried again."""


class LetterActionView(PermissionRequiredMixin, FormView[ReasonForm]):
    """A question about one letter that is answered with a reason."""

    form_class: type[ReasonForm] = ReasonForm
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
    form_class = ResendForm
    permission_required = MAY_RESEND
    template_name = "admin/correspondence/correspondence/resend.html"
    heading = "Send the notification again"
    submit = "Send again"

    @cached_property
    def order(self) -> Order:
        return get_object_or_404(Order, pk=self.kwargs["order_pk"], correspondence=self.kwargs["pk"])

    @cached_property
    def told_before(self) -> list[Order]:
        """The order that is repeated and its repetitions, whichever of them was chosen."""
        return with_repetitions([self.order.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        attempts = Attempt.objects.filter(delivery__notification__order__in=self.told_before)
        tried = [
            (attempt, outcome_pill(attempt.outcome))
            for attempt in attempts.select_related("delivery").order_by("opened_at", "pk")
        ]
        found = {"order": self.order, "attempts": tried, "hindrance": self._hindrance()}
        return super().get_context_data(**{**found, **kwargs})

    def _hindrance(self) -> str:
        """What stands in the way of who asks for nothing special, and what takes it away."""
        for why in refusals(self.told_before).values():
            ways = {"corrected": "Another address may do.", "forced": "It is sent only when you force it."}
            helping = (words for way, words in ways.items() if not refusals(self.told_before, **{way: True}))
            return " ".join([why, *helping])
        return ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "operator": self.operator}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nobody is asked for a reason in vain."""
        may_force = self.operator.has_perm(MAY_FORCE)
        for why in refusals(self.told_before, forced=may_force, corrected=True).values():
            messages.error(request, f"Cannot be sent again. {why}")
            return self.back()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            resend_order(order=self.order, operator=self.operator, **form.cleaned_data)
        except AddressRefused as refused:
            form.add_error("address", str(refused))
            return self.form_invalid(form)
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
