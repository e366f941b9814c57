"""Lists whose address cannot break them: a filter that the database does not take is left out, with a word about it."""

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ERROR_FLAG
from django.db import DataError, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

NOT_UNDERSTOOD = "A filter in that address is not understood, so the whole list is shown."

M = TypeVar("M", bound=Model)


class ReadableFiltersAdmin(admin.ModelAdmin[M]):
    """Django itself answers a value of the wrong type with a bare mark in the address, and a NUL with an exception."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not request.GET or request.method != "GET":
            return super().changelist_view(request, extra_context)
        if ERROR_FLAG in request.GET:
            return self._whole_list(request)
        try:
            with transaction.atomic():  # so that what follows a refused query is not refused, too
                answer = super().changelist_view(request, extra_context)
                return answer.render() if isinstance(answer, TemplateResponse) else answer
        except DataError:
            return self._whole_list(request)

    def _whole_list(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, NOT_UNDERSTOOD)
        return HttpResponseRedirect(request.path)
