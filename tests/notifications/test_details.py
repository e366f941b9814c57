"""What sender and recipient are shown of a letter's notifications (notifications.md 4.3, 4.4)."""

import uuid

import pytest

from notifications.addresses import masked
from notifications.models import Delivery, Notification, Order
from registry.api.fields import time_on_the_wire
from registry.enums import Action, SubjectKind
from registry.identifiers import organisation_urn
from registry.models import AccessGrant, SystemUser
from tests.notifications.conftest import ADDRESS, GENERIC, told
from tests.support.clients import Client
from tests.support.letters import in_days, letter, send
from tests.support.world import COMPANY, OWNER, PERSON, STRANGER, UNREACHABLE

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


def addresses_shown_to(client, published):
    (details,) = client.get(f"/correspondence/{published.pk}/details").json()["notifications"]
    channels = details["notificationStatusDetails"]
    assert (channels["email"], channels["sms"]) == (channels["emails"][0], channels["smses"][0])
    return channels["email"]["recipient"]["emailAddress"], channels["sms"]["recipient"]["mobileNumber"]


@pytest.mark.contract("notifications.md#11.8")
def test_x32_recipient_sees_masked_addresses(sender, recipient, mailbox):
    published = told(sender, BOTH)

    assert addresses_shown_to(recipient, published) == ("p***@rask-falk.example", "+47******99")
    assert addresses_shown_to(sender, published) == (ADDRESS, "+4799999999")


@pytest.mark.contract("notifications.md#4.4")
def test_who_sends_on_the_owners_behalf_sees_masked_addresses_too(sender, mailbox, world):
    published = told(sender, BOTH)
    AccessGrant.objects.create(
        resource=world.letters,
        action=Action.WRITE,
        subject_kind=SubjectKind.PARTY,
        subject=organisation_urn(STRANGER),
    )
    helper = Client.organisation(STRANGER, "altinn:correspondence.write")

    assert addresses_shown_to(helper, published) == ("p***@rask-falk.example", "+47******99")


@pytest.mark.contract("notifications.md#4.4")
@pytest.mark.contract("access.md#1.3")
def test_person_whose_token_the_owners_portal_fetched_sees_masked_addresses(sender, mailbox):
    """The token's consumer is the portal, which is the owner's, and says nothing of who looks."""
    published = told(sender, BOTH, recipients=[PERSON])
    portal_user = Client.person(PERSON, "altinn:correspondence.read", consumer=OWNER)

    assert addresses_shown_to(portal_user, published) == ("k***@eksempel.example", "+47******98")


@pytest.mark.contract("notifications.md#4.4")
@pytest.mark.contract("access.md#1.3")
def test_system_user_of_a_vendor_that_is_the_owner_sees_masked_addresses(sender, mailbox, world):
    published = told(sender, BOTH)
    acting = SystemUser.objects.create(uuid=uuid.uuid4(), organisation=world.company, vendor=OWNER)
    AccessGrant.objects.create(
        resource=world.letters,
        action=Action.READ,
        subject_kind=SubjectKind.SYSTEM_USER,
        subject=str(acting.uuid),
    )
    scopes = ["altinn:serviceowner", "altinn:correspondence.read", "altinn:correspondence.write"]
    system = Client.system_user(acting.uuid, *scopes, vendor=OWNER)

    assert addresses_shown_to(system, published) == ("p***@rask-falk.example", "+47******99")


@pytest.mark.contract("notifications.md#4.4")
def test_owner_that_reads_as_the_recipient_sees_addresses_in_full(sender, mailbox):
    published = told(sender, BOTH)
    owner = Client.organisation(OWNER, "altinn:serviceowner", "altinn:correspondence.read")

    assert addresses_shown_to(owner, published) == (ADDRESS, "+4799999999")


@pytest.mark.contract("access.md#2.1")
def test_owners_token_without_the_service_owners_scope_is_like_any_other_senders(sender, mailbox, world):
    published = told(sender, BOTH)
    AccessGrant.objects.create(
        resource=world.letters,
        action=Action.WRITE,
        subject_kind=SubjectKind.PARTY,
        subject=organisation_urn(OWNER),
    )
    department = Client.organisation(OWNER, "altinn:correspondence.write")

    assert addresses_shown_to(department, published) == ("p***@rask-falk.example", "+47******99")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ('"kari nordmann"@x.example', "k***@x.example"),
        ("a@x.example", "a***@x.example"),
        ("+46701740605", "+46*******05"),
        ("", ""),
    ],
)
def test_masked_address_keeps_its_shape(address, shown):
    assert masked(address) == shown


@pytest.mark.contract("api.md#6.11")
def test_orders_of_a_letter_that_is_not_published_are_left_out(sender):
    waiting = send(
        sender, letter(correspondence={"notification": GENERIC, "requestedPublishTime": in_days(1)})
    )

    assert sender.get(f"/correspondence/{waiting.pk}/details").json()["notifications"] == []


@pytest.mark.contract("notifications.md#11.8")
def test_x18_order_that_reached_nobody_is_shown(sender, mailbox):
    published = told(sender, GENERIC, recipients=[UNREACHABLE])

    (details,) = sender.get(f"/correspondence/{published.pk}/details").json()["notifications"]

    (shown_email,) = details["notificationStatusDetails"]["emails"]
    assert shown_email["succeeded"] is False
    assert shown_email["recipient"]["emailAddress"] == ""
    assert shown_email["sendStatus"]["status"] == "Email_Failed_RecipientNotIdentified"


def failed(client, published):
    """Of each notification: its status, and medium, address and status of its messages."""
    shown = client.get(f"/correspondence/{published.pk}/details").json()["notifications"]
    return [
        (
            one["processingStatus"]["status"],
            [
                (message["recipient"][member], message["sendStatus"]["status"], message["succeeded"])
                for medium, member in (("emails", "emailAddress"), ("smses", "mobileNumber"))
                for message in one["notificationStatusDetails"][medium] or []
            ],
        )
        for one in shown
    ]


@pytest.mark.contract("notifications.md#4.1")
@pytest.mark.contract("notifications.md#11.8")
def test_x13_order_that_could_not_be_sent_is_shown_as_failed(sender, recipient):
    custom = {"customRecipients": [{"emailAddress": "anne@eksempel.example"}]}
    override = {"overrideRegisteredContactInformation": True}
    published = told(sender, {"notificationChannel": "Sms", "smsBody": "Hei"} | custom | override)

    assert failed(sender, published) == [
        ("Order_Completed", [("anne@eksempel.example", "Email_Failed", False)])
    ]
    assert failed(recipient, published) == [
        ("Order_Completed", [("a***@eksempel.example", "Email_Failed", False)])
    ]


@pytest.mark.contract("notifications.md#4.1")
@pytest.mark.parametrize(
    ("channel", "messages"),
    [
        ("Sms", [("", "SMS_Failed", False)]),
        ("SmsPreferred", [("", "SMS_Failed", False)]),
        ("EmailAndSms", [("", "Email_Failed", False), ("", "SMS_Failed", False)]),
    ],
)
def test_text_that_cannot_be_sent_is_shown_as_failed_for_its_media(sender, channel, messages):
    blank = {"notificationChannel": channel, "emailSubject": " ", "emailBody": " ", "smsBody": " "}

    assert failed(sender, told(sender, blank)) == [("Order_Completed", messages)]


def test_number_that_names_nobody_is_no_address(sender):
    custom = {"customRecipients": [{"organizationNumber": "12345678"}]}
    override = {"overrideRegisteredContactInformation": True}

    assert failed(sender, told(sender, GENERIC | custom | override)) == [
        ("Order_Completed", [("", "Email_Failed", False)])
    ]


def test_failure_is_left_out_until_the_letter_is_published(sender):
    blank = {"notificationChannel": "Sms", "smsBody": " "}
    waiting = send(sender, letter(correspondence={"notification": blank, "requestedPublishTime": in_days(1)}))

    assert failed(sender, waiting) == []


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
