from notifications.models.delivery import Attempt, CapturedMessage, Delivery, DeliveryQuerySet
from notifications.models.order import (
    Notification,
    NotificationQuerySet,
    Order,
    OrderQuerySet,
    moot_once_read,
)
from notifications.models.provider import Provider, ProviderQuerySet
from notifications.models.report import DeliveryReport, ReceivedReport
from notifications.models.text import NotificationText, Template, TemplateVersion

__all__ = [
    "Attempt",
    "CapturedMessage",
    "Delivery",
    "DeliveryQuerySet",
    "DeliveryReport",
    "Notification",
    "NotificationQuerySet",
    "NotificationText",
    "Order",
    "OrderQuerySet",
    "Provider",
    "ProviderQuerySet",
    "ReceivedReport",
    "Template",
    "TemplateVersion",
    "moot_once_read",
]
