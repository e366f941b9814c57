"""What happens to a message while others read, purge, die or send beside it (design.md points 7 and 17)."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.models import Correspondence
from journal.models import FollowUp, OutboundEvent
from notifications.enums import AttemptOutcome, Channel, DeliveryState
from notifications.models import Attempt, Delivery, Notification, Order
from notifications.services.delivery import deliver
from notifications.services.delivery.attempts import Outcome, close_and_open
from notifications.services.delivery.claims import claim_due, take_back_dead_claims
from notifications.services.delivery.deliver import deliver_due
from notifications.services.delivery.prepare import prepare_due
from tests.notifications.conftest import ADDRESS, EMAIL, JOB, REMINDED, told
from tests.support.clients import Client
from tests.support.letters import letter, publish, send, send_and_publish
from tests.support.world import COMPANY, PERSON

BOTH = [f"0192:{COMPANY}", PERSON]
SMS = {"notificationChannel": "Sms", "smsBody": "Nytt brev"}


def prepared(sender, notification=EMAIL, **top):
    """A published letter whose deliveries are made and not sent."""
    published = send_and_publish(sender, letter(correspondence={"notification": notification}, **top))
    prepare_due()
    return published


def opened(delivery, job_id=JOB):
    return Attempt(delivery=delivery, number=1, provider="test", opened_at=timezone.now())


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_letter_that_is_purged_while_the_chunk_is_sent_is_not_told_about(committed, sender, mailbox):
    first = send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=BOTH))
    second = Correspondence.objects.get(message=first.message_id, recipient_urn__endswith=PERSON)
    kari = Client.person(PERSON, "altinn:correspondence.read")
    mailbox.before_taking = lambda: kari.delete(f"/correspondence/{second.pk}/purge")

    deliver_due(job_id=JOB)

    assert [mail["To"] for mail in mailbox.mails] == [ADDRESS]
    delivery = Delivery.objects.get(notification__order__correspondence=second)
    assert (delivery.state, delivery.notification.state) == ("Email_Failed", "Order_Cancelled")
    assert delivery.claimed_by is None


def test_reminder_that_is_claimed_is_not_sent_once_the_letter_is_read(sender, mailbox):
    published = told(sender, REMINDED)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        prepare_due()
        claim_due(channel=Channel.EMAIL, job_id=JOB)
        Correspondence.objects.filter(pk=published.pk).update(read_at=timezone.now())
        reminder = Delivery.objects.get(notification__is_reminder=True)

        sent = close_and_open(None, opened(reminder), job_id=JOB)

    reminder.refresh_from_db()
    assert (sent, reminder.state, reminder.attempts.count()) == (False, "Email_Failed", 0)
    assert reminder.notification.state == "Order_SendConditionNotMet"


def test_message_that_another_job_has_claimed_is_left_to_it(sender, mailbox):
    prepared(sender)
    claim_due(channel=Channel.EMAIL, job_id=2)
    delivery = Delivery.objects.get()

    sent = close_and_open(None, opened(delivery), job_id=JOB)

    delivery.refresh_from_db()
    assert (sent, delivery.state, delivery.claimed_by) == (False, "Email_New", 2)


def test_run_that_was_given_up_for_dead_does_not_overwrite_what_happened_since(sender, mailbox):
    prepared(sender)
    claim_due(channel=Channel.EMAIL, job_id=JOB)
    attempt = opened(Delivery.objects.get())
    close_and_open(None, attempt, job_id=JOB)
    take_back_dead_claims(job_id=JOB)

    late = Outcome(
        attempt=attempt,
        outcome=AttemptOutcome.ACCEPTED,
        answer="250",
        provider="test",
        state=DeliveryState.EMAIL_SUCCEEDED,
    )
    close_and_open(late, None, job_id=JOB)

    assert Attempt.objects.get().outcome == "interrupted"
    assert Delivery.objects.get().state == "Email_New"


def test_what_a_job_sent_before_it_died_is_reported_by_the_next(sender, mailbox):
    published = told(sender)
    order = Order.objects.get()
    FollowUp.objects.create(kind="failed-delivery", cause=str(order.pk), correspondence=published)
    OutboundEvent.objects.filter(type="correspondencenotificationdelivered").delete()
    Notification.objects.update(state="Order_Processed")
    Order.objects.update(finished_at=None)
    Delivery.objects.update(claimed_by=999)

    deliver_due(job_id=JOB)

    assert OutboundEvent.objects.filter(type="correspondencenotificationdelivered").count() == 1
    assert Notification.objects.get().state == "Order_Completed"
    assert Order.objects.get().finished_at is not None
    assert (Delivery.objects.get().claimed_by, FollowUp.objects.open().count()) == (None, 0)
    assert len(mailbox.mails) == 1


def test_job_that_runs_keeps_its_claims(sender, mailbox):
    prepared(sender)
    (running,) = sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
        " VALUES ('default', 'notifications.deliver_due', 'doing') RETURNING id"
    )
    Delivery.objects.update(claimed_by=running)

    deliver_due(job_id=JOB)

    assert mailbox.mails == []


def test_message_that_breaks_our_own_code_is_tried_again_and_does_not_end_the_job(sender, mailbox, settings):
    settings.EMAIL_FROM = "Brev\r\n <brev@correspondence.example>"

    told(sender)

    assert list(Attempt.objects.values_list("outcome", "answer")) == [
        ("temporary", "Our own error: ValueError")
    ]
    assert Delivery.objects.get().state == "Email_New"


def test_server_that_is_busy_gets_nothing_more_for_a_minute(sender, mailbox):
    mailbox.replies[ADDRESS] = ["451 4.7.0 too many mails"]

    told(sender, recipients=BOTH)
    waits = Delivery.objects.values_list("next_attempt_at", flat=True)

    assert mailbox.mails == []
    assert all(wait > timezone.now() + timedelta(seconds=40) for wait in waits)
    assert Attempt.objects.count() == 1


def test_sms_that_is_due_after_hours_waits_for_the_morning(sender, settings):
    settings.SMS_SEND_WINDOW = "09:00-17:00"
    waiting = send(sender, letter(correspondence={"notification": SMS}))
    with time_machine.travel(datetime(2099, 6, 8, 12, tzinfo=UTC), tick=False) as clock:
        publish(waiting)
        prepare_due()
        clock.move_to(datetime(2099, 6, 8, 15, tzinfo=UTC))
        deliver_due(job_id=JOB)
        evening = Attempt.objects.count()
        clock.move_to(datetime(2099, 6, 9, 7, tzinfo=UTC))
        deliver_due(job_id=JOB)

    assert (evening, Delivery.objects.get().state) == (0, "SMS_Accepted")


def test_job_whose_time_is_over_queues_the_next(sender, mailbox, monkeypatch):
    monkeypatch.setattr(deliver, "RUN_SECONDS", -1)
    send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    sql("DELETE FROM procrastinate_jobs")

    deliver_due(job_id=JOB)

    assert (mailbox.mails, Delivery.objects.get().claimed_by) == ([], None)
    assert list(ProcrastinateJob.objects.values_list("task_name", flat=True)) == ["notifications.deliver_due"]
