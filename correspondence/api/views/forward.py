"""Passing a letter on by e-mail (api.md 5.13, 5.14)."""

import math

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from correspondence.api.examples import FORWARD_EXAMPLES
from correspondence.api.serializers.forward import ForwardCorrespondenceRequest
from correspondence.api.views.correspondence import LetterView
from correspondence.errors import TooManyForwardings
from correspondence.services.forward import forward, may_be_forwarded
from registry.api.binding import bind
from registry.api.errors import TooManyRequests
from registry.api.permissions import CheckAllowForwarding, Recipient


class Forward(LetterView):
    policies = {"post": Recipient}
    takes_any_json = True

    @extend_schema(
        operation_id="ForwardCorrespondence",
        summary="Send it to an e-mail address",
        request=ForwardCorrespondenceRequest,
        examples=FORWARD_EXAMPLES,
        responses=OpenApiTypes.UUID,
    )
    def post(self, request: Request, correspondence_id: str) -> Response:
        identity = self.letter_id(correspondence_id)
        body = bind(ForwardCorrespondenceRequest(data=self.document()), parameter=self.body_parameter)
        try:
            forwarding_id = forward(
                caller=self.caller,
                correspondence_id=identity,
                address=body["forwardTo"],
                text=body.get("forwardingText") or "",
            )
        except TooManyForwardings as error:
            wait = math.ceil(error.wait.total_seconds())
            raise TooManyRequests(str(error), retry_after=wait) from error
        return Response(str(forwarding_id))


class ForwardCheck(LetterView):
    policies = {"get": CheckAllowForwarding}

    @extend_schema(exclude=True)
    def get(self, request: Request, correspondence_id: str) -> Response:
        allowed = may_be_forwarded(correspondence_id=self.letter_id(correspondence_id))
        return Response({"allowForwarding": allowed})
