"""What happens to a letter is told to its dialog (lifecycle.md 3.2, 5.2, 5.4; attachments.md 2.6; notifications.md 8.4)."""

import uuid
from datetime import datetime

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.models import Correspondence, DialogActivity
from correspondence.services.dialog_activities import DialogsLeft
from correspondence.services.dialog_copies import create_dialogs
from journal.enums import FollowUpKind
from journal.models import FollowUp, OutboundEvent
from notifications.services.delivery.deliver import deliver_due
from registry.enums import Action, SubjectKind
from registry.models import AccessGrant
from registry.neighbours import NeighbourDown
from tests.correspondence.dialogs.conftest import dialog_jobs, run_dialog_jobs, transmission_of
from tests.correspondence.forwarding.conftest import JOB, deliver, forward, received
from tests.support.clients import Client
from tests.support.letters import COMPANY_URN, in_days, letter, publish, send, send_and_publish, uploaded
from tests.support.processes import eventually, worker
from tests.support.smtp import smtp_server
from tests.support.world import PERSON

HOST = uuid.UUID("0198c802-1111-7000-8000-0000000000d1")
CONFIRMABLE = {"isConfirmationNeeded": True, "dueDateTime": in_days(3)}
REMINDED = {
    "notificationChannel": "Email",
    "emailSubject": "Nytt brev",
    "emailBody": "Les det",
    "sendReminder": True,
    "reminderEmailSubject": "Husk",
    "reminderEmailBody": "Ulest",
}
BY_COMPANY = {"actorType": "PartyRepresentative", "actorId": COMPANY_URN}


@pytest.fixture
def mailbox(settings):
    with smtp_server() as mailbox:
        settings.EMAIL_URLS = [mailbox.url]
        yield mailbox


@pytest.fixture
def shown(dialogs, sender):
    """A letter with its dialog in the service."""
    return in_the_service(send_and_publish(sender))


def in_the_service(published):
    run_dialog_jobs()
    dialog_jobs_done()
    return Correspondence.objects.get(pk=published.pk)


def dialog_jobs_done():
    ProcrastinateJob.objects.filter(pk__in=[job.pk for job in dialog_jobs()]).delete()


def path_of(letter_, rest=""):
    return f"/correspondence/{letter_.pk}{rest}"


def opened(client, letter_):
    assert client.get(path_of(letter_, "/content")).status_code == 200


def downloaded(client, letter_, rest):
    answer = client.get(path_of(letter_, rest))
    assert answer.status_code == 200
    answer.getvalue()


def types(dialogs):
    return [activity["type"] for activity in dialogs.activities]


def texts(activity):
    return {text["languageCode"]: text["value"] for text in activity["description"]}


def untold():
    return DialogActivity.objects.untold().count()


def follow_ups():
    return FollowUp.objects.open().filter(kind=FollowUpKind.FAILED_DIALOG)


def dialog_of(dialogs, letter_):
    return dialogs.things[f"/{letter_.dialog_id}"]


@pytest.mark.contract("lifecycle.md#3.2")
def test_first_content_is_told_once(dialogs, shown, recipient):
    """DP07: the event is for the sender, the activity for the dialog"""
    opened(recipient, shown)
    assert dialogs.activities == []  # nothing is asked of the service while the recipient waits
    opened(recipient, shown)
    run_dialog_jobs()
    run_dialog_jobs()

    (activity,) = dialogs.activities
    row = DialogActivity.objects.get()
    shown.refresh_from_db()
    assert activity["id"] == str(row.pk)
    assert (activity["type"], activity["performedBy"], activity["description"]) == (
        *("CorrespondenceOpened", BY_COMPANY),
        [],
    )
    assert datetime.fromisoformat(activity["createdAt"]) == shown.read_at
    assert OutboundEvent.objects.filter(type="correspondencereceiverread").count() == 1


@pytest.mark.contract("lifecycle.md#11")
def test_marking_as_read_is_told_like_content(dialogs, shown, recipient):
    recipient.get(path_of(shown))
    recipient.post(path_of(shown, "/markasread"))
    opened(recipient, shown)
    run_dialog_jobs()

    assert types(dialogs) == ["CorrespondenceOpened"]


def test_opened_transmission_is_told_to_its_host(dialogs, sender, recipient):
    dialogs.add_dialog(HOST, party=COMPANY_URN, resource="example-letters")
    published = in_the_service(send_and_publish(sender, transmission_of(HOST)))
    opened(recipient, published)
    run_dialog_jobs()

    (activity,) = dialogs.activities
    assert dialogs.made[-1] == ("POST", f"/{HOST}/activities?isSilentUpdate=true")
    assert (activity["type"], activity["transmissionId"]) == (
        *("TransmissionOpened",),
        str(published.transmission_id),
    )


@pytest.mark.contract("lifecycle.md#5.2")
def test_confirmation_is_told_and_takes_its_button_away(dialogs, sender, recipient):
    published = in_the_service(send_and_publish(sender, letter(correspondence=CONFIRMABLE)))
    before = dialog_of(dialogs, published)
    assert [button["httpMethod"] for button in before["guiActions"]] == ["POST", "DELETE"]
    assert before["status"] == "RequiresAttention"
    recipient.get(path_of(published))

    recipient.post(path_of(published, "/confirm"))
    run_dialog_jobs()

    after = dialog_of(dialogs, published)
    assert [button["httpMethod"] for button in after["guiActions"]] == ["DELETE"]
    assert (after["status"], after["party"]) == ("NotApplicable", COMPANY_URN)
    (activity,) = dialogs.activities
    assert (activity["type"], activity["performedBy"]) == ("CorrespondenceConfirmed", BY_COMPANY)
    assert dialogs.made[-2][0] == "PATCH"  # before it says so


def test_confirmation_that_nobody_asked_for_changes_no_button(dialogs, shown, recipient):
    recipient.get(path_of(shown))
    recipient.post(path_of(shown, "/confirm"))
    run_dialog_jobs()

    assert types(dialogs) == ["CorrespondenceConfirmed"]
    assert "PATCH" not in {method for method, _ in dialogs.made}


def test_letter_confirmed_before_its_dialog_is_there_has_no_such_button(dialogs, sender, recipient):
    published = send_and_publish(sender, letter(correspondence=CONFIRMABLE))
    recipient.get(path_of(published))
    recipient.post(path_of(published, "/confirm"))

    run_dialog_jobs()

    assert dialogs.calls[0].body["status"] == "NotApplicable"
    assert [button["httpMethod"] for button in dialogs.calls[0].body["guiActions"]] == ["DELETE"]
    assert (types(dialogs), untold()) == (["CorrespondenceConfirmed"], 0)


@pytest.mark.contract("lifecycle.md#5.4")
def test_purge_is_told_before_the_dialog_goes_with_the_notifications_it_stops(
    dialogs, sender, recipient, settings
):
    published = in_the_service(send_and_publish(sender, letter(correspondence={"notification": REMINDED})))
    recipient.delete(path_of(published, "/purge"))
    run_dialog_jobs()

    told = [call.body for call in dialogs.calls if "/activities" in call.path]
    assert [activity["type"] for activity in told] == ["DialogDeleted", "Information"]
    assert [activity["performedBy"] for activity in told] == [BY_COMPANY, {"actorType": "ServiceOwner"}]
    assert texts(told[1]) == {
        "nb": "Et varsel som ikke var sendt ennå, er stanset fordi brevet er slettet.",
        "nn": "Eit varsel som ikkje var sendt enno, er stansa fordi brevet er sletta.",
        "en": "A notification that had not been sent yet was stopped, since the letter has been deleted.",
    }
    assert dialogs.made[-1] == ("DELETE", f"/{published.dialog_id}")
    assert (untold(), f"/{published.dialog_id}" in dialogs.things) == (0, False)


def test_purge_before_the_dialog_exists_leaves_nothing_to_tell(dialogs, sender, recipient):
    published = send_and_publish(sender)
    opened(recipient, published)
    recipient.delete(path_of(published, "/purge"))

    run_dialog_jobs()

    assert (dialogs.calls, DialogActivity.objects.count()) == ([], 0)


def test_withdrawn_letter_has_no_dialog_to_tell(dialogs, sender):
    sender.delete(path_of(send(sender), "/purge"))

    assert DialogActivity.objects.count() == 0


def test_removed_dialog_takes_nothing_and_needs_nothing(dialogs, shown, recipient):
    opened(recipient, shown)
    del dialogs.things[f"/{shown.dialog_id}"]

    run_dialog_jobs()

    assert (dialogs.activities, untold(), follow_ups().count()) == ([], 0, 0)


def test_refused_activity_does_not_keep_a_dialog_from_being_removed(dialogs, shown, recipient):
    recipient.delete(path_of(shown, "/purge"))
    dialogs.answers = [403, 403]
    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    assert follow_ups().count() == 2

    dialogs.answers = [403]
    run_dialog_jobs()

    assert (f"/{shown.dialog_id}" in dialogs.things, follow_ups().count(), untold()) == (False, 0, 0)


def test_outage_keeps_a_dialog_until_it_is_told_of_its_end(dialogs, shown, recipient):
    recipient.delete(path_of(shown, "/purge"))
    dialogs.answers = [500]
    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    assert f"/{shown.dialog_id}" in dialogs.things

    run_dialog_jobs()

    assert [method for method, _ in dialogs.made][-2:] == ["POST", "DELETE"]


NAMES = {
    "nb": "Vedlegget «Vedtaket» er lastet ned.",
    "nn": "Vedlegget «Vedtaket» er lasta ned.",
    "en": "The attachment “Vedtaket” has been downloaded.",
}


@pytest.fixture
def with_files(dialogs, sender, world):
    """A letter to the company with a named file and one without a name."""
    AccessGrant.objects.create(
        resource=world.letters,
        action=Action.READ,
        subject_kind=SubjectKind.ROLE,
        subject="daglig-leder",
    )
    files = [uploaded(sender, displayName="Vedtaket"), uploaded(sender, fileName="kart.txt")]
    existing = [str(identity) for identity in files]
    return in_the_service(send_and_publish(sender, letter(existingAttachments=existing))), files


@pytest.mark.contract("attachments.md#2.6")
def test_download_is_told_once_for_each_file_and_party(dialogs, with_files, recipient):
    published, (named, other) = with_files
    person = Client.person(PERSON, "altinn:correspondence.read")
    for client in (recipient, recipient, person):
        downloaded(client, published, f"/attachment/{named}/download")
    downloaded(recipient, published, f"/attachment/{other}/download")
    run_dialog_jobs()

    told = [(texts(one)["nb"], one["performedBy"]["actorId"]) for one in dialogs.activities]
    person_urn = f"urn:altinn:person:identifier-no:{PERSON}"
    assert told == [
        (NAMES["nb"], COMPANY_URN),
        (NAMES["nb"], person_urn),
        ("Vedlegget «kart.txt» er lastet ned.", COMPANY_URN),
    ]
    assert texts(dialogs.activities[0]) == NAMES


@pytest.mark.contract("attachments.md#2.7")
def test_downloading_all_tells_of_each_file_that_was_not_told_of(dialogs, with_files, recipient):
    published, (named, _) = with_files
    downloaded(recipient, published, f"/attachment/{named}/download")
    downloaded(recipient, published, "/attachments/downloadall")
    downloaded(recipient, published, "/attachments/downloadall")
    run_dialog_jobs()

    told = [texts(one)["en"] for one in dialogs.activities]
    assert told == [NAMES["en"], "The attachment “kart.txt” has been downloaded."]


def test_the_owners_own_download_is_not_told(dialogs, with_files, sender):
    published, (named, _) = with_files
    owner = Client.organisation(
        "991825827", "altinn:serviceowner", "altinn:correspondence.write", "altinn:correspondence.read"
    )
    downloaded(owner, published, f"/attachment/{named}/download")

    assert DialogActivity.objects.count() == 0


@pytest.mark.contract("notifications.md#F17")
@pytest.mark.contract("notifications.md#X39")
def test_each_delivered_forwarding_is_told_with_title_address_and_words(dialogs, sender, recipient, mailbox):
    published = received(sender, recipient, content={"messageTitle": "Til {{recipientName}}"})
    run_dialog_jobs()
    before = len(dialogs.activities)
    forward(recipient, published, "ola@regnskap.example", "Se på dette")
    forward(recipient, published, "kari@regnskap.example")
    run_dialog_jobs()
    assert len(dialogs.activities) == before

    deliver()
    run_dialog_jobs()

    first, second = dialogs.activities[before:]
    assert texts(first) == {
        "nb": "Brevet «Til Rask Falk As» er videresendt til ola@regnskap.example. Hilsen: «Se på dette»",
        "nn": "Brevet «Til Rask Falk As» er vidaresendt til ola@regnskap.example. Helsing: «Se på dette»",
        "en": "The letter “Til Rask Falk As” has been forwarded to ola@regnskap.example. Message: “Se på dette”",
    }
    assert texts(second)["nb"] == "Brevet «Til Rask Falk As» er videresendt til kari@regnskap.example."
    assert first["performedBy"] == BY_COMPANY
    created = published.forwardings.order_by("created_at").values_list("created_at", flat=True)
    assert datetime.fromisoformat(first["createdAt"]) == created[0]


def test_letter_whose_title_is_a_name_that_nobody_has(dialogs, sender, recipient, mailbox):
    published = received(sender, recipient, content={"messageTitle": "{{recipientName}}"})
    Correspondence.objects.update(recipient_name="")
    forward(recipient, published)
    deliver()
    run_dialog_jobs()

    assert texts(dialogs.activities[-1])["en"].startswith("The letter “{{recipientName}}” has been forwarded")


def test_mail_that_arrives_after_the_purge_is_not_told(dialogs, sender, recipient, mailbox):
    published = received(sender, recipient)
    run_dialog_jobs()
    forward(recipient, published)
    deliver_due(job_id=JOB)
    recipient.delete(path_of(published, "/purge"))
    deliver()

    assert not DialogActivity.objects.filter(kind="forwarded").exists()


@pytest.mark.parametrize("status", [408, 500, 502])
def test_failing_call_keeps_no_other_activity_waiting(dialogs, shown, recipient, status):
    opened(recipient, shown)
    recipient.post(path_of(shown, "/confirm"))
    dialogs.answers = [status, status]

    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    assert untold() == 2 - len(dialogs.activities)

    dialogs.answers = []
    run_dialog_jobs()
    assert (sorted(types(dialogs)), untold(), follow_ups().count()) == (
        *(["CorrespondenceConfirmed", "CorrespondenceOpened"], 0),
        0,
    )


@pytest.mark.parametrize("status", [401, 429, 503])
def test_service_that_takes_nothing_now_keeps_what_it_has_taken(dialogs, shown, recipient, status):
    opened(recipient, shown)
    recipient.post(path_of(shown, "/confirm"))
    dialogs.before_answering = lambda: dialogs.answers.extend([201, status])

    with pytest.raises(NeighbourDown):
        run_dialog_jobs()

    assert (untold(), follow_ups().count()) == (1, 0)


def test_refusal_is_followed_up_until_it_is_taken(dialogs, shown, recipient):
    opened(recipient, shown)
    dialogs.answers = [403]
    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    opened_follow_up = follow_ups().get()
    assert opened_follow_up.correspondence_id == shown.pk
    assert opened_follow_up.summary.startswith("The dialog was not told of an activity (Opened): 403")

    run_dialog_jobs()

    assert (types(dialogs), follow_ups().count()) == (["CorrespondenceOpened"], 0)


def test_activity_without_its_values_keeps_no_other_waiting(dialogs, shown, recipient):
    DialogActivity.objects.create(correspondence=shown, kind="downloaded", at=shown.published_at)
    opened(recipient, shown)

    with pytest.raises(DialogsLeft):
        run_dialog_jobs()

    assert (types(dialogs), untold(), follow_ups().count()) == (["CorrespondenceOpened"], 1, 1)


@pytest.mark.parametrize("status", [409, 422])
def test_run_that_was_killed_before_it_could_record_repeats_nothing(dialogs, shown, recipient, status):
    opened(recipient, shown)
    run_dialog_jobs()
    DialogActivity.objects.update(told_at=None)  # as after a crash between call and commit
    dialogs.answers = [] if status == 409 else [status]

    run_dialog_jobs()

    (activity,) = dialogs.activities
    assert dialogs.made[-1] == ("GET", f"/{shown.dialog_id}/activities/{activity['id']}")
    assert untold() == 0


def test_what_happened_before_the_dialog_was_there_is_told_when_it_is(dialogs, sender, recipient):
    published = send_and_publish(sender)
    opened(recipient, published)
    dialogs.answers = [500]
    with pytest.raises(DialogsLeft):
        run_dialog_jobs()
    assert untold() == 1

    run_dialog_jobs()

    assert (types(dialogs), untold()) == (["CorrespondenceOpened"], 0)


def test_creation_that_was_killed_before_it_told_tells_when_repeated(dialogs, shown, recipient):
    opened(recipient, shown)
    dialog_jobs_done()  # it ran while there was no dialog

    create_dialogs(message_id=shown.message_id)

    assert types(dialogs) == ["CorrespondenceOpened"]


def test_without_a_service_nothing_is_kept(sender, recipient, mailbox):
    attachment = uploaded(sender)
    published = received(sender, recipient, existingAttachments=[str(attachment)])
    downloaded(recipient, published, f"/attachment/{attachment}/download")
    recipient.post(path_of(published, "/confirm"))
    forward(recipient, published)
    deliver()
    recipient.delete(path_of(published, "/purge"))

    assert (DialogActivity.objects.count(), dialog_jobs()) == (0, [])


def test_activities_left_from_a_service_that_was_taken_away_are_kept(dialogs, shown, recipient, settings):
    opened(recipient, shown)
    settings.DIALOG_SERVICE_URL = ""

    run_dialog_jobs()

    assert (dialogs.activities, untold()) == ([], 1)


def test_worker_tells_what_happened(committed, dialogs, sender, recipient):
    published = publish(send(sender))
    with worker(DIALOG_SERVICE_URL=dialogs.url):
        opened(recipient, published)
        eventually(lambda: types(dialogs) == ["CorrespondenceOpened"], "it was not told")
        dialogs.answers = [500]
        recipient.post(path_of(published, "/confirm"))
        eventually(lambda: len(types(dialogs)) == 2, "it was not told after the outage")
        eventually(lambda: untold() == 0, "it was not recorded")
