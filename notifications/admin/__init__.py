"""Pages of orders, notifications, deliveries, providers, the demo's outbox and the standard wording."""

from notifications.admin.captured import CapturedMessageAdmin
from notifications.admin.delivery import DeliveryAdmin
from notifications.admin.order import NotificationAdmin, OrderAdmin
from notifications.admin.provider import ProviderAdmin
from notifications.admin.template import TemplateAdmin

__all__ = [
    "CapturedMessageAdmin",
    "DeliveryAdmin",
    "NotificationAdmin",
    "OrderAdmin",
    "ProviderAdmin",
    "TemplateAdmin",
]
