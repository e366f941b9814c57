"""What a notification service asks just before it sends; not in the document (api.md 5.12)."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from correspondence.api.views.correspondence import LetterView
from correspondence.services.check_notification import check_notification
from registry.api.permissions import NotificationCheck


class CheckReminder(LetterView):
    policies = {"get": NotificationCheck}
    produces = None
    is_reminder: ClassVar[bool] = True

    @extend_schema(exclude=True)
    def get(self, request: Request, correspondence_id: str) -> Response:
        identity = self.letter_id(correspondence_id)
        send = check_notification(correspondence_id=identity, is_reminder=self.is_reminder)
        return Response({"sendNotification": send})


class CheckMainNotification(CheckReminder):
    is_reminder = False
