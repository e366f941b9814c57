"""Sending again: to whom, where, who may, and what is left behind (design.md point 8, issue 5 point 7)."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from journal.models import FollowUp
from notifications.enums import AddressRule, NotificationChannel, NotificationState, OrderPurpose
from notifications.errors import AddressRefused, ResendRefused
from notifications.models import CapturedMessage, Delivery, Notification, Order
from notifications.services.delivery.deliver import deliver_due
from notifications.services.resend import resend_order, resend_orders
from registry.models import AuditEntry, Reservation, User
from registry.services.operators import ensure_operator, ensure_supervisor
from tests.notifications.conftest import ADDRESS, EMAIL, GENERIC, JOB, told
from tests.support.letters import letter, send_and_publish
from tests.support.parallel import at_once
from tests.support.world import COMPANY, PERSON, UNREACHABLE

OTHER = "ny.adresse@rask-falk.example"
SMS = {"notificationChannel": "Sms", "smsBody": "Brev til $recipientName$"}
WHY = "He called: nothing has come."


@pytest.fixture
def operator(db):
    return ensure_operator(username="operator", password="only-for-tests")


@pytest.fixture
def supervisor(db):
    return ensure_supervisor(username="supervisor", password="only-for-tests")


def addressees(mailbox):
    return [mail["To"] for mail in mailbox.mails]


def open_kinds():
    return list(FollowUp.objects.open().values_list("kind", flat=True))


def read(recipient, published):
    assert recipient.get(f"/correspondence/{published.pk}/content").status_code == 200


def to_a_reserved_person(sender, world):
    """Who has reserved after the letter was published."""
    published = send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=[PERSON]))
    deliver_due(job_id=JOB)
    Reservation.objects.create(person=world.person, reserved=True)
    return published.orders.get()


# To another address


def test_corrected_mail_address_gets_the_party_s_words(sender, mailbox, operator):
    mailbox.replies[ADDRESS] = ["550 5.1.1 no such mailbox"]
    told(sender)
    failed = open_kinds()

    again = resend_order(order=Order.objects.get(), operator=operator, reason=WHY, address=f" {OTHER} ")
    deliver_due(job_id=JOB)

    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == (OTHER, "Brev til RASK FALK AS")
    assert mail.get_content().strip() == f"Hei RASK FALK AS ({COMPANY})"
    delivery = Delivery.objects.get(notification__order=again)
    assert (delivery.address, delivery.rule, delivery.state) == (
        OTHER,
        AddressRule.CORRECTED,
        "Email_Succeeded",
    )
    assert (failed, open_kinds()) == (["failed-delivery"], [])


def test_corrected_number_gets_an_sms_whatever_the_channel_was(sender, mailbox, operator, settings):
    settings.SMS_SEND_WINDOW = "always"
    told(sender, GENERIC | {"notificationChannel": "Email"})

    again = resend_order(order=Order.objects.get(), operator=operator, reason=WHY, address="0047 999 99 999")
    deliver_due(job_id=JOB)

    message = CapturedMessage.objects.get()
    assert (message.recipient, "RASK FALK AS" in message.content) == ("+4799999999", True)
    assert again.notifications.get().channel == NotificationChannel.SMS
    assert addressees(mailbox) == [ADDRESS]


def test_somebody_without_any_address_is_reached_at_the_one_given(sender, mailbox, operator):
    told(sender, recipients=[UNREACHABLE])
    missed = open_kinds()

    resend_order(order=Order.objects.get(), operator=operator, reason=WHY, address=OTHER)
    deliver_due(job_id=JOB)

    assert (missed, addressees(mailbox), open_kinds()) == (["missing-contact"], [OTHER], [])


def test_order_that_could_not_be_sent_at_all_can_be_sent_to_another_address(sender, mailbox, operator):
    custom = {"customRecipients": [{"organizationNumber": "12345678"}]}
    told(sender, EMAIL | custom | {"overrideRegisteredContactInformation": True})
    order = Order.objects.get()
    with pytest.raises(ResendRefused, match="nothing that could be sent"):
        resend_order(order=order, operator=operator, reason=WHY)

    resend_order(order=order, operator=operator, reason=WHY, address=OTHER)
    deliver_due(job_id=JOB)

    assert (addressees(mailbox), open_kinds()) == ([OTHER], [])


def test_address_that_the_sender_gave_can_be_corrected_and_counts_as_given_otherwise(
    sender, mailbox, operator
):
    custom = {"customRecipients": [{"emailAddress": "feil@b.example"}]}
    plain = {"emailSubject": "Brev", "emailBody": "Hei", "notificationChannel": "Email"}
    told(sender, plain | custom | {"overrideRegisteredContactInformation": True})
    order = Order.objects.get()

    same = resend_order(order=order, operator=operator, reason="Once more")
    deliver_due(job_id=JOB)
    other = resend_order(order=same, operator=operator, reason="Corrected", address=OTHER)
    deliver_due(job_id=JOB)

    assert addressees(mailbox) == ["feil@b.example", "feil@b.example", OTHER]
    rules = Delivery.objects.filter(notification__order__in=[same, other]).order_by("pk")
    assert list(rules.values_list("rule", flat=True)) == [AddressRule.GIVEN, AddressRule.CORRECTED]
    assert other.repeats == order


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("post@", "no e-mail address"),
        ("a@b.example;c@d.example", "no e-mail address"),
        ("99999999", "country code"),
        ("+47123", "country code"),
        ("+4722222222", "land line"),
        ("+4799999999", "There is no text for SMS"),
    ],
)
def test_address_that_cannot_be_used_is_refused(sender, operator, address, why):
    told(sender)

    with pytest.raises(AddressRefused, match=why):
        resend_order(order=Order.objects.get(), operator=operator, reason=WHY, address=address)

    assert (Order.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_nothing_is_mailed_where_only_an_sms_was_written(sender, operator):
    told(sender, SMS)

    with pytest.raises(AddressRefused, match="There is no text for e-mail"):
        resend_order(order=Order.objects.get(), operator=operator, reason=WHY, address=OTHER)


def test_nothing_is_sent_to_a_number_that_is_too_long_for_an_sms(sender, operator):
    both = EMAIL | {"smsBody": "č" * 2144}
    told(sender, both)

    with pytest.raises(AddressRefused, match="32 segments"):
        resend_order(order=Order.objects.get(), operator=operator, reason=WHY, address="+4799999997")


def test_forwarded_letter_goes_nowhere_that_its_recipient_did_not_choose(sender, supervisor):
    told(sender)
    order = Order.objects.get()
    Order.objects.update(purpose=OrderPurpose.FORWARD)

    with pytest.raises(AddressRefused, match="its recipient's choice"):
        resend_order(order=order, operator=supervisor, reason=WHY, address=OTHER, forced=True)


def test_forwarded_letter_is_never_left_to_the_platform_which_encloses_no_files(sender, supervisor, settings):
    told(sender)
    Order.objects.update(purpose=OrderPurpose.FORWARD)
    settings.NOTIFICATION_PLATFORM_URL = "http://127.0.0.1:9"

    again = resend_order(order=Order.objects.get(), operator=supervisor, reason=WHY)

    assert (again.by_platform, again.place_at) == (False, None)


# To whom not


def test_reserved_person_is_told_only_when_a_supervisor_forces_it(
    sender, world, mailbox, operator, supervisor
):
    order = to_a_reserved_person(sender, world)
    for address in ("", OTHER):
        with pytest.raises(ResendRefused, match="reserved"):
            resend_order(order=order, operator=operator, reason=WHY, address=address)
    with pytest.raises(ResendRefused, match="Only a supervisor"):
        resend_order(order=order, operator=operator, reason=WHY, forced=True)

    again = resend_order(order=order, operator=supervisor, reason="A court asks.", forced=True)
    deliver_due(job_id=JOB)

    assert (len(mailbox.mails), again.forced, again.ignore_reservation) == (2, True, True)
    entry = AuditEntry.objects.get()
    assert (entry.operator, entry.reason, entry.after["forced"]) == (supervisor, "A court asks.", True)


def test_who_reserves_before_it_leaves_is_not_told_at_another_address_either(
    sender, world, mailbox, operator
):
    published = send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=[PERSON]))
    resend_order(order=published.orders.get(), operator=operator, reason=WHY, address=OTHER)
    Reservation.objects.create(person=world.person, reserved=True)

    deliver_due(job_id=JOB)

    assert OTHER not in addressees(mailbox)
    delivery = Delivery.objects.get(notification__order__repeats__isnull=False)
    assert (delivery.address, delivery.state) == ("", "Email_Failed_RecipientReserved")


def test_reader_is_told_only_when_a_supervisor_forces_it(sender, recipient, mailbox, operator, supervisor):
    published = told(sender)
    read(recipient, published)
    order = Order.objects.get()
    with pytest.raises(ResendRefused, match="read already"):
        resend_order(order=order, operator=supervisor, reason=WHY)

    resend_order(order=order, operator=supervisor, reason=WHY, forced=True)
    deliver_due(job_id=JOB)

    assert len(mailbox.mails) == 2


@pytest.mark.parametrize("is_prepared", [False, True])
def test_who_reads_before_it_leaves_is_not_told_again(sender, recipient, operator, settings, is_prepared):
    settings.SMS_SEND_WINDOW = "00:00-00:01" if timezone.now().hour > 12 else "23:00-23:01"  # not now
    published = told(sender, SMS)
    again = resend_order(order=Order.objects.get(), operator=operator, reason=WHY)
    if is_prepared:
        deliver_due(job_id=JOB)

    read(recipient, published)
    settings.SMS_SEND_WINDOW = "always"
    Delivery.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=timezone.now())
    deliver_due(job_id=JOB)

    assert CapturedMessage.objects.filter(delivery__notification__order=again).count() == 0
    assert CapturedMessage.objects.count() == 1  # the first one is no reminder
    ended = again.notifications.get()
    assert (ended.state, ended.reason) == ("Order_Cancelled", "The letter was read.")
    again.refresh_from_db()
    assert again.finished_at


def test_forced_repetition_is_not_cancelled_by_reading(sender, recipient, mailbox, supervisor):
    published = told(sender)
    again = resend_order(order=Order.objects.get(), operator=supervisor, reason=WHY, forced=True)

    read(recipient, published)
    deliver_due(job_id=JOB)

    assert (len(mailbox.mails), again.notifications.get().state) == (2, NotificationState.COMPLETED)


def test_purged_letter_is_told_of_to_nobody_by_force_either(sender, recipient, supervisor):
    published = told(sender)
    recipient.delete(f"/correspondence/{published.pk}/purge")

    with pytest.raises(ResendRefused, match="purged"):
        resend_order(order=Order.objects.get(), operator=supervisor, reason=WHY, forced=True)


def test_database_keeps_force_to_repetitions(sender):
    told(sender)

    with pytest.raises(IntegrityError, match="order_only_a_resend_is_forced"):
        Order.objects.update(forced=True)


# Once


def test_two_operators_who_press_at_once_send_once(committed, sender, mailbox):
    told(sender)
    order = Order.objects.get()
    operators = [User.objects.create_user(name) for name in ("kari", "ola")]

    def press(operator):
        try:
            return resend_order(order=order, operator=operator, reason=WHY)
        except ResendRefused as refused:
            return str(refused)

    outcomes = at_once(*(lambda operator=operator: press(operator) for operator in operators))
    deliver_due(job_id=JOB)

    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == [
        "It is being sent again already."
    ]
    assert (Order.objects.count(), len(mailbox.mails), AuditEntry.objects.count()) == (2, 2, 1)


def test_whole_selection_is_sent_once_by_two_who_press_at_once(committed, sender, mailbox):
    ids = [told(sender).orders.get().pk for _ in range(5)]
    operators = [User.objects.create_user(name) for name in ("kari", "ola")]

    def press(operator):
        return resend_orders(order_ids=ids, operator=operator, reason=WHY)

    outcomes = at_once(*(lambda operator=operator: press(operator) for operator in operators))

    assert sorted(one.repeats_id for outcome in outcomes for one in outcome.repeated) == ids
    assert {why for outcome in outcomes for why in outcome.refused.values()} == {
        "It is being sent again already."
    }


# A selection


def test_selection_tells_of_each_what_was_done_or_why_not(sender, recipient, mailbox, operator):
    first, seen = told(sender), told(sender)
    read(recipient, seen)
    broken = send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    Notification.objects.filter(order__correspondence=broken).delete()
    orders = {name: one.orders.get() for name, one in [("first", first), ("seen", seen), ("broken", broken)]}
    earlier = resend_order(order=orders["first"], operator=operator, reason="Before")
    deliver_due(job_id=JOB)

    named = [orders["broken"].pk, orders["seen"].pk, orders["first"].pk, earlier.pk]
    outcome = resend_orders(order_ids=named, operator=operator, reason=WHY)
    deliver_due(job_id=JOB)

    assert [one.repeats for one in outcome.repeated] == [orders["first"]]
    assert outcome.refused == {
        orders["seen"].pk: "The letter has been read already.",
        orders["broken"].pk: "Our own error: ValueError.",
    }
    assert len(mailbox.mails) == 4


def test_selection_is_refused_as_a_whole_without_a_reason_or_the_right_to_force(sender, operator):
    told(sender)
    ids = [Order.objects.get().pk]

    with pytest.raises(ResendRefused, match="reason"):
        resend_orders(order_ids=ids, operator=operator, reason=" ")
    with pytest.raises(ResendRefused, match="supervisor"):
        resend_orders(order_ids=ids, operator=operator, reason=WHY, forced=True)
    assert Order.objects.count() == 1


@pytest.mark.parametrize("letters", [1, 3])
def test_selection_asks_once_for_all_and_little_for_each(
    sender, operator, letters, django_assert_num_queries
):
    ids = [told(sender).orders.get().pk for _ in range(letters)]

    # orders, notifications, (no persons, so no reservations); for each: savepoint, lock, order, notification,
    # audit, job, release
    with django_assert_num_queries(2 + 7 * letters):
        resend_orders(order_ids=ids, operator=operator, reason=WHY)
