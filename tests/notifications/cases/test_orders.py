"""Upstream's own tests of building orders, row by row (notifications.md 11.2).

A person's letter goes to our own example instead of upstream's. O04 and O05 stand in ../platform/test_placing.py,
O06 and O07 in ../test_rules_and_orders.py. That the register is not asked (O15 to O18) is no matter here: ours is asked
once for all parties of a request, whatever it says of them.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.models import Notification, Order
from notifications.services.delivery.deliver import deliver_due
from notifications.services.platform.order_bodies import order_body
from notifications.services.resend import resend_order
from registry.enums import Action, SubjectKind
from registry.models import AccessGrant, ContactPoint, User
from tests.notifications.conftest import ADDRESS, JOB, told
from tests.support.letters import in_days, letter, publish, send
from tests.support.world import PERSON, SUB_UNIT

GENERIC = {"notificationTemplate": "GenericAltinnMessage", "notificationChannel": "EmailPreferred"}
REMINDED = GENERIC | {"sendReminder": True, "reminderNotificationChannel": "SmsPreferred"}
OWN = "org:310654302"
OFFICIAL_MOBILE, USERS_MOBILE, OTHER_MOBILE = "+4799999999", "+4799999997", "+4799999996"
USERS_EMAIL, OTHER_EMAIL = "kari@rask-falk.example", "anne@eksempel.example"
BOTH, MAIN, REMINDER = [False, True], [False], [True]


def by_channels(main, reminder=None):
    again = {"sendReminder": True, "reminderNotificationChannel": reminder} if reminder else {}
    return GENERIC | {"notificationChannel": main} | again


def email(address):
    return {"emailAddress": address}


def mobile(number):
    return {"mobileNumber": number}


def ordered(sender, notification, *custom, correspondence=None, **top):
    """Whether each is a reminder of the notifications that each party is sent, by the party's key."""
    asked = notification | ({"customRecipients": list(custom)} if custom else {})
    send(sender, letter(correspondence={"notification": asked} | (correspondence or {}), **top))
    found = {}
    rows = Notification.objects.order_by("order_id", "is_reminder")
    for key, is_reminder in rows.values_list("order__party_key", "is_reminder"):
        found.setdefault(key, []).append(is_reminder)
    return found


def body_of(order):
    parts = list(order.notifications.order_by("is_reminder"))
    return order_body(order, parts, at=timezone.now())


@pytest.mark.contract("notifications.md#11.2")
def test_row_of_an_order(sender):
    """O01"""
    letter_ = send(
        sender,
        letter(
            correspondence={"notification": REMINDED, "requestedPublishTime": in_days(1)}, recipients=[PERSON]
        ),
    )

    main = Notification.objects.get(is_reminder=False)
    assert (main.channel, main.send_at) == (2, letter_.requested_publish_time)
    text = main.order.text
    assert text.template == "GenericAltinnMessage"
    assert all([text.email_subject, text.email_body, text.sms_body, text.reminder_sms_body])


@pytest.mark.contract("notifications.md#11.2")
def test_one_person_twice_is_one_order(sender):
    """O02"""
    person = {"nationalIdentityNumber": PERSON}
    overriding = REMINDED | {"overrideRegisteredContactInformation": True}

    assert ordered(sender, overriding, person, person) == {f"nin:{PERSON}": BOTH}


@pytest.mark.contract("notifications.md#11.2")
def test_publish_time_that_has_passed_is_now(sender, settings):
    """O03"""
    settings.IS_PRODUCTION = True
    passed = (timezone.now() - timedelta(minutes=10)).isoformat()
    ordered(sender, REMINDED, correspondence={"requestedPublishTime": passed})

    main = Notification.objects.get(is_reminder=False)
    assert abs(main.send_at - timezone.now()) < timedelta(seconds=20)


@pytest.mark.contract("notifications.md#11.2")
@pytest.mark.parametrize("ignores", [True, False, None])
def test_permission_to_ignore_a_reservation_is_handed_on(sender, ignores):
    """O08"""
    ordered(sender, GENERIC, correspondence={"ignoreReservation": ignores}, recipients=[PERSON])

    order = Order.objects.get()
    told_of = body_of(order)["recipient"]["recipientPerson"]
    assert (order.ignore_reservation, told_of.get("ignoreReservation")) == (ignores, ignores)
    assert ("ignoreReservation" in told_of) == (ignores is not None)


@pytest.mark.contract("notifications.md#11.2")
@pytest.mark.parametrize(
    "urn",
    [
        "urn:altinn:person:idporten-email:kari@eksempel.example",
        "urn:altinn:person:legacy-selfidentified:kari",
    ],
)
def test_self_identified_users_are_external_identities(sender, urn):
    """O09"""
    assert list(ordered(sender, GENERIC, recipients=[urn])) == [f"ext:{urn}"]

    ((kind, party),) = body_of(Order.objects.get())["recipient"].items()
    assert (kind, party["externalIdentity"]) == ("recipientExternalIdentity", urn)
    assert party["resourceId"] == "urn:altinn:resource:example-letters"


@pytest.mark.contract("notifications.md#11.2")
def test_order_that_exists_is_not_made_again(sender):
    """O10: made with the letter, orders cannot be there before it; the database holds it all the same."""
    ordered(sender, GENERIC)
    again = Order.objects.get()
    again.pk, again._state.adding = None, True

    with pytest.raises(IntegrityError, match="order_one_per_party"), transaction.atomic():
        again.save()


@pytest.fixture
def users_address(world):
    """What Kari registered for the company; she may read its letters."""
    ContactPoint.objects.create(
        party=world.company, user=world.person, email=USERS_EMAIL, mobile=USERS_MOBILE.removeprefix("+47")
    )
    AccessGrant.objects.create(
        resource=world.letters,
        action=Action.READ,
        subject_kind=SubjectKind.ROLE,
        subject="daglig-leder",
    )


@pytest.fixture
def official_email_only(world):
    world.company.contact_points.filter(user=None).update(mobile="")


ALL_THREE = [mobile(USERS_MOBILE), mobile(OTHER_MOBILE), email(USERS_EMAIL)]


@pytest.mark.contract("notifications.md#11.2")
def test_what_each_of_the_users_addresses_is_sent(sender, users_address, official_email_only):
    """O12"""
    found = ordered(sender, REMINDED, *ALL_THREE)

    assert found == {
        OWN: BOTH,
        f"sms:{USERS_MOBILE}": MAIN,
        f"sms:{OTHER_MOBILE}": BOTH,
        f"email:{USERS_EMAIL}": REMINDER,
    }
    alone = Order.objects.get(party_key=f"email:{USERS_EMAIL}")
    main = Notification.objects.get(order__party_key=OWN, is_reminder=False)
    assert alone.notifications.get().send_at - main.send_at == timedelta(days=1)
    assert body_of(alone)["reminders"] is None


@pytest.mark.contract("notifications.md#11.2")
def test_address_of_a_user_who_may_not_read_is_none_of_the_organisations(
    sender, users_address, official_email_only
):
    """O13"""
    AccessGrant.objects.filter(subject="daglig-leder").delete()

    assert ordered(sender, REMINDED, mobile(USERS_MOBILE)) == {OWN: BOTH, f"sms:{USERS_MOBILE}": BOTH}


OVERRIDE = {"overrideRegisteredContactInformation": True}
DUPLICATES = {
    "O11": (GENERIC, [email(ADDRESS.upper()), email(OTHER_EMAIL)], {OWN: MAIN, f"email:{OTHER_EMAIL}": MAIN}),
    "O14": (
        GENERIC,
        [email(OTHER_EMAIL), mobile(OTHER_MOBILE)],
        {OWN: MAIN, f"email:{OTHER_EMAIL}": MAIN, f"sms:{OTHER_MOBILE}": MAIN},
    ),
    "O15": (GENERIC | OVERRIDE, [email(ADDRESS)], {f"email:{ADDRESS}": MAIN}),
    "O17": (by_channels("Email"), [mobile(OFFICIAL_MOBILE)], {OWN: MAIN, f"sms:{OFFICIAL_MOBILE}": MAIN}),
    "O18": (by_channels("Sms"), [email(ADDRESS)], {OWN: MAIN, f"email:{ADDRESS}": MAIN}),
    "O19": (
        by_channels("Email", "SmsPreferred"),
        [mobile(OFFICIAL_MOBILE)],
        {OWN: BOTH, f"sms:{OFFICIAL_MOBILE}": MAIN},
    ),
    "O21": (
        by_channels("SmsPreferred", "Email"),
        [mobile(OFFICIAL_MOBILE)],
        {OWN: BOTH, f"sms:{OFFICIAL_MOBILE}": REMINDER},
    ),
    "both kinds": (by_channels("EmailAndSms"), [email(ADDRESS), mobile("0047 999 99 999")], {OWN: MAIN}),
}


@pytest.mark.contract("notifications.md#11.2")
@pytest.mark.parametrize(("notification", "custom", "expected"), DUPLICATES.values(), ids=DUPLICATES)
def test_addresses_that_the_organisations_order_reaches(sender, notification, custom, expected):
    assert ordered(sender, notification, *custom) == expected


@pytest.mark.contract("notifications.md#11.2")
def test_persons_own_address_counts_as_another(sender):
    """O16: of persons the addresses are not compared, as upstream."""
    found = ordered(sender, GENERIC, email("kari@eksempel.example"), recipients=[PERSON])

    assert found == {f"nin:{PERSON}": MAIN, "email:kari@eksempel.example": MAIN}


@pytest.mark.contract("notifications.md#11.2")
def test_organisation_with_a_mobile_only(sender, world):
    """O20"""
    world.company.contact_points.update(email="")

    assert ordered(sender, by_channels("SmsPreferred"), mobile(OFFICIAL_MOBILE)) == {OWN: MAIN}


@pytest.mark.contract("notifications.md#11.2")
@pytest.mark.parametrize("channels", [("Email", "Sms"), ("EmailAndSms", None)])
def test_order_that_may_not_arrive_as_a_whole_takes_nobodys_place(sender, official_email_only, channels):
    """O22"""
    phases = BOTH if channels[1] else MAIN

    assert ordered(sender, by_channels(*channels), email(ADDRESS)) == {
        OWN: phases,
        f"email:{ADDRESS}": phases,
    }


def test_organisation_gets_one_mail_and_the_reminder_alone_is_sent_again_by_hand(
    sender, mailbox, admin_client
):
    custom = {"customRecipients": [mobile(OFFICIAL_MOBILE), email(ADDRESS)]}

    published = told(sender, by_channels("EmailAndSms", "Email") | custom)
    alone = Order.objects.get(party_key=f"sms:{OFFICIAL_MOBILE}")
    for page in (f"notifications/order/{alone.pk}", f"correspondence/correspondence/{published.pk}"):
        assert admin_client.get(f"/admin/{page}/change/").status_code == 200
    resend_order(order=alone, operator=User.objects.create_user("kari"), reason="Asked for")
    deliver_due(job_id=JOB)

    assert [mail["To"] for mail in mailbox.mails] == [ADDRESS]
    assert list(alone.notifications.values_list("is_reminder", "state")) == [(True, "Order_Registered")]
    assert alone.repetitions.get().notifications.get().deliveries.get().address == OFFICIAL_MOBILE


def test_who_has_a_role_in_the_main_unit_reads_for_its_sub_unit(sender, users_address, world, mailbox):
    world.company.contact_points.filter(user=world.person).update(party=world.sub_unit)

    told(sender, GENERIC, recipients=[f"0192:{SUB_UNIT}"])

    assert [mail["To"] for mail in mailbox.mails] == [USERS_EMAIL]


def test_address_of_a_user_who_may_not_read_any_more_is_not_written_to(sender, users_address, world, mailbox):
    waiting = send(sender, letter(correspondence={"notification": GENERIC}))
    told(sender, GENERIC)
    assert sorted(mail["To"] for mail in mailbox.mails) == [USERS_EMAIL, ADDRESS]
    AccessGrant.objects.filter(subject="daglig-leder").delete()

    publish(waiting)
    deliver_due(job_id=JOB)

    assert [mail["To"] for mail in mailbox.mails[2:]] == [ADDRESS]
