"""What lists in answers are made of, for the document (api.md 6.5, 6.11): a generated client gets models."""

from typing import Any

from rest_framework import serializers

from correspondence.enums import CorrespondenceStatus, ReferenceType
from notifications.enums import NotificationChannel
from registry.api.fields import FlagField, GuidField, TextField, TimeField, WordField


class ExternalReferenceAnswer(serializers.Serializer[Any]):
    referenceValue = TextField()
    referenceType = WordField(ReferenceType)


class NotificationOrderAnswer(serializers.Serializer[Any]):
    notificationOrderId = GuidField()
    isReminder = FlagField()


class StatusHistoryAnswer(serializers.Serializer[Any]):
    status = WordField(CorrespondenceStatus)
    statusText = TextField()
    statusChanged = TimeField()


class StatusAnswer(serializers.Serializer[Any]):
    """A word of the notification service's own."""

    status = TextField()
    description = TextField(allow_null=True)
    lastUpdate = TimeField()


class NotifiedRecipientAnswer(serializers.Serializer[Any]):
    emailAddress = TextField(allow_null=True)
    mobileNumber = TextField(allow_null=True)
    organizationNumber = TextField(allow_null=True)
    nationalIdentityNumber = TextField(allow_null=True)
    isReserved = FlagField(allow_null=True)


class DeliveryAnswer(serializers.Serializer[Any]):
    id = GuidField(allow_null=True)
    succeeded = FlagField()
    recipient = NotifiedRecipientAnswer()
    sendStatus = StatusAnswer()


class DeliveriesAnswer(serializers.Serializer[Any]):
    """`email` and `sms` are like an element of the lists: OpenAPI 3.0 cannot say that a model may also be null."""

    email = serializers.DictField(allow_null=True)
    sms = serializers.DictField(allow_null=True)
    emails = DeliveryAnswer(many=True, allow_null=True)
    smses = DeliveryAnswer(many=True, allow_null=True)


class NotificationAnswer(serializers.Serializer[Any]):
    id = TextField()
    sendersReference = TextField(allow_null=True)
    creator = TextField()
    created = TimeField()
    isReminder = FlagField()
    notificationChannel = WordField(NotificationChannel)
    ignoreReservation = FlagField(allow_null=True)
    resourceId = TextField(allow_null=True)
    processingStatus = StatusAnswer()
    notificationStatusDetails = DeliveriesAnswer()
