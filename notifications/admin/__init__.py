"""Pages of orders, notifications, deliveries, reports of them, providers, the demo's outbox and the standard wording."""

from notifications.admin.captured import CapturedMessageAdmin
from notifications.admin.delivery import DeliveryAdmin
from notifications.admin.order import NotificationAdmin, OrderAdmin
from notifications.admin.provider import ProviderAdmin
from notifications.admin.report import DeliveryReportAdmin, ReceivedReportAdmin
from notifications.admin.template import TemplateAdmin

__all__ = [
    "CapturedMessageAdmin",
    "DeliveryAdmin",
    "DeliveryReportAdmin",
    "NotificationAdmin",
    "OrderAdmin",
    "ProviderAdmin",
    "ReceivedReportAdmin",
    "TemplateAdmin",
]
