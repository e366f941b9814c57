"""The letter's page: its timeline, and what an operator can do from it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from correspondence.admin.letter_page import letter_page
from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence
from correspondence.services.confidential_reminders import remind_of_confidential
from notifications.enums import DeliveryState
from notifications.models import Delivery, Order
from notifications.services.delivery.deliver import deliver_due
from notifications.services.resend import resend_order
from registry.admin.base import moment
from registry.models import AuditEntry, Party, Reservation, User
from tests.admin.conftest import NOTIFIED, told
from tests.support.letters import letter, publish, send, send_and_publish
from tests.support.world import PERSON, UNREACHABLE


def page_of(letter_):
    return reverse("admin:correspondence_correspondence_change", args=[letter_.pk])


def resend_of(letter_):
    order = letter_.orders.get(repeats=None)
    return reverse("admin:correspondence_correspondence_resend", args=[letter_.pk, order.pk])


def facts_of(letter_):
    fresh = Correspondence.objects.get(pk=letter_.pk)
    return {name: value for name, value, _ in letter_page(fresh).facts}


def failed_letter(sender):
    """Accepted, and failed at publishing, since its recipient reserved in between."""
    accepted = send(sender, letter(recipients=[PERSON]))
    Reservation.objects.create(person=Party.objects.get(person_number=PERSON), reserved=True)
    return publish(accepted)


def told_in_words(letter_):
    fresh = Correspondence.objects.get(pk=letter_.pk)
    return [(entry.title, entry.who, entry.why) for entry in letter_page(fresh).timeline]


def test_timeline_tells_what_who_and_why_in_the_order_of_time(sender, recipient, operator, desk, mailbox):
    published = told(sender)
    desk.post(resend_of(published), {"reason": "She never got it."})
    deliver_due(job_id=1)
    recipient.get(f"/correspondence/{published.pk}")
    recipient.post(f"/correspondence/{published.pk}/markasread")

    owner, company = "DIGITALISERINGSDIREKTORATET (991825827)", "RASK FALK AS (310654302)"
    accepted = ("E-mail, attempt 1: accepted", mailbox.url, f"accepted by {mailbox.url}")
    assert told_in_words(published) == [
        ("Accepted", owner, ""),
        ("Ready for publishing", owner, ""),
        ("Notification ordered", "System", ""),
        ("Reminder ordered", "System", ""),
        ("Published", "System", ""),
        accepted,
        ("Notification sent again", "operator", "She never got it."),
        accepted,
        ("Looked at", company, ""),
        ("Read", company, ""),
        ("Reminder cancelled", "System", "The letter was read."),
    ]


def test_timeline_tells_of_follow_ups(sender, desk):
    published = told(sender, sendersReference="unreachable")
    failed = failed_letter(sender)

    (opened,) = [entry for entry in letter_page(failed).timeline if entry.title.startswith("Follow-up")]
    assert (opened.title, opened.tone) == ("Follow-up opened: failed publish", "warn")
    assert opened.why == "The recipient has reserved against digital communication."
    assert [entry for entry in letter_page(published).timeline if "Follow-up" in entry.title] == []


def test_letter_page_takes_as_many_queries_for_a_long_history(
    sender, recipient, desk, django_assert_num_queries
):
    published = told(sender)
    # session, user, 2 permissions; letter, message; events, fetches, orders, notifications, deliveries, attempts,
    # forwardings, follow-ups, audit; names; resource; attachments
    with django_assert_num_queries(18):
        desk.get(page_of(published))
    for reason in ("one", "two", "three"):
        desk.post(resend_of(published), {"reason": reason})
        deliver_due(job_id=1)
    recipient.get(f"/correspondence/{published.pk}")

    with django_assert_num_queries(18):
        desk.get(page_of(published))


def test_body_is_shown_as_text_and_never_as_markup(sender, desk):
    published = send_and_publish(
        sender, letter(content={"messageBody": "Hei {{recipientName}} 5 < 6 & **fet**"})
    )

    html = desk.get(page_of(published)).content.decode()

    assert "Hei Rask Falk As 5 &lt; 6 &amp; **fet**" in html


def test_personal_number_is_masked_on_the_page_and_in_the_list(sender, desk):
    published = send_and_publish(sender, letter(recipients=[PERSON]))

    pages = [page_of(published), reverse("admin:correspondence_correspondence_changelist")]
    texts = [re.sub(r'(href|value)="[^"]*"', "", desk.get(page).content.decode()) for page in pages]

    assert [PERSON in text for text in texts] == [False, False]
    assert ["048259*****" in text for text in texts] == [True, True]


def test_page_tells_where_the_dialog_is(sender, desk, settings):
    published = send_and_publish(sender)
    letters, told_before = Correspondence.objects.filter(pk=published.pk), facts_of(published)
    settings.DIALOG_SERVICE_URL = "https://dialogs.example.no"
    waiting = facts_of(published)
    letters.update(dialog_created_at=published.published_at)
    there = facts_of(published)
    letters.update(dialog_removed_at=published.published_at)

    states = [
        facts.get("In the dialog service") for facts in (told_before, waiting, there, facts_of(published))
    ]
    since = moment(published.published_at)
    assert states == [None, "Not yet", f"Since {since}", f"Removed {since}"]
    assert str(published.dialog_id) in desk.get(page_of(published)).content.decode()


def test_page_names_the_dialog_that_the_letter_is_a_transmission_of(sender, desk):
    host = send_and_publish(sender)
    reference = {"referenceType": "DialogportenDialogId", "referenceValue": str(host.dialog_id)}
    facts = facts_of(send_and_publish(sender, letter(correspondence={"externalReferences": [reference]})))

    assert (facts["Transmission of the dialog"], "Dialog" in facts) == (host.dialog_id, False)
    assert facts["Transmission"]


def test_unknown_letter_leads_back_to_the_list(desk):
    answer = desk.get(
        reverse("admin:correspondence_correspondence_change", args=["01900000-0000-7000-8000-000000000000"]),
        follow=True,
    )

    assert answer.redirect_chain == [(reverse("admin:correspondence_correspondence_changelist"), 302)]
    assert "There is no letter with that id." in answer.content.decode()


def test_resend_asks_first_and_changes_nothing(sender, desk):
    published = told(sender)

    answer = desk.get(resend_of(published))

    assert "What was tried before" in answer.content.decode()
    assert Order.objects.count() == 1


def test_resend_without_a_reason_is_asked_again(sender, desk):
    published = told(sender)

    answer = desk.post(resend_of(published), {"reason": "  "})

    assert answer.context["form"].errors == {"reason": ["This field is required."]}
    assert Order.objects.count() == 1


def test_resend_sends_again_and_leaves_an_audit_entry(sender, operator, desk, mailbox):
    published = told(sender)

    answer = desk.post(resend_of(published), {"reason": "She never got it."}, follow=True)
    deliver_due(job_id=1)

    assert answer.redirect_chain == [(page_of(published), 302)]
    assert len(mailbox.mails) == 2
    entry = AuditEntry.objects.get(action="notification.resend")
    assert (entry.operator, entry.reason) == (operator, "She never got it.")
    assert "She never got it." in desk.get(page_of(published)).content.decode()


def test_order_for_an_address_can_be_sent_again_too(sender, desk):
    custom = NOTIFIED["notification"] | {"customRecipients": [{"emailAddress": "a@b.example"}]}
    published = told(sender, notification=custom | {"overrideRegisteredContactInformation": True})
    order = published.orders.get(address="a@b.example")
    address = reverse("admin:correspondence_correspondence_resend", args=[published.pk, order.pk])

    assert address in desk.get(page_of(published)).content.decode()
    assert desk.get(address).status_code == 200


def test_refused_resend_says_why(sender, recipient, desk):
    published = told(sender)
    recipient.get(f"/correspondence/{published.pk}")
    recipient.post(f"/correspondence/{published.pk}/markasread")

    answer = desk.post(resend_of(published), {"reason": "once more"}, follow=True)

    assert "Not sent again. The letter has been read already." in answer.content.decode()
    assert Order.objects.count() == 1


def test_resend_page_shows_what_earlier_resends_tried(sender, desk, mailbox):
    published = told(sender)
    desk.post(resend_of(published), {"reason": "once"})
    deliver_due(job_id=1)

    attempts = desk.get(resend_of(published)).context["attempts"]

    assert [attempt.delivery.notification.order.repeats_id is None for attempt, _ in attempts] == [
        True,
        False,
    ]


def read(sender, recipient):
    letter_ = told(sender)
    recipient.get(f"/correspondence/{letter_.pk}")
    recipient.post(f"/correspondence/{letter_.pk}/markasread")
    return letter_


def purged(sender, recipient):
    letter_ = told(sender)
    recipient.delete(f"/correspondence/{letter_.pk}/purge")
    return letter_


def unpublished(sender, _):
    return send(sender, letter(correspondence=NOTIFIED))


def being_sent_again(sender, _):
    letter_ = told(sender)
    resend_order(order=letter_.orders.get(), operator=User.objects.get(), reason="x")
    return letter_


def reserved(sender, _):
    letter_ = send_and_publish(sender, letter(correspondence=NOTIFIED, recipients=[PERSON]))
    Reservation.objects.create(person=Party.objects.get(person_number=PERSON), reserved=True)
    return letter_


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (read, "The letter has been read already."),
        (purged, "The letter has been purged."),
        (unpublished, "The letter is not published, so there is nothing to tell yet."),
        (being_sent_again, "It is being sent again already."),
        (reserved, "The recipient has reserved against digital communication."),
    ],
)
def test_resend_is_offered_only_where_it_would_be_taken(sender, recipient, desk, make, why):
    letter_ = make(sender, recipient)

    html = desk.get(page_of(letter_)).content.decode()
    answer = desk.get(resend_of(letter_), follow=True)

    assert (resend_of(letter_) in html, f"Cannot be sent again. {why}" in html) == (False, True)
    assert [str(message) for message in answer.context["messages"]] == [f"Cannot be sent again. {why}"]


def states_of(letter_):
    fresh = Correspondence.objects.get(pk=letter_.pk)
    return [re.sub("<[^>]*>", "", one.state) for one in letter_page(fresh).orders[0].notifications]


def test_notification_is_completed_when_it_was_sent_and_not_when_it_bounced(sender, desk, mailbox):
    published = told(sender)
    assert states_of(published)[0] == "Completed"

    Delivery.objects.update(state=DeliveryState.EMAIL_FAILED_BOUNCED)

    html = desk.get(page_of(published)).content.decode()
    listed = desk.get(reverse("admin:notifications_notification_changelist")).content.decode()
    assert states_of(published)[0] == "Not delivered"
    assert "Completed" not in html
    assert 'pill-good">Completed' not in listed
    assert ['<span class="pill pill-bad">Not delivered</span>' in page for page in (html, listed)] == [
        True,
        True,
    ]


def test_notification_that_reached_one_of_two_addresses_says_so(sender, desk, mailbox):
    published = told(sender)
    sent = Delivery.objects.get()
    Delivery.objects.create(
        notification=sent.notification,
        channel=sent.channel,
        address="other@rask-falk.example",
        rule=sent.rule,
        state=DeliveryState.EMAIL_FAILED_BOUNCED,
        state_changed_at=sent.state_changed_at,
        created_at=sent.created_at,
        expires_at=sent.expires_at,
    )

    assert states_of(published)[0] == "Delivered in part"


def test_notification_without_anybody_to_tell_is_not_called_completed(sender, desk):
    published = send_and_publish(sender, letter(correspondence=NOTIFIED, recipients=[UNREACHABLE]))
    deliver_due(job_id=1)

    html = desk.get(page_of(published)).content.decode()

    assert states_of(published)[0] == "Not delivered"
    assert "Completed" not in html


def test_order_of_another_letter_is_not_found(sender, desk):
    mine, other = told(sender), told(sender)
    address = reverse("admin:correspondence_correspondence_resend", args=[mine.pk, other.orders.get().pk])

    assert desk.post(address, {"reason": "mixed up"}).status_code == 404
    assert Order.objects.count() == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_onlooker_cannot_resend(sender, onlooker, method):
    published = told(sender)

    answer = getattr(onlooker, method)(resend_of(published), {"reason": "because"})

    assert answer.status_code == 403
    assert Order.objects.count() == 1


def test_onlooker_sees_the_letter_without_buttons(sender, onlooker):
    html = onlooker.get(page_of(told(sender))).content.decode()

    assert "What happened" in html
    assert "Send again" not in html


@pytest.mark.parametrize("address", [page_of, resend_of])
def test_anonymous_is_sent_to_the_login(sender, client, address):
    target = address(told(sender))

    answer = client.post(target, {"reason": "because"})

    assert answer["Location"] == f"{reverse('admin:login')}?next={target}"


def test_failed_letter_is_published_after_all(sender, operator, desk):
    failed = failed_letter(sender)
    Reservation.objects.filter(person__person_number=PERSON).update(reserved=False)
    retry = reverse("admin:correspondence_correspondence_retry", args=[failed.pk])
    assert retry in desk.get(page_of(failed)).content.decode()

    desk.post(retry, {"reason": "He took it back."})

    assert publish(failed).status == CorrespondenceStatus.PUBLISHED
    assert ("Publishing tried again", "operator", "He took it back.") in told_in_words(failed)


def test_onlooker_cannot_have_it_published(sender, onlooker):
    failed = failed_letter(sender)

    answer = onlooker.post(
        reverse("admin:correspondence_correspondence_retry", args=[failed.pk]), {"reason": "because"}
    )

    assert (answer.status_code, publish(failed).status) == (403, CorrespondenceStatus.FAILED)


def test_page_tells_of_the_reminder_of_a_confidential_letter(sender, desk):
    asked = {"resourceId": "example-confidential", "isConfidential": True}
    published = send_and_publish(sender, letter(correspondence=asked))
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        remind_of_confidential(message_id=published.message_id)

    html = desk.get(page_of(published)).content.decode()

    assert "who had not opened a confidential letter" in html
    assert "Reminder of an unread confidential letter ordered" in html
    assert "Nobody has read this confidential letter since" in html
