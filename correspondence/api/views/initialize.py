"""`POST /correspondence` (api.md 5.1)."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from correspondence.api.examples import INITIALIZE_EXAMPLES
from correspondence.api.serializers.initialize import (
    InitializeCorrespondencesRequest,
    InitializeCorrespondencesResponse,
)
from correspondence.services.initialize import initialize_correspondences
from registry.api.binding import bind
from registry.api.permissions import Sender
from registry.api.views import ContractView


class Initialize(ContractView):
    policies = {"post": Sender}
    consumes = "application/json"
    requires_content_type = True

    @extend_schema(
        operation_id="InitializeCorrespondences",
        summary="Send a letter to one or more recipients",
        request=InitializeCorrespondencesRequest,
        responses=InitializeCorrespondencesResponse,
        examples=INITIALIZE_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        serializer = InitializeCorrespondencesRequest(data=self.document())
        incoming = serializer.to_domain(bind(serializer, parameter=self.body_parameter))
        result = initialize_correspondences(caller=self.caller, request=incoming)
        return Response(InitializeCorrespondencesResponse(result).data)
