"""Endpoints of one letter (api.md 5.4 to 5.9)."""

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from correspondence.api.serializers.correspondence import CorrespondenceDetails, CorrespondenceOverview
from correspondence.api.serializers.letter import LetterAnswer
from correspondence.services.confirm import confirm
from correspondence.services.purge import purge
from correspondence.services.read import mark_as_read, open_content, open_details, open_overview
from registry.api.permissions import Recipient, SenderOrRecipient
from registry.api.views import ContractView


class LetterView(ContractView):
    def letter_id(self, text: str) -> uuid.UUID:
        return self.guid("correspondenceId", text)


class Overview(LetterView):
    policies = {"get": SenderOrRecipient}

    @extend_schema(
        operation_id="GetCorrespondenceOverview", summary="Open a letter", responses=CorrespondenceOverview
    )
    def get(self, request: Request, correspondence_id: str) -> Response:
        opened = open_overview(caller=self.caller, correspondence_id=self.letter_id(correspondence_id))
        return Response(CorrespondenceOverview(LetterAnswer(opened)).data)


class Details(LetterView):
    policies = {"get": SenderOrRecipient}

    @extend_schema(
        operation_id="GetCorrespondenceDetails", summary="See its history", responses=CorrespondenceDetails
    )
    def get(self, request: Request, correspondence_id: str) -> Response:
        opened = open_details(caller=self.caller, correspondence_id=self.letter_id(correspondence_id))
        return Response(CorrespondenceDetails(LetterAnswer(opened, appends_reply_options=False)).data)


class Content(LetterView):
    policies = {"get": Recipient}
    produces = "text/plain"

    @extend_schema(exclude=True)
    def get(self, request: Request, correspondence_id: str) -> HttpResponse:
        opened = open_content(caller=self.caller, correspondence_id=self.letter_id(correspondence_id))
        return HttpResponse(LetterAnswer(opened).markdown, content_type="text/plain; charset=utf-8")


class MarkAsRead(LetterView):
    policies = {"post": Recipient}

    @extend_schema(
        operation_id="MarkAsRead", summary="Mark it as read", request=None, responses=OpenApiTypes.UUID
    )
    def post(self, request: Request, correspondence_id: str) -> Response:
        identity = self.letter_id(correspondence_id)
        mark_as_read(caller=self.caller, correspondence_id=identity)
        return Response(str(identity))


class Confirm(LetterView):
    policies = {"post": Recipient}

    @extend_schema(
        operation_id="ConfirmCorrespondence", summary="Confirm it", request=None, responses=OpenApiTypes.UUID
    )
    def post(self, request: Request, correspondence_id: str) -> Response:
        identity = self.letter_id(correspondence_id)
        confirm(caller=self.caller, correspondence_id=identity)
        return Response(str(identity))


class Purge(LetterView):
    policies = {"delete": SenderOrRecipient}

    @extend_schema(
        operation_id="PurgeCorrespondence",
        summary="Withdraw or delete it",
        responses={200: OpenApiTypes.UUID},
    )
    def delete(self, request: Request, correspondence_id: str) -> Response:
        identity = self.letter_id(correspondence_id)
        purge(caller=self.caller, correspondence_id=identity)
        return Response(str(identity))
