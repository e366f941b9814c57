"""The contract's names for sets of words that several fields share."""

from attachments.enums import AttachmentStatus, DataLocationType
from correspondence.api.serializers.correspondence import SYSTEM_LABELS
from correspondence.enums import CorrespondenceStatus, NewAttachmentLocation, ReferenceType
from notifications.enums import EmailContentType, NotificationChannel, NotificationResult
from registry.api.fields import word_of

CORRESPONDENCE_STATUS = [(word_of(status), word_of(status)) for status in CorrespondenceStatus]
ATTACHMENT_STATUS = [(word_of(status), word_of(status)) for status in AttachmentStatus]
NOTIFICATION_RESULT = [(result.value, result.value) for result in NotificationResult]
NOTIFICATION_CHANNEL = [(word_of(channel), word_of(channel)) for channel in NotificationChannel]
EMAIL_CONTENT_TYPE = [(word_of(kind), word_of(kind)) for kind in EmailContentType]
NEW_ATTACHMENT_LOCATION = [(word_of(place), word_of(place)) for place in NewAttachmentLocation]
ATTACHMENT_LOCATION = [(place.value, place.value) for place in DataLocationType]
SYSTEM_LABEL = [(label, label) for label in SYSTEM_LABELS]
REFERENCE_TYPE = [(word_of(kind), word_of(kind)) for kind in ReferenceType]
