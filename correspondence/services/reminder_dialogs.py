"""The dialog that shows a recipient its unread confidential letters (notifications.md 7.3; lifecycle.md 8.2).

There is one while a reminder names it, whatever order things happened in: one job, safe to repeat, makes it or takes
it away.
"""

import uuid
from typing import Any

from django.conf import settings

from correspondence.models import ConfidentialReminder
from correspondence.services.confidential import REMINDER_RESOURCE
from correspondence.services.dialog_bodies import CONTENT_OF_ANOTHER_SERVER
from correspondence.transports.dialog_service import RESOURCE_PREFIX, DialogService, dialog_service

TITLES = {
    "nb": "Taushetsbelagt post er ikke åpnet",
    "nn": "Teiepliktig post er ikkje opna",
    "en": "Confidential letters have not been opened",
}


def settle_reminder_dialog(*, dialog_id: uuid.UUID) -> None:
    """Raises NeighbourFailed and DialogRefused: the job is to be repeated."""
    if not settings.DIALOG_SERVICE_URL:
        return
    with dialog_service() as service:
        reminder = ConfidentialReminder.objects.filter(dialog_id=dialog_id).first()
        if reminder is not None:
            service.create_dialog(dialog_id, _body(reminder))
        _remove_unless_needed(service, dialog_id)


def _remove_unless_needed(service: DialogService, dialog_id: uuid.UUID) -> None:
    """Asked after it was made, too: the last letter may have been opened meanwhile."""
    if not ConfidentialReminder.objects.filter(dialog_id=dialog_id).exists():
        service.delete_dialog(dialog_id)


def _body(reminder: ConfidentialReminder) -> dict[str, Any]:
    url = f"{settings.PUBLIC_URL}/correspondence/api/v1/confidential-reminders?languageCode="
    return {
        "idempotentKey": str(reminder.dialog_id),
        "serviceResource": RESOURCE_PREFIX + REMINDER_RESOURCE,
        "party": reminder.recipient_urn,
        "createdAt": reminder.created_at.isoformat(),
        "status": "RequiresAttention",
        "content": {
            "title": {"mediaType": "text/plain", "value": _in_languages(TITLES)},
            "mainContentReference": {
                "mediaType": CONTENT_OF_ANOTHER_SERVER,
                "value": _in_languages({language: url + language for language in TITLES}),
            },
        },
    }


def _in_languages(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"languageCode": language, "value": value} for language, value in values.items()]
