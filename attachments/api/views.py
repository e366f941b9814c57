"""Endpoints of attachments (api.md 5.15 to 5.18)."""

import uuid

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from attachments.api.downloads import file_answer, file_answers
from attachments.api.serializers import AttachmentDetails, AttachmentOverview, InitializeAttachmentRequest
from attachments.models import Attachment
from attachments.services.access import attachment_for_sender
from attachments.services.download import download_as_sender, open_stored
from attachments.services.initialize import initialize_attachment
from attachments.services.purge import purge_attachment
from attachments.services.upload import upload
from registry.api.binding import bind
from registry.api.body import chunks, content_length
from registry.api.permissions import Sender
from registry.api.views import ContractView

EXAMPLE = {
    "resourceId": "example-letters",
    "fileName": "vedtak.pdf",
    "displayName": "Vedtaket",
    "isEncrypted": False,
    "checksum": "5f1d7a84db00d2fce00b31a7fc73224f",
    "sendersReference": "case-77/1",
    "expirationInDays": 90,
}


class InitializeAttachment(ContractView):
    policies = {"post": Sender}
    consumes = "application/json"
    requires_content_type = True
    body_parameter = "InitializeAttachmentExt"

    @extend_schema(
        operation_id="InitializeAttachment",
        summary="Announce a file",
        request=InitializeAttachmentRequest,
        responses=OpenApiTypes.UUID,
        examples=[OpenApiExample("A file", value=EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        serializer = InitializeAttachmentRequest(data=self.document())
        data = serializer.to_domain(bind(serializer, parameter=self.body_parameter))
        return Response(str(initialize_attachment(caller=self.caller, data=data).pk))


class AttachmentItem(ContractView):
    policies = {"get": Sender, "delete": Sender}

    @extend_schema(
        operation_id="GetAttachmentOverview", summary="See a file's state", responses=AttachmentOverview
    )
    def get(self, request: Request, attachment_id: str) -> Response:
        identity = self.guid("attachmentId", attachment_id)
        attachment = attachment_for_sender(caller=self.caller, attachment_id=identity)
        return Response(AttachmentOverview(attachment, context=answer_context(attachment.pk)).data)

    @extend_schema(operation_id="PurgeAttachment", summary="Withdraw a file", responses={204: None})
    def delete(self, request: Request, attachment_id: str) -> Response:
        purge_attachment(caller=self.caller, attachment_id=self.guid("attachmentId", attachment_id))
        return Response(status=204)


class AttachmentDetailsView(ContractView):
    policies = {"get": Sender}

    @extend_schema(
        operation_id="GetAttachmentDetails", summary="See its history", responses=AttachmentDetails
    )
    def get(self, request: Request, attachment_id: str) -> Response:
        identity = self.guid("attachmentId", attachment_id)
        attachment = attachment_for_sender(caller=self.caller, attachment_id=identity)
        return Response(AttachmentDetails(attachment, context=answer_context(attachment.pk)).data)


class UploadAttachment(ContractView):
    policies = {"post": Sender}
    consumes = "application/octet-stream"

    @extend_schema(
        operation_id="UploadAttachment",
        summary="Upload a file's bytes",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=AttachmentOverview,
    )
    def post(self, request: Request, attachment_id: str) -> Response:
        environ = request.META
        attachment = upload(
            caller=self.caller,
            attachment_id=self.guid("attachmentId", attachment_id),
            chunks=chunks(environ),
            content_length=content_length(environ),
        )
        return Response(AttachmentOverview(attachment, context=answer_context(attachment.pk)).data)


def answer_context(attachment_id: uuid.UUID) -> dict[str, object]:
    """What an answer tells beyond the row itself: its history and its letters, two queries."""
    attachment = Attachment(pk=attachment_id)
    letters = attachment.uses.values_list("message__correspondences", flat=True)
    return {
        "events": list(attachment.status_events.order_by("at", "pk")),
        "correspondence_ids": [identity for identity in letters if identity is not None],
    }


class DownloadAttachment(ContractView):
    policies = {"get": Sender}
    produces = "application/octet-stream"

    @extend_schema(
        operation_id="DownloadAttachment",
        summary="Download a file as its sender, before it is published",
        responses=file_answers("application/octet-stream"),
    )
    def get(self, request: Request, attachment_id: str) -> HttpResponseBase:
        identity = self.guid("attachmentId", attachment_id)
        attachment = download_as_sender(caller=self.caller, attachment_id=identity)
        return file_answer(
            request,
            size=attachment.size or 0,
            open_from=lambda start, length: open_stored(attachment, start=start, length=length),
            content_type="application/octet-stream",
        )
