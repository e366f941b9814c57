"""Letters in the dialog service: shown after publishing, taken out when purged, never more than once."""

import traceback
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from correspondence.models import Correspondence
from correspondence.services.dialog_copies import DialogsLeft
from correspondence.services.publish import publish_message
from journal.enums import FollowUpKind
from journal.models import FollowUp
from registry.models import Reservation
from registry.neighbours import NeighbourDown
from tests.correspondence.dialogs.conftest import (
    TOKEN,
    dialog_jobs,
    reference,
    run_dialog_jobs,
    transmission_of,
)
from tests.correspondence.test_publish import companies
from tests.support.letters import (
    COMPANY_URN,
    in_days,
    letter,
    publish,
    send,
    send_and_publish,
    statuses,
    uploaded,
)
from tests.support.processes import eventually, worker
from tests.support.world import PERSON

HOST = uuid.UUID("0198c802-1111-7000-8000-0000000000d1")


@pytest.fixture
def host(dialogs):
    dialogs.add_dialog(HOST, party=COMPANY_URN, resource="example-letters")
    return HOST


@pytest.fixture
def shown(dialogs, sender):
    """A letter with its dialog in the service."""
    published = send_and_publish(sender)
    run_dialog_jobs()
    return fresh(published)


def fresh(letter_):
    return Correspondence.objects.get(pk=letter_.pk)


def told(letter_):
    """That it was purged, before its dialog goes."""
    return ("POST", f"/{letter_.dialog_id}/activities?isSilentUpdate=true")


def follow_ups():
    return FollowUp.objects.open().filter(kind=FollowUpKind.FAILED_DIALOG)


def test_published_letter_becomes_a_dialog(dialogs, sender, settings):
    attachment = uploaded(sender, fileName="vedtak.pdf", displayName="Vedtaket")
    content = {
        "messageTitle": "Til {{recipientName}}",
        "messageSummary": "Du har **fått** <b>svar</b> &amp; penger",
    }
    correspondence = {
        "messageSender": "Saksbehandling",
        "dueDateTime": in_days(3),
        "isConfirmationNeeded": True,
        "externalReferences": [reference("urn:example:case:7", "DialogportenProcessId")],
        "replyOptions": [{"linkURL": "https://www.example.no/svar", "linkText": "Svar oss"}],
    }
    published = send_and_publish(
        sender, letter(content, correspondence, existingAttachments=[str(attachment)])
    )

    run_dialog_jobs()

    (call,) = dialogs.calls
    own = f"{settings.PUBLIC_URL}/correspondence/api/v1/correspondence/{published.pk}"
    assert (call.method, call.path, call.authorization) == ("POST", "", f"Bearer {TOKEN}")
    plain = {
        "id": str(published.dialog_id),
        "idempotentKey": str(published.pk),
        "serviceResource": "urn:altinn:resource:example-letters",
        "party": COMPANY_URN,
        "externalReference": "case-77",
        "process": "urn:example:case:7",
        "status": "RequiresAttention",
        "createdAt": published.created_at.isoformat(),
        "dueAt": published.message.due_date_time.isoformat(),
    }
    assert {name: call.body[name] for name in plain} == plain
    texts = {name: (it["mediaType"], it["value"]) for name, it in call.body["content"].items()}
    assert texts == {
        "title": ("text/plain", [{"languageCode": "nb", "value": "Til Rask Falk As"}]),
        "summary": ("text/plain", [{"languageCode": "nb", "value": "Du har fått svar & penger"}]),
        "senderName": ("text/plain", [{"languageCode": "nb", "value": "Saksbehandling"}]),
        "mainContentReference": (
            "application/vnd.dialogporten.frontchannelembed-url;type=text/markdown",
            [{"languageCode": "nb", "value": f"{own}/content"}],
        ),
    }
    (file,) = call.body["attachments"]
    assert file["displayName"] == [{"languageCode": "nb", "value": "Vedtaket"}]
    assert file["urls"] == [
        {
            "consumerType": "Gui",
            "mediaType": "application/pdf",
            "url": f"{own}/attachment/{attachment}/download",
        }
    ]
    assert [(it["url"], it["httpMethod"], it["priority"]) for it in call.body["guiActions"]] == [
        ("https://www.example.no/svar", "GET", "Tertiary"),
        (f"{own}/confirm", "POST", "Primary"),
        (f"{own}/purge", "DELETE", "Tertiary"),
    ]


def test_dialog_holds_nothing_that_the_service_would_refuse(dialogs, sender):
    """Times that have passed, long texts, processes that are no URI, more buttons than there is room for."""
    published = send(
        sender,
        letter(
            {"messageTitle": "{{recipientName}}" * 2, "messageSummary": ""},
            {
                "sendersReference": "x" * 300,
                "dueDateTime": in_days(1),
                "externalReferences": [reference("case 7", "DialogportenProcessId")],
                "replyOptions": [
                    {"linkURL": f"https://www.example.no/{n}", "linkText": None} for n in range(4)
                ],
            },
        ),
    )
    published.message.due_date_time = timezone.now()
    published.message.save()
    Correspondence.objects.update(recipient_name="Rask " * 30)
    publish(published)

    run_dialog_jobs()

    body = dialogs.calls[0].body
    assert (len(body["content"]["title"]["value"][0]["value"]), len(body["externalReference"])) == (255, 255)
    assert {"dueAt", "process"} & set(body) == set()
    assert (set(body["content"]), len(body["guiActions"])) == ({"title", "mainContentReference"}, 1)


def test_each_recipient_has_a_dialog(dialogs, sender):
    published = send_and_publish(sender, letter(recipients=["0192:310654302", PERSON]))

    run_dialog_jobs()

    letters = published.message.correspondences.all()
    assert {call.body["id"]: call.body["party"] for call in dialogs.calls} == {
        str(one.dialog_id): one.recipient_urn for one in letters
    }
    assert all(one.dialog_created_at for one in letters)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], "Information"),
        ([reference("Submission", "DialogportenTransmissionType")], "Submission"),
        ([reference(" decision ", "DialogportenTransmissionType")], "Decision"),
        ([reference("8", "DialogportenTransmissionType")], "Correction"),
    ],
)
@pytest.mark.contract("initialize.md#10")
def test_letter_with_a_host_becomes_a_transmission(dialogs, host, sender, more, expected):
    published = send_and_publish(sender, transmission_of(host, *more))

    run_dialog_jobs()

    call = dialogs.calls[-1]
    assert (call.method, call.path) == ("POST", f"/{HOST}/transmissions")
    assert (call.body["id"], call.body["type"]) == (str(published.transmission_id), expected)
    assert call.body["content"]["title"]["value"][0]["value"] == "Vedtak i saken din"
    assert published.transmission_id.version == 7
    assert fresh(published).dialog_created_at


@pytest.mark.parametrize("recipients", [1, 500])
def test_publishing_queues_one_job_however_many_letters(
    dialogs, sender, recipients, django_assert_num_queries
):
    """DP01: after publishing, not at initialise"""
    stored = send(sender, letter(recipients=companies(recipients)))

    # as without a dialog service (test_publish.py), less what notifications need, and one for this job
    with django_assert_num_queries(13):
        publish_message(message_id=stored.message_id)

    assert [job.args for job in dialog_jobs()] == [{"message_id": str(stored.message_id)}]
    assert dialogs.calls == []


def test_without_a_service_nothing_is_queued(sender, recipient):
    published = send_and_publish(sender)
    recipient.delete(f"/correspondence/{published.pk}/purge")

    assert dialog_jobs() == []


def test_jobs_left_from_a_service_that_was_taken_away_do_nothing(dialogs, sender, settings):
    published = send_and_publish(sender)
    settings.DIALOG_SERVICE_URL = ""

    run_dialog_jobs()

    assert (dialogs.calls, fresh(published).dialog_created_at) == ([], None)


def test_failed_letter_has_no_dialog(dialogs, sender, world):
    """DP05: there is no dialog yet that would have to be removed"""
    failed = send(sender, letter(recipients=[PERSON]))
    Reservation.objects.create(person=world.person, reserved=True)
    publish(failed)

    run_dialog_jobs()

    assert (statuses(failed)[-1], dialogs.calls) == ("Failed", [])


def test_repeated_job_creates_nothing_twice(dialogs, shown):
    """DP02"""
    run_dialog_jobs()

    assert dialogs.made == [("POST", "")]


@pytest.mark.parametrize("status", [409, 422])
def test_what_an_earlier_call_created_counts_as_created(dialogs, sender, status):
    published = send_and_publish(sender)
    dialogs.add_dialog(published.dialog_id, party=COMPANY_URN, resource="example-letters")
    dialogs.answers = [status]

    run_dialog_jobs()

    assert dialogs.made == [("POST", ""), ("GET", f"/{published.dialog_id}")]
    assert (fresh(published).dialog_created_at is not None, follow_ups().count()) == (True, 0)


def test_transmission_that_an_earlier_call_added_counts_as_added(dialogs, host, sender):
    published = send_and_publish(sender, transmission_of(host))
    run_dialog_jobs()
    Correspondence.objects.update(dialog_created_at=None)  # as after a crash between call and commit

    run_dialog_jobs()

    own = f"/{HOST}/transmissions/{published.transmission_id}"
    assert dialogs.made[-2:] == [("POST", f"/{HOST}/transmissions"), ("GET", own)]
    assert fresh(published).dialog_created_at


def test_purge_removes_the_dialog(dialogs, shown, recipient):
    recipient.delete(f"/correspondence/{shown.pk}/purge")
    assert dialogs.made[-1] == ("POST", "")  # nothing is asked of the service while the recipient waits

    run_dialog_jobs()
    run_dialog_jobs()

    assert dialogs.made == [("POST", ""), told(shown), ("DELETE", f"/{shown.dialog_id}")]
    assert fresh(shown).dialog_removed_at


@pytest.mark.parametrize("status", [404, 410])
def test_dialog_that_is_gone_counts_as_removed(dialogs, shown, recipient, status):
    recipient.delete(f"/correspondence/{shown.pk}/purge")
    dialogs.answers = [status]

    run_dialog_jobs()

    assert fresh(shown).dialog_removed_at


def test_dialog_that_was_never_created_is_not_removed(dialogs, sender, recipient):
    published = send_and_publish(sender)
    recipient.delete(f"/correspondence/{published.pk}/purge")

    run_dialog_jobs()

    assert dialogs.calls == []


def test_letter_purged_while_its_dialog_is_created_leaves_none(committed, dialogs, sender, recipient):
    published = send_and_publish(sender)
    dialogs.before_answering = lambda: recipient.delete(f"/correspondence/{published.pk}/purge")

    run_dialog_jobs()

    assert dialogs.made == [("POST", ""), told(published), ("DELETE", f"/{published.dialog_id}")]
    assert fresh(published).dialog_removed_at


def test_host_dialog_is_never_touched(dialogs, host, sender, recipient):
    withdrawn, published = (
        send(sender, transmission_of(host)),
        send_and_publish(sender, transmission_of(host)),
    )
    sender.delete(f"/correspondence/{withdrawn.pk}/purge")
    refused = recipient.delete(f"/correspondence/{published.pk}/purge")

    run_dialog_jobs()

    assert refused.json()["errorCode"] == 1043
    assert {method for method, _ in dialogs.made} == {"GET", "POST"}
    assert f"/{HOST}" in dialogs.things


def test_database_refuses_the_removal_of_what_is_not_the_letters_own(dialogs, host, sender):
    published = send_and_publish(sender, transmission_of(host))
    now = timezone.now()

    with pytest.raises(IntegrityError, match="only_its_own_dialog"), transaction.atomic():
        Correspondence.objects.filter(pk=published.pk).update(dialog_created_at=now, dialog_removed_at=now)


def test_transmission_that_fails_leaves_its_host_alone(dialogs, sender, world):
    dialogs.add_dialog(HOST, party=world.person.urn, resource="example-letters")
    failed = send(sender, transmission_of(HOST) | {"recipients": [PERSON]})
    Reservation.objects.create(person=world.person, reserved=True)
    publish(failed)

    run_dialog_jobs()

    assert (statuses(failed)[-1], dialogs.made) == ("Failed", [("GET", f"/{HOST}")])


@pytest.mark.parametrize("status", [408, 409, 500, 502])
def test_failing_call_keeps_no_other_letter_waiting(dialogs, sender, status):
    """DP06: the want of a dialog fails no letter"""
    published = send_and_publish(sender, letter(recipients=["0192:310654302", PERSON]))
    dialogs.answers = [status, 404, 201] if status == 409 else [status, 201]

    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    letters = published.message.correspondences
    assert (letters.filter(dialog_created_at=None).count(), follow_ups().count()) == (1, 0)

    run_dialog_jobs()
    assert letters.filter(dialog_created_at=None).count() == 0


@pytest.mark.parametrize("status", [302, 401, 429, 503])
def test_service_that_takes_nothing_now_is_asked_once(dialogs, sender, status):
    send_and_publish(sender, letter(recipients=["0192:310654302", PERSON]))
    dialogs.answers = [status]

    with pytest.raises(NeighbourDown):
        run_dialog_jobs()

    assert (len(dialogs.calls), follow_ups().count()) == (1, 0)


def test_refused_dialog_opens_a_follow_up_until_it_is_taken(dialogs, sender):
    published = send_and_publish(sender)
    dialogs.answers = [400, 403]
    for _ in range(2):
        with pytest.raises(DialogsLeft):
            run_dialog_jobs()
    opened = follow_ups().get()
    assert (opened.cause, opened.correspondence_id) == (str(published.pk), published.pk)
    assert opened.summary == 'The dialog service answered 400 {"title": "As the test wants it"}'

    run_dialog_jobs()

    opened.refresh_from_db()
    assert (follow_ups().count(), opened.resolution) == (0, "The dialog service has taken it.")


def test_refused_dialog_of_a_letter_that_is_purged_needs_nobody(dialogs, sender, recipient):
    published = send_and_publish(sender)
    dialogs.answers = [400]
    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    recipient.delete(f"/correspondence/{published.pk}/purge")

    run_dialog_jobs()

    assert (len(dialogs.calls), follow_ups().count()) == (1, 0)


def test_refused_removal_opens_a_follow_up_until_it_is_done(dialogs, shown, recipient):
    recipient.delete(f"/correspondence/{shown.pk}/purge")
    dialogs.answers = [403]
    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    assert follow_ups().count() == 1

    run_dialog_jobs()

    assert (follow_ups().count(), f"/{shown.dialog_id}" in dialogs.things) == (0, False)


@pytest.mark.parametrize("answers", [[400], [401], [500], []])
def test_token_is_never_told(dialogs, sender, caplog, settings, answers):
    send_and_publish(sender)
    dialogs.answers = answers
    if not answers:
        settings.DIALOG_SERVICE_URL = "http://127.0.0.1:9"

    with capture_logs() as logs, pytest.raises((DialogsLeft, NeighbourDown)) as raised:
        run_dialog_jobs()

    assert "As the test wants it" not in repr(logs) + caplog.text  # an answer may hold a person's number
    told = [repr(logs), caplog.text, *traceback.format_exception(raised.value)]
    told += [str(settings.DIALOG_SERVICE_TOKEN), *follow_ups().values_list("summary", flat=True)]
    assert TOKEN not in "".join(told)


def test_worker_tries_again_until_the_service_takes_it(committed, dialogs, sender, recipient):
    dialogs.answers = [500]
    published = send(sender)
    with worker(DIALOG_SERVICE_URL=dialogs.url):
        eventually(lambda: fresh(published).dialog_created_at, "the dialog was not created")
        recipient.delete(f"/correspondence/{published.pk}/purge")
        eventually(lambda: fresh(published).dialog_removed_at, "the dialog was not removed")

    assert dialogs.made == [
        *(("POST", ""), ("POST", "")),
        *(told(published), ("DELETE", f"/{published.dialog_id}")),
    ]
