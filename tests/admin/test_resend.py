"""Sending again in the admin: to another address, by force, and several from the list of orders."""

import pytest
from django.test import Client
from django.urls import reverse

from notifications.admin.resend_many import MOST_AT_ONCE
from notifications.models import Order
from notifications.services.delivery.deliver import deliver_due
from registry.models import AuditEntry
from registry.services.operators import ensure_supervisor
from tests.admin.conftest import NOTIFIED, PASSWORD, told
from tests.admin.test_letter_page import page_of, read, resend_of, reserved, told_in_words
from tests.support.letters import letter, send

ORDERS = reverse("admin:notifications_order_changelist")
OTHER = "ny.adresse@rask-falk.example"
WHY = "The mail server was down."


@pytest.fixture
def chief(db) -> Client:
    """A supervisor's browser."""
    client = Client()
    client.force_login(ensure_supervisor(username="supervisor", password=PASSWORD))
    return client


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def choose(client, orders, **answers):
    marked = {"action": "send_again", "_selected_action": [order.pk for order in orders]}
    return client.post(ORDERS, marked | answers, follow=True)


def send_again(client, orders, **answers):
    return choose(client, orders, confirmed="yes", reason=WHY, **answers)


def test_letter_is_told_of_at_another_address_and_its_page_says_where_who_and_why(sender, desk, mailbox):
    mailbox.replies["post@rask-falk.example"] = ["550 5.1.1 no such mailbox"]
    published = told(sender)

    desk.post(resend_of(published), {"reason": WHY, "address": OTHER})
    deliver_due(job_id=1)

    assert [mail["To"] for mail in mailbox.mails] == [OTHER]
    html = desk.get(page_of(published)).content.decode()
    assert f", to {OTHER}</p>" in html  # beside the notification
    assert f"operator · to {OTHER}</p>" in html  # in the timeline
    assert ("Notification sent again", "operator", WHY) in told_in_words(published)


def test_address_that_cannot_be_used_is_asked_for_again_beside_what_was_written(sender, desk):
    published = told(sender)

    again = desk.post(resend_of(published), {"reason": WHY, "address": "nobody"})

    assert again.context["form"].errors == {
        "address": ["“nobody” is no e-mail address and no mobile number with its country code (+47 …)."]
    }
    assert (WHY in again.content.decode(), Order.objects.count()) == (True, 1)


def test_operator_is_not_asked_whether_to_force(sender, desk):
    published = told(sender)

    form = desk.get(resend_of(published)).context["form"]
    done = desk.post(resend_of(published), {"reason": WHY, "forced": "on"}, follow=True)

    assert list(form.fields) == ["reason", "address"]
    assert said(done) == ["Queued: the notification leaves within seconds."]
    assert Order.objects.get(repeats__isnull=False).forced is False


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (read, "The letter has been read already."),
        (reserved, "The recipient has reserved against digital communication."),
    ],
)
def test_supervisor_sees_what_stands_in_the_way_and_may_force_it(sender, recipient, chief, make, why):
    letter_ = make(sender, recipient)

    offered = resend_of(letter_) in chief.get(page_of(letter_)).content.decode()
    question = chief.get(resend_of(letter_)).content.decode()
    plainly = chief.post(resend_of(letter_), {"reason": WHY}, follow=True)
    by_force = chief.post(resend_of(letter_), {"reason": WHY, "forced": "on"}, follow=True)

    assert (offered, f"{why} It is sent only when you force it." in question) == (True, True)
    assert said(plainly) == [f"Not sent again. {why}"]
    assert said(by_force) == ["Queued: the notification leaves within seconds."]
    assert letter_.orders.get(repeats__isnull=False).forced
    assert "supervisor · forced</p>" in chief.get(page_of(letter_)).content.decode()


def test_order_that_could_not_be_sent_is_offered_with_another_address(sender, desk, mailbox):
    custom = NOTIFIED["notification"] | {"customRecipients": [{"organizationNumber": "12345678"}]}
    published = told(sender, notification=custom | {"overrideRegisteredContactInformation": True})

    question = desk.get(resend_of(published)).content.decode()
    desk.post(resend_of(published), {"reason": WHY, "address": OTHER})
    deliver_due(job_id=1)

    assert "The custom recipient&#x27;s number is not valid. Another address may do." in question
    assert [mail["To"] for mail in mailbox.mails] == [OTHER]


def test_marked_orders_are_named_with_what_becomes_of_them_and_a_reason_is_asked_for(sender, recipient, desk):
    seen, unseen = read(sender, recipient), told(sender)
    orders = [seen.orders.get(), unseen.orders.get()]

    asked = choose(desk, orders)
    without_reason = choose(desk, orders, confirmed="yes")

    notes = {row.order: row.note for row in asked.context["rows"]}
    assert notes == {orders[0]: "Cannot be sent again. The letter has been read already.", orders[1]: ""}
    assert without_reason.context["form"].errors == {"reason": ["This field is required."]}
    assert Order.objects.count() == 2


def test_marked_orders_are_sent_again_and_the_list_says_which_not(sender, recipient, desk, operator, mailbox):
    seen, first, second = read(sender, recipient), told(sender), told(sender)
    orders = [one.orders.get() for one in (seen, first, second)]

    done = send_again(desk, orders)
    deliver_due(job_id=1)

    assert done.redirect_chain == [(ORDERS, 302)]
    assert said(done) == [
        "Queued: 2 notifications leave within seconds.",
        f"Not sent again: order {orders[0].pk}. The letter has been read already.",
    ]
    assert len(mailbox.mails) == 5
    assert set(AuditEntry.objects.values_list("operator", "reason")) == {(operator.pk, WHY)}


def test_supervisor_may_force_a_selection(sender, recipient, chief):
    order = read(sender, recipient).orders.get()

    asked = choose(chief, [order])
    done = send_again(chief, [order], forced="on")

    (row,) = asked.context["rows"]
    assert row.note == "The letter has been read already. It is sent only when you force it."
    assert said(done) == ["Queued: 1 notification leaves within seconds."]


def test_onlooker_is_offered_no_action_and_cannot_send(sender, onlooker):
    order = told(sender).orders.get()

    html = onlooker.get(ORDERS).content.decode()
    send_again(onlooker, [order])

    assert (str(order.pk) in html, "send_again" in html) == (True, False)
    assert Order.objects.count() == 1


def test_more_than_a_page_can_bear_is_left_to_the_command(sender, desk):
    order = Order.objects.get(correspondence=send(sender, letter(correspondence=NOTIFIED)))
    copies = range(MOST_AT_ONCE)
    fields = {"correspondence_id": order.correspondence_id, "party_urn": order.party_urn, "text": order.text}
    Order.objects.bulk_create(
        Order(**fields, party_key=f"org:{n}", created_at=order.created_at) for n in copies
    )

    done = choose(desk, Order.objects.all())

    assert said(done) == [
        "Send at most 100 orders again at once. For more there is “manage.py resend_notifications”."
    ]
