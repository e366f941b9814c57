"""What answers tell of a letter's notifications (api.md 6.10, 6.11.1; notifications.md 4.4)."""

import uuid
from typing import Any

from rest_framework import serializers

from correspondence.models import Correspondence
from correspondence.services.read import OpenedLetter
from notifications.enums import NotificationChannel
from notifications.services.details import DeliveryDetails, NotificationDetails, notification_details
from registry.api.fields import FlagField, GuidField, TextField, TimeField, WordField
from registry.services.directory import find_resource

SUCCEEDED_SMS_ID = uuid.UUID(int=0)


class NotificationOrderAnswer(serializers.Serializer[Any]):
    notificationOrderId = GuidField(source="order_id", allow_null=True)
    isReminder = FlagField(source="is_reminder")


class NotificationProcessingStatus(serializers.Serializer[Any]):
    """Of a notification or of one of its messages; the status is the notification service's own word."""

    status = TextField()
    description = TextField(allow_null=True)
    lastUpdate = TimeField()


class NotificationRecipientAnswer(serializers.Serializer[Any]):
    emailAddress = TextField(allow_null=True)
    mobileNumber = TextField(allow_null=True)
    organizationNumber = TextField(allow_null=True)
    nationalIdentityNumber = TextField(allow_null=True)
    isReserved = FlagField(allow_null=True)


class NotificationDeliveryAnswer(serializers.Serializer[Any]):
    id = GuidField(allow_null=True)
    succeeded = FlagField()
    recipient = NotificationRecipientAnswer()
    sendStatus = NotificationProcessingStatus()


class NotificationStatusDetails(serializers.Serializer[Any]):
    email = NotificationDeliveryAnswer(allow_null=True)
    sms = NotificationDeliveryAnswer(allow_null=True)
    emails = NotificationDeliveryAnswer(many=True, allow_null=True)
    smses = NotificationDeliveryAnswer(many=True, allow_null=True)


class NotificationAnswer(serializers.Serializer[Any]):
    id = TextField()
    sendersReference = TextField(allow_null=True)
    creator = TextField()
    created = TimeField()
    isReminder = FlagField()
    notificationChannel = WordField(NotificationChannel)
    ignoreReservation = FlagField(allow_null=True)
    resourceId = TextField(allow_null=True)
    processingStatus = NotificationProcessingStatus()
    notificationStatusDetails = NotificationStatusDetails(allow_null=True)


def notifications_of(opened: OpenedLetter) -> list[dict[str, Any]]:
    """What `NotificationAnswer` shows of a letter."""
    letter = opened.letter
    resource = find_resource(letter.resource_id)
    creator = resource.orgcode if resource else "Not found"
    found = notification_details(correspondence_id=letter.pk, masks_addresses=not opened.shows_addresses)
    return [_notification(letter, details, creator) for details in found]


def _notification(letter: Correspondence, details: NotificationDetails, creator: str) -> dict[str, Any]:
    emails = [_delivery(one, "emailAddress", None) for one in details.emails]
    smses = [_delivery(one, "mobileNumber", SUCCEEDED_SMS_ID) for one in details.smses]
    return {
        "id": details.shipment_id,
        "sendersReference": details.senders_reference,
        "creator": creator,
        "created": details.created,
        "isReminder": details.is_reminder,
        "notificationChannel": details.channel,
        "ignoreReservation": details.ignore_reservation,
        "resourceId": letter.resource_id,
        "processingStatus": _status(details),
        "notificationStatusDetails": {
            "email": emails[0] if emails else None,
            "sms": smses[0] if smses else None,
            "emails": emails or None,
            "smses": smses or None,
        },
    }


def _delivery(details: DeliveryDetails, member: str, identity: uuid.UUID | None) -> dict[str, Any]:
    nobody = dict.fromkeys(NotificationRecipientAnswer().fields)
    return {
        "id": identity,
        "succeeded": details.succeeded,
        "recipient": {**nobody, member: details.address},
        "sendStatus": _status(details),
    }


def _status(details: NotificationDetails | DeliveryDetails) -> dict[str, Any]:
    return {"status": details.status, "description": None, "lastUpdate": details.last_update}
