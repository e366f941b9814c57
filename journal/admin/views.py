"""Working on one follow-up. Both change something, so both are POST only and check the permission."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from journal.admin.forms import AssignForm, ResolveForm
from journal.models import FollowUp
from journal.services.case_work import CaseWorkRefused, assign_follow_up, resolve_follow_up
from registry.models import User

MAY_WORK = "journal.change_followup"


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    operator, follow_up = _work(request, pk)
    form = AssignForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That operator cannot be given follow-ups.")
        return _back(pk)
    to = form.cleaned_data["to"]
    try:
        assign_follow_up(follow_up=follow_up, to=to, operator=operator)
    except CaseWorkRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Handed to {to}." if to else "Put back: nobody has it now.")
    return _back(pk)


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    operator, follow_up = _work(request, pk)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        for sentence in form.errors["comment"]:
            messages.error(request, str(sentence))
        return _back(pk)
    try:
        resolve_follow_up(follow_up=follow_up, operator=operator, comment=form.cleaned_data["comment"])
    except CaseWorkRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Resolved.")
    return _back(pk)


def _work(request: HttpRequest, pk: int) -> tuple[User, FollowUp]:
    if not request.user.has_perm(MAY_WORK):
        raise PermissionDenied
    return cast(User, request.user), get_object_or_404(FollowUp, pk=pk)


def _back(pk: int) -> HttpResponse:
    return redirect("admin:journal_followup_change", pk)
