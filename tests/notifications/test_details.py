"""What sender and recipient are shown of a letter's notifications (notifications.md 4.3, 4.4)."""

import pytest

from notifications.models import Delivery, Notification, Order
from registry.api.fields import time_on_the_wire
from tests.notifications.conftest import ADDRESS, GENERIC, told
from tests.support.clients import Client
from tests.support.world import COMPANY

BOTH = GENERIC | {"notificationChannel": "EmailAndSms"}


def shown(delivery, member):
    nobody = dict.fromkeys(
        ["emailAddress", "mobileNumber", "organizationNumber", "nationalIdentityNumber", "isReserved"]
    )
    return {
        "id": "00000000-0000-0000-0000-000000000000" if member == "mobileNumber" else None,
        "succeeded": True,
        "recipient": nobody | {member: delivery.address},
        "sendStatus": {
            "status": delivery.state,
            "description": None,
            "lastUpdate": time_on_the_wire(delivery.state_changed_at),
        },
    }


@pytest.mark.contract("notifications.md#4.4")
def test_details_show_every_delivery(sender, mailbox, settings):
    settings.SMS_SEND_WINDOW = "always"
    published = told(sender, BOTH)

    (details,) = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]

    notification = Notification.objects.get()
    email, sms = Delivery.objects.order_by("channel")
    assert (email.address, sms.address) == (ADDRESS, "+4799999999")
    assert details == {
        "id": str(notification.shipment_id),
        "sendersReference": "corr-case-77",
        "creator": "digdir",
        "created": time_on_the_wire(notification.created_at),
        "isReminder": False,
        "notificationChannel": "EmailAndSms",
        "ignoreReservation": False,
        "resourceId": "example-letters",
        "processingStatus": {
            "status": "Order_Completed",
            "description": None,
            "lastUpdate": time_on_the_wire(notification.state_changed_at),
        },
        "notificationStatusDetails": {
            "email": shown(email, "emailAddress"),
            "sms": shown(sms, "mobileNumber"),
            "emails": [shown(email, "emailAddress")],
            "smses": [shown(sms, "mobileNumber")],
        },
    }


@pytest.mark.contract("notifications.md#11.8")
def test_x33_reminder_shows_its_own_channel(sender, mailbox):
    published = told(sender, GENERIC | {"sendReminder": True, "reminderNotificationChannel": "Sms"})

    details = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]

    assert [(one["isReminder"], one["notificationChannel"]) for one in details] == [
        (False, "Email"),
        (True, "Sms"),
    ]


@pytest.mark.contract("notifications.md#4.3")
def test_overview_names_the_order_of_main_and_reminder(sender, mailbox):
    published = told(sender, GENERIC | {"sendReminder": True})

    overview = Client.organisation(COMPANY, "altinn:correspondence.read").get(
        f"/correspondence/{published.pk}"
    )

    order = str(Order.objects.get().pk)
    assert overview.json()["notifications"] == [
        {"notificationOrderId": order, "isReminder": False},
        {"notificationOrderId": order, "isReminder": True},
    ]
