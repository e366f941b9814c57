"""The recipient's side, and what the sender sees of it (lifecycle.md 3 to 5, 10.1 to 10.3; api.md 14)."""

import uuid

import pytest
import time_machine
from django.utils import timezone

from correspondence.models import Correspondence
from tests.support.clients import Client
from tests.support.letters import COMPANY_URN, in_days, letter, send, send_and_publish, statuses, uploaded
from tests.support.parallel import at_once

CONFIRMED = {"isConfirmationNeeded": True, "dueDateTime": "2099-01-01T00:00:00Z"}
UNKNOWN = uuid.UUID("01900000-0000-7000-8000-00000000ffff")


@pytest.fixture
def owner_reader(world):
    """The service owner's own token with the read scope only, as upstream's use-case script has it."""
    return Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.read")


@pytest.mark.contract("api.md#14")
def test_overview_shows_the_recipient_everything(sender, recipient):
    attachment = uploaded(sender, b"vedtak", fileName="vedtak.pdf", displayName="Vedtaket")
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))

    overview = recipient.get(f"/correspondence/{published.pk}").json()

    (shown,) = overview["content"].pop("attachments")
    assert (shown["id"], shown["status"], shown["dataType"]) == (
        str(attachment),
        "Published",
        "application/pdf",
    )
    assert overview["content"] == {
        "language": "nb",
        "messageTitle": "Vedtak i saken din",
        "messageSummary": "Søknaden er innvilget.",
        "messageBody": "Hei Rask Falk As\n\nSøknaden er **innvilget**.",
    }
    assert (overview["status"], overview["recipient"], overview["messageSender"]) == (
        "Published",
        COMPANY_URN,
        "",
    )
    assert overview["published"] == overview["statusChanged"]
    assert (overview["notification"], overview["notifications"]) == (None, [])
    assert overview["externalReferences"] == [
        {"referenceValue": str(published.dialog_id), "referenceType": "DialogportenDialogId"}
    ]


@pytest.mark.contract("lifecycle.md#3.4")
def test_content_is_hidden_from_the_sender_once_published(sender):
    stored = send(sender)
    before = sender.get(f"/correspondence/{stored.pk}").json()["content"]
    send_and_publish(sender)
    published = send_and_publish(sender)

    after = sender.get(f"/correspondence/{published.pk}").json()["content"]

    assert before["messageTitle"] == "Vedtak i saken din"
    assert after == {
        "language": "no",
        "messageTitle": "",
        "messageSummary": "",
        "messageBody": "",
        "attachments": [],
    }


@pytest.mark.contract("lifecycle.md#3.1")
def test_unpublished_letter_is_unknown_to_its_recipient(sender, recipient):
    """LR03, LR08, LS02"""
    waiting = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))

    answers = [
        recipient.get(f"/correspondence/{waiting.pk}"),
        recipient.get(f"/correspondence/{waiting.pk}/details"),
        recipient.get(f"/correspondence/{waiting.pk}/content"),
        recipient.post(f"/correspondence/{waiting.pk}/markasread"),
        recipient.post(f"/correspondence/{waiting.pk}/confirm"),
        recipient.delete(f"/correspondence/{waiting.pk}/purge"),
    ]

    assert {(answer.status_code, answer.json()["errorCode"]) for answer in answers} == {(404, 1001)}


@pytest.mark.contract("lifecycle.md#2.4")
def test_due_letter_is_published_when_its_recipient_asks(sender, recipient):
    stored = send(sender)

    assert recipient.get(f"/correspondence/{stored.pk}").json()["status"] == "Published"


@pytest.mark.contract("lifecycle.md#3.2")
def test_overview_records_one_fetch_in_fifteen_seconds(sender, recipient):
    """HO11"""
    published = send_and_publish(sender)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            recipient.get(f"/correspondence/{published.pk}")
        clock.shift(16)
        recipient.get(f"/correspondence/{published.pk}")

    assert published.fetches.count() == 2


def test_details_show_the_fetch_they_make(sender, recipient):
    """LR09"""
    published = send_and_publish(sender)

    details = recipient.get(f"/correspondence/{published.pk}/details").json()

    assert [event["status"] for event in details["statusHistory"]] == [
        "Initialized",
        "ReadyForPublish",
        "Published",
        "Fetched",
    ]
    assert details["systemLabel"] == "Default"


def test_sender_leaves_no_fetch(sender):
    published = send_and_publish(sender)

    sender.get(f"/correspondence/{published.pk}")
    sender.get(f"/correspondence/{published.pk}/details")

    assert not published.fetches.exists()


@pytest.mark.contract("lifecycle.md#3.5")
def test_owner_reads_as_recipient_without_a_trace(sender, owner_reader):
    published = send_and_publish(sender)

    overview = owner_reader.get(f"/correspondence/{published.pk}").json()
    content = owner_reader.get(f"/correspondence/{published.pk}/content")

    assert overview["content"]["messageTitle"] == "Vedtak i saken din"
    assert content.status_code == 200
    assert (statuses(published)[-1], published.fetches.exists()) == ("Published", False)


@pytest.mark.contract("api.md#5.6")
def test_content_is_text_and_makes_the_letter_read_once(sender, recipient):
    """HO01, HO02"""
    published = send_and_publish(sender)

    first = recipient.get(f"/correspondence/{published.pk}/content", Accept="text/plain")
    recipient.get(f"/correspondence/{published.pk}/content")

    assert first.content.decode() == "Hei Rask Falk As\n\nSøknaden er **innvilget**."
    assert first.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert statuses(published).count("Read") == 1


@pytest.mark.contract("api.md#6.10.1")
def test_many_reply_options_are_appended_to_the_body(sender, recipient):
    options = [{"linkURL": f"https://a.no/{n}", "linkText": f"Svar {n}"} for n in range(4)]
    published = send_and_publish(sender, letter(correspondence={"replyOptions": options}))

    body = recipient.get(f"/correspondence/{published.pk}").json()["content"]["messageBody"]

    assert body.endswith(
        "\n\nSvarvalg:\nSvar 0: https://a.no/0\n"
        + "\n".join(f"Svar {n}: https://a.no/{n}" for n in (1, 2, 3))
    )


@pytest.mark.contract("lifecycle.md#10.2")
def test_mark_as_read_needs_a_fetch_and_happens_once(sender, recipient):
    """LS03, LS06, LS10"""
    published = send_and_publish(sender)
    path = f"/correspondence/{published.pk}"

    unfetched = recipient.post(f"{path}/markasread")
    recipient.get(path)
    first = recipient.post(f"{path}/markasread")
    second = recipient.post(f"{path}/markasread")

    assert unfetched.json()["errorCode"] == 1024
    assert (first.status_code, first.json()) == (200, str(published.pk))
    assert second.json()["errorCode"] == 1040
    assert sender.get(path).json()["status"] == "Read"


@pytest.mark.contract("lifecycle.md#10.2")
def test_confirm_needs_a_fetch_and_happens_once_and_at_once(sender, recipient):
    """LS07, HC01, HV01, HV03"""
    published = send_and_publish(sender)
    path = f"/correspondence/{published.pk}"

    unfetched = recipient.post(f"{path}/confirm")
    recipient.get(path)
    first = recipient.post(f"{path}/confirm")
    second = recipient.post(f"{path}/confirm")

    assert unfetched.json()["errorCode"] == 1025
    assert (first.status_code, first.json()) == (200, str(published.pk))
    assert second.json()["errorCode"] == 1041
    assert recipient.get(path).json()["status"] == "Confirmed"


@pytest.mark.contract("lifecycle.md#10.3")
def test_sender_withdraws_before_publishing_only(sender, recipient):
    waiting = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))
    published = send_and_publish(sender)

    assert sender.delete(f"/correspondence/{waiting.pk}/purge").json() == str(waiting.pk)
    assert sender.get(f"/correspondence/{waiting.pk}").json()["errorCode"] == 1001
    assert sender.delete(f"/correspondence/{waiting.pk}/purge").json()["errorCode"] == 1014
    assert sender.delete(f"/correspondence/{published.pk}/purge").json()["errorCode"] == 1013


@pytest.mark.contract("lifecycle.md#10.3")
def test_recipient_deletes_after_confirming_what_needs_it(sender, recipient):
    """LD03, LD04"""
    published = send_and_publish(sender, letter(correspondence=CONFIRMED))
    path = f"/correspondence/{published.pk}"

    unconfirmed = recipient.delete(f"{path}/purge")
    recipient.get(path)
    recipient.post(f"{path}/confirm")

    assert unconfirmed.json()["errorCode"] == 1026
    assert recipient.delete(f"{path}/purge").status_code == 200
    assert recipient.get(path).json()["errorCode"] == 1001
    assert sender.get(path).json()["errorCode"] == 1001


@pytest.mark.contract("lifecycle.md#1.4")
def test_download_does_not_hide_a_purge(sender, recipient):
    attachment = uploaded(sender)
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    path = f"/correspondence/{published.pk}"
    recipient.get(f"{path}/attachment/{attachment}/download").getvalue()

    recipient.delete(f"{path}/purge")

    answers = [recipient.get(path), recipient.get(f"{path}/details"), recipient.get(f"{path}/content")]
    assert {answer.json()["errorCode"] for answer in answers} == {1001}
    assert sender.get(f"{path}/details").json()["status"] == "PurgedByRecipient"


def test_senders_history_is_silent_about_the_purge(sender, recipient):
    """LR13"""
    published = send_and_publish(sender)
    recipient.delete(f"/correspondence/{published.pk}/purge")

    history = sender.get(f"/correspondence/{published.pk}/details").json()["statusHistory"]

    assert [event["status"] for event in history] == ["Initialized", "ReadyForPublish", "Published"]


@pytest.mark.contract("attachments.md#2.6")
def test_download_streams_the_file_and_is_recorded(sender, recipient):
    attachment = uploaded(sender, b"innhold", fileName="møte notat.docx")
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))

    answer = recipient.get(f"/correspondence/{published.pk}/attachment/{attachment}/download")

    assert answer.getvalue() == b"innhold"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"m_te notat.docx\"; filename*=UTF-8''m%C3%B8te%20notat.docx"
    )
    assert answer.headers["Content-Length"] == "7"
    downloaded = published.status_events.get(status=12)
    assert (downloaded.attachment_id, str(attachment) in downloaded.text) == (attachment, True)


def test_attachment_that_is_not_on_the_letter_is_unknown(sender, recipient):
    published = send_and_publish(sender)

    answer = recipient.get(f"/correspondence/{published.pk}/attachment/{uploaded(sender)}/download")

    assert (answer.status_code, answer.json()["errorCode"]) == (404, 2001)
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"


@pytest.mark.contract("attachments.md#6.4")
def test_file_goes_with_its_last_letter(sender):
    """LD06"""
    attachment = uploaded(sender)
    body = letter(existingAttachments=[str(attachment)])
    first, second = send(sender, body), send(sender, body)

    sender.delete(f"/correspondence/{first.pk}/purge")
    between = sender.get(f"/attachment/{attachment}").json()["status"]
    sender.delete(f"/correspondence/{second.pk}/purge")

    assert (between, sender.get(f"/attachment/{attachment}").json()["status"]) == ("Published", "Purged")


@pytest.mark.contract("access.md#1.6")
def test_stranger_learns_nothing_but_that_the_id_exists(sender, stranger):
    """LR02, LR07, HO08"""
    attachment = uploaded(sender)
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    path = f"/correspondence/{published.pk}"

    answers = [
        stranger.get(path),
        stranger.get(f"{path}/details"),
        stranger.get(f"{path}/content"),
        stranger.post(f"{path}/markasread"),
        stranger.post(f"{path}/confirm"),
        stranger.delete(f"{path}/purge"),
        stranger.get(f"{path}/attachment/{attachment}/download"),
        stranger.get(f"/attachment/{attachment}"),
        stranger.delete(f"/attachment/{attachment}"),
        stranger.upload(f"/attachment/{attachment}/upload", b"x"),
    ]

    assert {(answer.status_code, answer.json()["errorCode"]) for answer in answers} == {(401, 4001)}
    assert stranger.get(f"/correspondence/{UNKNOWN}").json()["errorCode"] == 1001


@pytest.mark.parametrize("action", ["markasread", "confirm"])
def test_concurrent_calls_change_the_status_once(committed, sender, recipient, action):
    published = send_and_publish(sender)
    recipient.get(f"/correspondence/{published.pk}")
    answers = at_once(
        *[lambda: Client(recipient.token).post(f"/correspondence/{published.pk}/{action}")] * 10
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9


def test_concurrent_purges_happen_once(committed, sender):
    waiting = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))

    answers = at_once(*[lambda: Client(sender.token).delete(f"/correspondence/{waiting.pk}/purge")] * 10)

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9


@pytest.mark.parametrize("letters", [1, 3])
def test_overview_query_count_is_constant(sender, recipient, letters, django_assert_max_num_queries):
    attachments = [str(uploaded(sender)) for _ in range(letters)]
    published = send_and_publish(sender, letter(existingAttachments=attachments))
    assert Correspondence.objects.count() == 1

    with django_assert_max_num_queries(16):
        recipient.get(f"/correspondence/{published.pk}")
