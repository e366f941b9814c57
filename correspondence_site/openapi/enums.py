"""The contract's names for sets of words that several fields share."""

from attachments.enums import AttachmentStatus
from correspondence.enums import CorrespondenceStatus
from notifications.enums import EmailContentType, NotificationChannel, NotificationResult
from registry.api.fields import word_of

CORRESPONDENCE_STATUS = [(word_of(status), word_of(status)) for status in CorrespondenceStatus]
ATTACHMENT_STATUS = [(word_of(status), word_of(status)) for status in AttachmentStatus]
NOTIFICATION_RESULT = [(result.value, result.value) for result in NotificationResult]
NOTIFICATION_CHANNEL = [(word_of(channel), word_of(channel)) for channel in NotificationChannel]
EMAIL_CONTENT_TYPE = [(word_of(kind), word_of(kind)) for kind in EmailContentType]
