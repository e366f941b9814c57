"""What reports change (notifications.md 9.2 to 9.4, 11.4, 11.8)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from correspondence.models import Forwarding
from journal.models import FollowUp, OutboundEvent
from notifications.errors import ResendRefused
from notifications.models import Attempt, Delivery, DeliveryReport, Notification, Order, ReceivedReport
from notifications.services.delivery.deliver import deliver_due
from notifications.services.reports.apply import work_on_report
from notifications.services.resend import resend_order
from registry.models import User
from tests.correspondence.forwarding.conftest import deliver, forward, received
from tests.notifications.conftest import ADDRESS, EMAIL, JOB, REMINDED, told
from tests.notifications.reports.conftest import BASIC, SMS, post, report_email, report_sms, signed
from tests.support.jobs import run_due_jobs
from tests.support.letters import statuses

pytestmark = pytest.mark.usefixtures("reporting")
BOTH = EMAIL | SMS | {"notificationChannel": "EmailAndSms"}


def events():
    names = OutboundEvent.objects.filter(type__contains="notification").values_list("type", flat=True)
    return sorted(name.removeprefix("correspondencenotification") for name in names if "created" not in name)


def shown(sender, letter):
    (details,) = sender.get(f"/correspondence/{letter.pk}/details").json()["notifications"]
    email = details["notificationStatusDetails"]["email"]
    return details["processingStatus"]["status"], email["sendStatus"]["status"], email["succeeded"]


@pytest.mark.contract("notifications.md#9.4")
def test_completion_waits_for_the_report(sender, mailbox):
    letter = told(sender)
    before = (shown(sender, letter), events())

    report_email(Delivery.objects.get(), event="delivered")

    assert before == (("Order_Processed", "Email_Succeeded", True), [])
    assert shown(sender, letter) == ("Order_Completed", "Email_Delivered", True)
    assert events() == ["delivered"]
    assert Order.objects.get().finished_at is not None


def test_acceptance_is_final_over_a_relay_that_sends_no_reports(sender, mailbox, settings):
    settings.REPORT_PROVIDERS = [one for one in settings.REPORT_PROVIDERS if one.channel == "sms"]

    letter = told(sender)

    assert shown(sender, letter) == ("Order_Completed", "Email_Succeeded", True)


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"event": "bounced"}, "Email_Failed_Bounced"),
        ({"event": "failed"}, "Email_Failed"),
        ({"event": "rejected"}, "Email_Failed_SuppressedRecipient"),
        ({"event": "rejected", "reason": "invalid"}, "Email_Failed_InvalidEmailFormat"),
        ({"event": "rejected", "reason": "spam"}, "Email_Failed_FilteredSpam"),
        ({"event": "quarantined"}, "Email_Failed_Quarantined"),
        ({"status": "5.1.1"}, "Email_Failed_Bounced"),
        ({"status": "5.1.3"}, "Email_Failed_InvalidEmailFormat"),
        ({"status": "5.7.1"}, "Email_Failed_FilteredSpam"),
        ({"status": "5.2.2"}, "Email_Failed"),
        ({"status": "4.4.7", "action": "failed"}, "Email_Failed"),
    ],
)
def test_d09_failure_is_told_and_asks_for_a_person(sender, mailbox, fields, state):
    letter = told(sender)

    report_email(Delivery.objects.get(), description="smtp; 550 no", **fields)

    assert shown(sender, letter) == ("Order_Completed", state, False)
    assert events() == ["allfailed"]
    follow_up = FollowUp.objects.open().get(correspondence=letter)
    assert (follow_up.kind, "smtp; 550 no" in follow_up.summary) == ("failed-delivery", True)


@pytest.mark.contract("notifications.md#9.2")
@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("delivered", "SMS_Delivered"),
        ("DELIVRD", "SMS_Delivered"),
        ("failed", "SMS_Failed"),
        ("expired", "SMS_Failed_Expired"),
        ("deleted", "SMS_Failed_Deleted"),
        ("undelivered", "SMS_Failed_Undelivered"),
        ("rejected", "SMS_Failed_Rejected"),
        ("barred", "SMS_Failed_BarredReceiver"),
        ("invalid", "SMS_Failed_InvalidRecipient"),
    ],
)
def test_sms_report_by_our_reference(sender, gateway, status, state):
    told(sender, SMS)
    delivery = Delivery.objects.get()
    assert delivery.state == "SMS_Accepted"

    report_sms(delivery, status)

    assert delivery.state == state
    assert events() == ["delivered" if status.lower().startswith("deliv") else "allfailed"]


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize(("email", "sms"), [("delivered", "failed"), ("failed", "delivered")])
def test_d10_d16_one_sent_and_one_failed(sender, mailbox, gateway, email, sms):
    told(sender, BOTH)
    mail, message = Delivery.objects.order_by("channel")

    report_email(mail, event=email)
    assert events() == []
    report_sms(message, sms)

    assert events() == ["delivered", "failed"]


@pytest.mark.contract("notifications.md#11.4")
def test_d17_d18_reminder_has_its_own_event(sender, mailbox):
    told(sender, REMINDED)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        deliver_due(job_id=JOB)
        for delivery in Delivery.objects.order_by("pk"):
            report_email(delivery, event="delivered")

    assert events() == ["delivered", "reminderdelivered"]


@pytest.mark.contract("notifications.md#11.8")
def test_x36_report_twice_counts_once(sender, mailbox):
    told(sender)
    delivery = Delivery.objects.get()

    report_email(delivery, event="delivered")
    changed = delivery.state_changed_at
    report_email(delivery, event="delivered")

    assert (DeliveryReport.objects.count(), ReceivedReport.objects.count()) == (1, 2)
    assert delivery.state_changed_at == changed
    assert events() == ["delivered"]
    assert not ReceivedReport.objects.filter(finished_at=None).exists()


def test_job_that_runs_twice_changes_nothing(sender, mailbox):
    told(sender)
    report_email(Delivery.objects.get(), event="bounced")

    work_on_report(received_id=ReceivedReport.objects.get().pk)

    assert (DeliveryReport.objects.count(), events()) == (1, ["allfailed"])


@pytest.mark.contract("notifications.md#9.4")
@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("delivered", "bounced", "Email_Delivered"),
        ("bounced", "delivered", "Email_Failed_Bounced"),
        ("delivered", "complained", "Email_Delivered"),
        ("deferred", "delivered", "Email_Delivered"),
        ("deferred", "opened", "Email_Succeeded"),
    ],
)
def test_states_only_move_forward(sender, mailbox, first, second, state):
    told(sender)
    delivery = Delivery.objects.get()

    report_email(delivery, event=first)
    report_email(delivery, event=second)

    assert delivery.state == state
    assert list(DeliveryReport.objects.values_list("word", "delivery")) == [
        (first, delivery.pk),
        (second, delivery.pk),
    ]


@pytest.mark.contract("notifications.md#11.8")
def test_x36_report_ahead_of_our_own_commit_is_applied_when_we_have_caught_up(sender, mailbox):
    told(sender)
    delivery = Delivery.objects.get()
    known_as = delivery.message_id
    Delivery.objects.update(message_id="<not-committed@correspondence.example>")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        report_email(delivery, event="delivered")
        Delivery.objects.update(message_id=known_as)
        clock.shift(timedelta(seconds=16))
        run_due_jobs()

    delivery.refresh_from_db()
    assert (delivery.state, DeliveryReport.objects.get().outcome) == ("Email_Delivered", "applied")


def test_report_about_a_message_being_sent_waits_for_its_attempt(sender, mailbox):
    told(sender)
    Delivery.objects.update(state="Email_Sending", report_by=None, next_attempt_at=timezone.now())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        delivery = Delivery.objects.get()
        report_email(delivery, event="delivered")
        assert delivery.state == "Email_Sending"
        Delivery.objects.update(state="Email_Succeeded", next_attempt_at=None)
        clock.shift(timedelta(seconds=16))
        run_due_jobs()

    delivery.refresh_from_db()
    assert delivery.state == "Email_Delivered"


@pytest.mark.contract("notifications.md#9.4")
def test_unknown_reference_is_looked_for_five_minutes_and_then_kept(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        post("email/relay", {"reference": "<who@else.example>", "event": "bounced"}, **BASIC)
        for _ in range(30):
            run_due_jobs()
            clock.shift(timedelta(seconds=15))

    report = DeliveryReport.objects.get()
    assert (report.outcome, report.delivery, report.word) == ("no-message", None, "bounced")
    assert report.received.finished_at - report.received_at == timedelta(minutes=5)
    assert run_due_jobs() == []


@pytest.mark.contract("notifications.md#9.3")
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_no_report_in_time_is_not_confirmed(sender, mailbox, gateway, channel):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        letter = told(sender, EMAIL if channel == "email" else SMS)
        delivery = Delivery.objects.get()
        clock.shift(timedelta(hours=48, seconds=299))
        deliver_due(job_id=JOB)
        delivery.refresh_from_db()
        before = delivery.state
        clock.shift(timedelta(seconds=1))
        deliver_due(job_id=JOB)
        delivery.refresh_from_db()

    expected = {"email": ("Email_Succeeded", "Email_Failed_TTL"), "sms": ("SMS_Accepted", "SMS_Failed_TTL")}
    assert (before, delivery.state) == expected[channel]
    assert events() == ["allfailed"]
    assert FollowUp.objects.open().filter(correspondence=letter, kind="failed-delivery").count() == 1
    assert Notification.objects.get().state == "Order_Completed"


@pytest.mark.contract("notifications.md#11.8")
def test_x36_report_after_expiry_is_kept_and_the_status_stays(sender, mailbox, admin_client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        told(sender)
        clock.shift(timedelta(hours=49))
        deliver_due(job_id=JOB)
        delivery = Delivery.objects.get()
        report_email(delivery, event="delivered")

    assert delivery.state == "Email_Failed_TTL"
    assert DeliveryReport.objects.get(delivery=delivery).outcome == "late"
    page = admin_client.get(f"/admin/notifications/delivery/{delivery.pk}/change/").content.decode()
    assert "After its time" in page


def test_message_that_only_seemed_refused_is_not_sent_again(sender, mailbox):
    mailbox.replies[ADDRESS] = ["451 4.3.0 try again later"] * 2
    told(sender)

    with time_machine.travel(timezone.now() + timedelta(seconds=10), tick=False) as clock:
        report_email(Delivery.objects.get(), event="delivered")
        clock.shift(timedelta(minutes=5))
        deliver_due(job_id=JOB)

    assert (Delivery.objects.get().state, mailbox.mails) == ("Email_Delivered", [])
    assert Attempt.objects.count() == 2


def test_message_that_nobody_has_been_given_cannot_be_reported_on(sender, settings):
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9"]
    told(sender)
    Attempt.objects.all().delete()
    delivery = Delivery.objects.get()

    report_email(delivery, event="delivered")

    assert delivery.state == "Email_New"


def test_reading_the_letter_leaves_a_sent_reminder_its_end(sender, recipient, mailbox):
    letter = told(sender, REMINDED)
    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1), tick=False):
        deliver_due(job_id=JOB)
        recipient.get(f"/correspondence/{letter.pk}/content")
        for delivery in Delivery.objects.all():
            report_email(delivery, event="delivered")

    assert set(Notification.objects.values_list("state", flat=True)) == {"Order_Completed"}
    assert events() == ["delivered", "reminderdelivered"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not valid JSON"),
        (b"[]", "tells of no message"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[1]", "Entry 1: It must be an object."),
        (b'{"reference": 7, "status": "delivered"}', "must be text"),
        (b'{"status": "delivered"}', "no reference"),
    ],
)
def test_what_cannot_be_read_is_kept_with_the_reason(reporting, db, body, says):
    received = ReceivedReport.objects.create(
        channel="sms", provider="gateway", body=body, received_at=timezone.now()
    )

    work_on_report(received_id=received.pk)

    received.refresh_from_db()
    assert says in received.problem
    assert received.finished_at is not None


@pytest.mark.parametrize(
    "bad", [{"reference": 123, "status": "delivered"}, {"status": "delivered"}, "str", None]
)
def test_bad_entry_does_not_keep_the_good_ones_from_counting(sender, gateway, bad):
    told(sender, SMS)
    delivery = Delivery.objects.get()
    body = [bad, {"reference": delivery.message_id, "status": "expired"}, bad]

    answer = post("sms/gateway", body, **{"X-Signature": signed(body)})
    run_due_jobs()

    delivery.refresh_from_db()
    received = ReceivedReport.objects.get()
    assert (answer.status_code, delivery.state) == (200, "SMS_Failed_Expired")
    assert [line.partition(": ")[0] for line in received.problem.splitlines()] == ["Entry 1", "Entry 3"]
    assert received.finished_at is not None


def test_so_many_bad_entries_are_named_and_no_more(gateway, db):
    body = ["bad"] * 1000

    post("sms/gateway", body, **{"X-Signature": signed(body)})
    run_due_jobs()

    lines = ReceivedReport.objects.get().problem.splitlines()
    assert (len(lines), lines[-1]) == (11, "And 990 more.")


def test_operators_are_told_of_what_could_not_be_read(gateway, admin_client):
    def notices():
        found = admin_client.get("/admin/").context["desk"].notices
        return [one for one in found if "could not be read" in one.text]

    good, bad = {"reference": "x", "status": "delivered"}, ["bad"]
    post("sms/gateway", good, **{"X-Signature": signed(good)})
    run_due_jobs()
    before = notices()
    for _ in range(2):
        post("sms/gateway", bad, **{"X-Signature": signed(bad)})
    run_due_jobs()

    (notice,) = notices()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        after = notices()
    assert (before, after) == ([], [])
    assert notice.text == "2 delivery reports of the last 24 hours could not be read in full."
    assert admin_client.get(notice.url).context["cl"].result_count == 2


def test_one_body_may_tell_of_many_messages(sender, mailbox):
    told(sender, REMINDED)
    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1)):
        deliver_due(job_id=JOB)
        body = [
            {"reference": one.message_id.strip("<>"), "event": "delivered"} for one in Delivery.objects.all()
        ]
        post("email/relay", body, **BASIC)
        run_due_jobs()

    assert set(Delivery.objects.values_list("state", flat=True)) == {"Email_Delivered"}


@pytest.mark.contract("notifications.md#8.4")
@pytest.mark.parametrize(("event", "ends"), [("delivered", True), ("bounced", False)])
def test_forwarded_mail_waits_for_its_report_too(sender, recipient, mailbox, event, ends):
    letter = received(sender, recipient)
    forward(recipient, letter)
    deliver()
    assert "Forwarded" not in statuses(letter)

    report_email(Delivery.objects.get(), event=event)

    assert ("Forwarded" in statuses(letter)) is ends
    assert (Forwarding.objects.get().failed_at is None) is ends


def resend():
    operator = User.objects.get_or_create(username="kari")[0]
    resend_order(order=Order.objects.get(repeats=None), operator=operator, reason="Once more.")
    deliver_due(job_id=JOB)


@pytest.mark.parametrize(("event", "is_open"), [("delivered", False), ("bounced", True)])
def test_follow_up_waits_for_the_report_of_what_was_sent_again(sender, mailbox, event, is_open):
    mailbox.replies[ADDRESS] = ["550 5.1.1 no such mailbox"]
    told(sender)
    resend()
    again = Delivery.objects.get(notification__order__repeats__isnull=False)
    accepted = (again.state, FollowUp.objects.open().count())

    report_email(again, event=event)

    assert accepted == ("Email_Succeeded", 1)
    assert FollowUp.objects.open().exists() is is_open


def test_follow_up_ends_with_an_acceptance_that_is_final(sender, mailbox, settings):
    settings.REPORT_PROVIDERS = []
    mailbox.replies[ADDRESS] = ["550 5.1.1 no such mailbox"]
    told(sender)

    resend()

    assert not FollowUp.objects.open().exists()


def test_what_only_waits_for_its_report_can_be_sent_again(sender, mailbox):
    told(sender)
    resend()
    resend()

    assert len(mailbox.mails) == 3
    assert set(Notification.objects.values_list("state", flat=True)) == {"Order_Processed"}
    assert events() == []


def test_what_nobody_has_accepted_yet_is_not_sent_again(sender, mailbox, settings):
    told(sender)
    settings.EMAIL_URLS = ["smtp://127.0.0.1:9"]
    resend()

    with pytest.raises(ResendRefused, match="being sent again already"):
        resend()
