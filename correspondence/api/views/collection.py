"""`/correspondence`: search, and what `initialize.py` adds."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from correspondence.api.serializers.search import SEARCH_PARAMETERS, FoundCorrespondences, read_query
from correspondence.api.views.initialize import Initialize
from correspondence.services.search import search
from registry.api.permissions import Sender, SenderOrRecipient


class Collection(Initialize):
    policies = {"get": SenderOrRecipient, "post": Sender}

    @extend_schema(
        operation_id="GetCorrespondences",
        summary="Find letters",
        parameters=SEARCH_PARAMETERS,
        responses=FoundCorrespondences,
    )
    def get(self, request: Request) -> Response:
        found = search(caller=self.caller, request=read_query(request.query_params))
        return Response({"ids": [str(identity) for identity in found]})
