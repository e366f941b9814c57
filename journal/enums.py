from django.db.models import TextChoices


class EventSource(TextChoices):
    """The last part of an event's source."""

    CORRESPONDENCE = "correspondence"
    ATTACHMENT = "attachment"
    NOTIFICATION = "notification"


class EventType(TextChoices):
    """CloudEvents types (lifecycle.md 6.2), without the prefix `no.altinn.correspondence.`."""

    ATTACHMENT_INITIALIZED = "attachmentinitialized"
    ATTACHMENT_PUBLISHED = "attachmentpublished"
    ATTACHMENT_UPLOAD_FAILED = "attachmentuploadfailed"
    ATTACHMENT_EXPIRED = "attachmentexpired"
    ATTACHMENT_PURGED = "attachmentpurged"
    CORRESPONDENCE_INITIALIZED = "correspondenceinitialized"
    CORRESPONDENCE_PUBLISHED = "correspondencepublished"
    CORRESPONDENCE_PUBLISH_FAILED = "correspondencepublishfailed"
    CORRESPONDENCE_PURGED = "correspondencepurged"
    CORRESPONDENCE_RECEIVER_READ = "correspondencereceiverread"
    CORRESPONDENCE_RECEIVER_CONFIRMED = "correspondencereceiverconfirmed"
    CORRESPONDENCE_RECEIVER_NEVER_READ = "correspondencereceiverneverread"
    CORRESPONDENCE_RECEIVER_NEVER_CONFIRMED = "correspondencereceiverneverconfirmed"
    NOTIFICATION_CREATED = "notificationcreated"
    NOTIFICATION_CREATION_FAILED = "correspondencenotificationcreationfailed"
    NOTIFICATION_DELIVERED = "correspondencenotificationdelivered"
    NOTIFICATION_REMINDER_DELIVERED = "correspondencenotificationreminderdelivered"
    NOTIFICATION_FAILED = "correspondencenotificationfailed"
    NOTIFICATION_ALL_FAILED = "correspondencenotificationallfailed"

    @property
    def source(self) -> EventSource:
        """All events of a type have the same: the beginning of its name."""
        return next(source for source in EventSource if self.startswith(source))

    @property
    def tells_recipient(self) -> bool:
        """The event's subject is the recipient; of all others it is the sender, who owns the resource."""
        return self in {
            EventType.CORRESPONDENCE_PUBLISHED,
            EventType.CORRESPONDENCE_RECEIVER_NEVER_READ,
            EventType.CORRESPONDENCE_RECEIVER_NEVER_CONFIRMED,
        }


class EventDeliveryState(TextChoices):
    """What has become of an event on its way to one subscriber."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up; an operator may send it again."""
    DISCARDED = "discarded"
    """Not to be sent any more: by an operator, or because the subscriber has gone or may not know of it."""


class FollowUpKind(TextChoices):
    MISSING_CONTACT = "missing-contact"
    FAILED_DELIVERY = "failed-delivery"
    FAILED_PUBLISH = "failed-publish"
    INFECTED_ATTACHMENT = "infected-attachment"
    SCANNER_DOWN = "scanner-down"
    UNREAD_CONFIDENTIAL = "unread-confidential"
    FAILED_DIALOG = "failed-dialog"
    FAILED_EVENTS = "failed-events"
    ORDERS_NOT_PLACED = "orders-not-placed"
