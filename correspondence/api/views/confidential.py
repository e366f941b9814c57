"""The list of unread confidential letters; not in the document (api.md 13)."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from correspondence.services.confidential import unread_confidential
from registry.api.permissions import Recipient
from registry.api.views import ContractView


class ConfidentialReminders(ContractView):
    policies = {"get": Recipient}
    produces = "text/plain"

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        query = {name.lower(): value for name, value in request.query_params.items()}
        text = unread_confidential(caller=self.caller, language=str(query.get("languagecode", "")))
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
