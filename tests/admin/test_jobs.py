"""Jobs: what operators see of them, and what they are told when they run one again or cancel it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence
from correspondence.services.publish import publish_overdue
from registry.models import AuditEntry
from tests.support.letters import send

JOBS = "/admin/procrastinate/procrastinatejob/"


@pytest.fixture
def failed_job(sender) -> ProcrastinateJob:
    send(sender)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 20")
    return ProcrastinateJob.objects.get()


def work_on(desk, action, *jobs, **fields):
    """What is said after an action that is confirmed with a reason."""
    chosen = {"action": action, "_selected_action": [job.pk for job in jobs]}
    answer = desk.post(
        JOBS, {"confirmed": "yes", "reason": "Sent to the wrong people."} | chosen | fields, follow=True
    )
    return [(message.level_tag, str(message)) for message in answer.context["messages"]]


def test_action_on_jobs_asks_for_a_reason_first(desk, failed_job):
    answer = desk.post(JOBS, {"action": "retry", "_selected_action": [failed_job.pk]})
    without = desk.post(
        JOBS, {"action": "retry", "_selected_action": [failed_job.pk], "confirmed": "yes", "reason": " "}
    )

    assert "Why?" in answer.content.decode()
    assert "correspondence.publish_message" in answer.content.decode()
    assert without.context["form"].errors == {"reason": ["This field is required."]}
    assert ProcrastinateJob.objects.get().status == "failed"
    assert not AuditEntry.objects.exists()


def test_failed_job_is_run_again_and_written_down(desk, operator, failed_job):
    said = work_on(desk, "retry", failed_job)

    assert ProcrastinateJob.objects.get().status == "todo"
    assert said == [("success", f"Queued again: job {failed_job.pk}.")]
    entry = AuditEntry.objects.get()
    assert (entry.operator, entry.action, entry.object_type, entry.object_id, entry.reason) == (
        operator,
        "job.retry",
        "procrastinate.procrastinatejob",
        str(failed_job.pk),
        "Sent to the wrong people.",
    )
    assert (entry.before, entry.after) == (
        {"status": "failed", "task": "correspondence.publish_message"},
        {"status": "todo"},
    )


def test_waiting_job_is_cancelled_and_written_down(sender, desk, operator):
    send(sender)
    job = ProcrastinateJob.objects.get()

    said = work_on(desk, "cancel", job)

    assert ProcrastinateJob.objects.get().status == "cancelled"
    assert said[0] == ("success", f"Cancelled: job {job.pk}.")
    entry = AuditEntry.objects.get()
    assert (entry.operator, entry.action, entry.reason) == (
        operator,
        "job.cancel",
        "Sent to the wrong people.",
    )


def test_cancelling_says_that_the_letter_is_published_all_the_same(sender, desk):
    letter_ = send(sender)
    job = ProcrastinateJob.objects.get()

    asked = desk.post(JOBS, {"action": "cancel", "_selected_action": [job.pk]}).content.decode()
    said = work_on(desk, "cancel", job)
    Correspondence.objects.filter(pk=letter_.pk).update(
        requested_publish_time=timezone.now() - timedelta(minutes=1)
    )
    publish_overdue()

    assert "Its letters are published all the same" in asked
    assert reverse("admin:correspondence_correspondence_changelist") in asked
    assert [level for level, text in said if "its sender withdraws it" in text] == ["warning"]
    assert Correspondence.objects.get().status == CorrespondenceStatus.PUBLISHED


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("notifications.deliver_due", "What is due leaves all the same"),
        ("notifications.place_due", "What is due leaves all the same"),
        ("notifications.deliver_by_the_clock", "What is due leaves all the same"),
        ("correspondence.publish_overdue", "Letters whose time has come are published all the same"),
        ("correspondence.release_waiting", "Letters whose time has come are published all the same"),
        ("journal.retry_stalled_jobs", "It runs by the clock"),
        ("attachments.sweep", "It runs by the clock"),
    ],
)
def test_job_that_comes_back_says_so_before_it_is_cancelled(desk, task, words):
    job = waiting_job(task)

    asked = desk.post(JOBS, {"action": "cancel", "_selected_action": [job.pk]}).content.decode()

    assert words in asked


def test_job_that_does_not_come_back_is_not_said_to(desk):
    job = waiting_job("attachments.remove_bytes")

    asked = desk.post(JOBS, {"action": "cancel", "_selected_action": [job.pk]}).content.decode()

    assert "all the same" not in asked
    assert [level for level, _ in work_on(desk, "cancel", job)] == ["success"]


def test_nothing_done_is_not_called_a_success(desk, failed_job):
    waiting = waiting_job("attachments.remove_bytes")

    assert work_on(desk, "retry", waiting) == [
        ("warning", f"Job {waiting.pk} was left as it is: only a failed job runs again, and it is waiting.")
    ]
    assert work_on(desk, "cancel", failed_job) == [
        (
            "warning",
            f"Job {failed_job.pk} was left as it is: only a waiting job can be cancelled, and it has failed.",
        )
    ]
    assert not AuditEntry.objects.exists()


def test_each_job_is_reported_for_itself(desk, failed_job):
    waiting, other = waiting_job("attachments.remove_bytes"), waiting_job("attachments.remove_bytes")

    said = work_on(desk, "cancel", failed_job, waiting, other)

    assert said == [
        ("success", f"Cancelled: jobs {waiting.pk}, {other.pk}."),
        (
            "warning",
            f"Job {failed_job.pk} was left as it is: only a waiting job can be cancelled, and it has failed.",
        ),
    ]
    assert AuditEntry.objects.count() == 2


def test_job_with_a_younger_one_of_its_kind_is_left(desk):
    with connection.cursor() as cursor:
        for status in ("failed", "todo"):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock)"
                " VALUES ('default', 'journal.retry_stalled_jobs', %s, 'one')",
                [status],
            )
    failed = ProcrastinateJob.objects.get(status="failed")

    said = work_on(desk, "retry", failed)

    assert said == [("warning", f"Job {failed.pk} was left as it is: another of its kind waits already.")]
    assert not AuditEntry.objects.exists()


def waiting_job(task):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', %s) RETURNING id",
            [task],
        )
        return ProcrastinateJob.objects.get(pk=cursor.fetchone()[0])


def test_who_may_only_look_at_jobs_has_no_actions(onlooker, operator, failed_job):
    onlooker.force_login(operator)
    group = operator.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="change_procrastinatejob"))

    answer = onlooker.post(
        JOBS, {"action": "retry", "_selected_action": [failed_job.pk], "confirmed": "yes", "reason": "x"}
    )

    assert ("Run again" in answer.content.decode(), ProcrastinateJob.objects.get().status) == (
        False,
        "failed",
    )


def test_failed_job_is_counted_on_the_front_page(desk, failed_job):
    (card,) = [card for card in desk.get("/admin/").context["desk"].cards if card.title == "Failed jobs"]

    assert (card.count, card.tone) == (1, "bad")
    assert [job.pk for job in desk.get(card.url).context["cl"].result_list] == [failed_job.pk]
