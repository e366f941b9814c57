"""`POST /correspondence` and `POST /correspondence/upload` (api.md 5.1, 5.2, 8)."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from attachments.services.incoming import IncomingFiles
from attachments.services.receiving import upload_errors
from correspondence.api.examples import INITIALIZE_EXAMPLES
from correspondence.api.serializers.initialize import (
    InitializeCorrespondencesRequest,
    InitializeCorrespondencesResponse,
)
from correspondence.services.initialize import initialize_correspondences
from registry.api.binding import bind, bind_form
from registry.api.body import chunks
from registry.api.errors import ContractValidationError
from registry.api.forms import form_schema, read_form
from registry.api.permissions import Sender, SenderOrRecipient
from registry.api.views import ContractView

INITIALIZE_FORM = form_schema(InitializeCorrespondencesRequest, file_field="attachments")


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
        letter = serializer.to_domain(bind(serializer, parameter=self.body_parameter))
        result = initialize_correspondences(caller=self.caller, request=letter)
        return Response(InitializeCorrespondencesResponse(result).data)


class InitializeWithFiles(ContractView):
    policies = {"get": SenderOrRecipient, "post": Sender}
    consumes = "multipart/form-data"

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The path is that of a letter whose id is no GUID."""
        raise ContractValidationError({"correspondenceId": ["The value 'upload' is not valid."]})

    @extend_schema(
        operation_id="InitializeCorrespondencesAndUploadAttachments",
        summary="Send a letter, files included, to one or more recipients",
        request={"multipart/form-data": INITIALIZE_FORM},
        responses=InitializeCorrespondencesResponse,
    )
    def post(self, request: Request) -> Response:
        with IncomingFiles() as incoming:
            with upload_errors():
                form = read_form(
                    request.META.get("CONTENT_TYPE", ""),
                    chunks(request.META),
                    file_field="attachments",
                    take_file=incoming.take,
                    max_text_bytes=settings.MAX_JSON_BODY_BYTES,
                )
            letter = InitializeCorrespondencesRequest.to_domain(
                bind_form(InitializeCorrespondencesRequest, form)
            )
            result = initialize_correspondences(caller=self.caller, request=letter, files=incoming.files)
        return Response(InitializeCorrespondencesResponse(result).data)
