"""A provider's limit of messages a second holds over all workers."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Attempt, Delivery, Provider
from notifications.services.delivery import claims, deliver
from notifications.services.delivery.deliver import deliver_due
from tests.notifications.conftest import EMAIL, JOB
from tests.support.companies import companies_with_addresses
from tests.support.letters import letter, send_and_publish
from tests.support.parallel import at_once

RATE = 20


def tell(sender, count):
    recipients = companies_with_addresses(count)
    send_and_publish(sender, letter(correspondence={"notification": EMAIL}, recipients=recipients))


def running_job():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'notifications.deliver_due', 'doing') RETURNING id"
        )
        return cursor.fetchone()[0]


def most_in_a_second(times):
    return max(sum(begin <= at < begin + 1 for at in times) for begin in times)


def test_two_jobs_together_keep_to_the_limit(committed, sender, mailbox, settings, monkeypatch):
    settings.EMAIL_URLS = [f"{mailbox.url}?rate={RATE}"]
    monkeypatch.setattr(claims, "CHUNK", 10)
    tell(sender, 60)
    jobs = [running_job(), running_job()]

    at_once(*(lambda job=job: deliver_due(job_id=job) for job in jobs))

    assert len(mailbox.mails) == 60
    assert max(mailbox.times) - min(mailbox.times) > 59 / RATE * 0.9
    assert most_in_a_second(mailbox.times) <= RATE * 1.25


def test_job_does_not_wait_longer_than_its_turn(sender, mailbox, settings, monkeypatch):
    monkeypatch.setattr(deliver, "RUN_SECONDS", 1)
    settings.EMAIL_URLS = [f"{mailbox.url}?rate=0.1"]
    tell(sender, 3)

    deliver_due(job_id=JOB)

    free_at = Provider.objects.get().free_at
    waiting = Delivery.objects.filter(state="Email_New", claimed_by=None)
    assert (len(mailbox.mails), Attempt.objects.count()) == (1, 1)
    assert list(waiting.values_list("next_attempt_at", flat=True)) == [free_at, free_at]


def test_limit_costs_no_query_for_each_mail(sender, mailbox, settings):
    settings.EMAIL_URLS = [f"{mailbox.url}?rate=1000"]
    tell(sender, 50)

    with CaptureQueriesContext(connection) as queries:
        deliver_due(job_id=JOB)

    asked = [query for query in queries if "notifications_provider" in query["sql"]]
    assert (len(mailbox.mails), len(asked) < 10) == (50, True)
