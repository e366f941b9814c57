"""Upstream's own tests of the life cycle, row by row (lifecycle.md 10), by the ids they have there.

Rows that an older test proved already are named in that test; `test_every_row_is_proved` finds them all. Rows about
upstream's machinery have no counterpart here:

- HB01, HB02: duplicate Fetched rows are cleaned up; ours are never made (HO11).
- HU01, HU02: clean-up of upstream's own test resource, run nightly in production; we have no such resource.
- HM01, HK01: one-off repairs of imported letters and of old dialogs; nothing is imported.
- HX01, HX02: dialogs are deleted or restored by sweeps; ours follow their letter by its own jobs (tests of dialogs).
- HV02: the confirm job finds its dialog not patched; confirming waits for no dialog (lifecycle.md 11.5).
- RC02, RC09: letters that were archived, or imported from Altinn 2; neither exists here.
- RC04, RC05, RC06, RC08, RI01: windows and hard deletes for maintenance operations that we do not have.
- MA01, MA02, MA03: rotation of Maskinporten's client keys; we are no client of Maskinporten.
- MA05, MA06: queues and servers of Hangfire; our queue is a library with tests of its own, `serve` starts one worker.
- MA08: the Slack test message; operators have follow-ups.
- MA10: a database function that queues the making of Azure storage accounts.
"""

import re
import uuid
from io import BytesIO
from zipfile import ZipFile

import pytest

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.actors import SYSTEM
from registry.models import PartyRole
from tests.support.clients import Client
from tests.support.jobs import run_due_jobs
from tests.support.letters import (
    COMPANY_URN,
    as_form,
    described,
    in_days,
    letter,
    publish,
    send,
    send_and_publish,
    statuses,
    uploaded,
)
from tests.support.processes import ROOT
from tests.support.world import COMPANY, OWNER, PERSON, RESERVED, SUB_UNIT, resource

TOMORROW = {"requestedPublishTime": in_days(1)}
NO_ID = "01900000-0000-7000-8000-00000000ffff"
ALLOWED_ORIGINS = ["https://af.tt02.altinn.no", "http://af.tt.altinn.no"]
FOREIGN_ORIGIN = "https://inbox.example"
READ, WRITE, SERVICE_OWNER = (
    "altinn:correspondence.read",
    "altinn:correspondence.write",
    "altinn:serviceowner",
)

ROWS = {
    "LR": 19,
    "LS": 12,
    "LD": 8,
    "SE": 21,
    "HO": 11,
    "HP": 3,
    "HC": 1,
    "HV": 3,
    "HI": 1,
    "HB": 2,
    "HU": 2,
    "HM": 1,
    "HK": 1,
    "HX": 2,
    "HG": 1,
    "HN": 7,
    "DP": 7,
    "RC": 9,
    "RF": 1,
    "RI": 1,
    "MA": 10,
    "UC": 5,
}
"""How many rows each group of the reference's table has."""
ID = re.compile(rf"\b({'|'.join(ROWS)})(\d\d)\b")
SPAN = re.compile(rf"\b({'|'.join(ROWS)})(\d\d) to \1(\d\d)\b")


def code(answer):
    return answer.status_code, answer.json().get("errorCode")


def history(client, letter_):
    shown = client.get(f"/correspondence/{letter_.pk}/details").json()["statusHistory"]
    return [one["status"] for one in shown]


def found(client, **query):
    answer = client.get("/correspondence", {"resourceId": "example-letters"} | query)
    assert answer.status_code == 200, answer.content
    return answer.json()["ids"]


def test_every_row_is_proved():
    """Here or in another test's words, as an id or as a span of ids."""
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    named = {f"{group}{number}" for group, number in ID.findall(sources)}
    for group, first, last in SPAN.findall(sources):
        named |= {f"{group}{number:02}" for number in range(int(first), int(last) + 1)}
    expected = {f"{group}{number:02}" for group, count in ROWS.items() for number in range(1, count + 1)}

    assert sorted(expected - named) == []
    assert sorted(named - expected) == []


# 10.1 Retrieval


@pytest.mark.contract("lifecycle.md#10.1")
def test_sender_opens_its_letter_right_after_initialising(sender):
    """LR01, LR06"""
    stored = send(sender)

    answers = [sender.get(f"/correspondence/{stored.pk}{part}") for part in ("", "/details")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["status"] for answer in answers] == ["ReadyForPublish"] * 2


@pytest.mark.contract("lifecycle.md#10.1")
@pytest.mark.parametrize("first_opens", [True, False])
def test_senders_own_reading_is_in_no_history(sender, first_opens):
    """LR05, LR10"""
    published = send_and_publish(sender)
    if first_opens:
        sender.get(f"/correspondence/{published.pk}")

    assert history(sender, published) == ["Initialized", "ReadyForPublish", "Published"]


@pytest.mark.contract("lifecycle.md#10.1")
def test_content_is_empty_in_the_senders_overview_and_details_once_published(sender):
    """LR14"""
    published = send_and_publish(sender)

    for part in ("", "/details"):
        content = sender.get(f"/correspondence/{published.pk}{part}").json()["content"]
        assert {content[name] for name in ("messageTitle", "messageSummary", "messageBody")} == {""}


@pytest.mark.contract("lifecycle.md#10.1")
def test_content_is_there_for_the_sender_until_it_is_published(sender):
    """LR15"""
    waiting = send(sender, letter(correspondence=TOMORROW))

    for part in ("", "/details"):
        shown = sender.get(f"/correspondence/{waiting.pk}{part}").json()
        assert all(shown["content"][name] for name in ("messageTitle", "messageSummary", "messageBody"))
        assert shown["status"] != "Published"


@pytest.mark.contract("lifecycle.md#10.1")
@pytest.mark.parametrize("origin", ALLOWED_ORIGINS)
def test_content_may_be_shown_in_an_inbox(sender, recipient, origin):
    """LR16"""
    published = send_and_publish(sender)

    answer = recipient.get(f"/correspondence/{published.pk}/content", Origin=origin)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.contract("lifecycle.md#10.1")
def test_content_may_be_shown_nowhere_else(sender, recipient):
    """LR17"""
    published = send_and_publish(sender)

    answer = recipient.get(f"/correspondence/{published.pk}/content", Origin=FOREIGN_ORIGIN)

    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.contract("lifecycle.md#10.1")
@pytest.mark.parametrize("origin", [*ALLOWED_ORIGINS, FOREIGN_ORIGIN])
def test_preflight_for_the_content(db, origin):
    """LR18, LR19"""
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}

    answer = Client(None).http.options(
        f"/correspondence/api/v1/correspondence/{NO_ID}/content", headers=asked
    )

    if origin == FOREIGN_ORIGIN:
        assert "Access-Control-Allow-Origin" not in answer.headers
    else:
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, origin)
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert "GET" in answer.headers["Access-Control-Allow-Methods"]


# 10.2 Status


@pytest.mark.contract("lifecycle.md#10.2")
def test_read_then_confirmed_then_refused(sender, recipient):
    """LS08, LS09, LS11, LS12; confirming needs neither a due date nor a reading, and is there at once"""
    published, unread = send_and_publish(sender), send_and_publish(sender)
    path = f"/correspondence/{published.pk}"
    for one in (published, unread):
        recipient.get(f"/correspondence/{one.pk}")

    assert recipient.post(f"/correspondence/{unread.pk}/confirm").status_code == 200
    assert recipient.post(f"{path}/markasread").status_code == 200
    assert recipient.post(f"{path}/confirm").status_code == 200
    assert sender.get(path).json()["status"] == "Confirmed"
    assert code(recipient.post(f"{path}/confirm")) == (400, 1041)


@pytest.mark.contract("lifecycle.md#10.2")
def test_nobody_has_read_it(sender):
    """LS04"""
    published = send_and_publish(sender)

    for part in ("", "/details"):
        assert sender.get(f"/correspondence/{published.pk}{part}").json()["read"] is None


# 10.3 Purge


@pytest.mark.contract("lifecycle.md#10.3")
def test_waiting_letter_is_its_senders_to_withdraw(sender, recipient):
    """LD01"""
    waiting = send(sender, letter(correspondence=TOMORROW))
    path = f"/correspondence/{waiting.pk}"

    assert code(recipient.delete(f"{path}/purge")) == (404, 1001)
    assert sender.delete(f"{path}/purge").status_code == 200
    assert code(sender.get(path)) == (404, 1001)


@pytest.mark.contract("lifecycle.md#10.3")
def test_published_letter_is_its_recipients_to_delete(sender, recipient):
    """LD02"""
    published = send_and_publish(sender)
    path = f"/correspondence/{published.pk}"

    assert code(sender.delete(f"{path}/purge")) == (400, 1013)
    assert recipient.delete(f"{path}/purge").status_code == 200
    assert code(sender.get(path)) == (404, 1001)


@pytest.mark.contract("lifecycle.md#10.3")
def test_file_goes_when_all_its_letters_are_withdrawn(sender):
    """LD05"""
    attachment = uploaded(sender)
    body = letter(
        correspondence=TOMORROW,
        recipients=[f"0192:{COMPANY}", PERSON],
        existingAttachments=[str(attachment)],
    )
    letters = send(sender, body).message.correspondences.all()

    for one in letters:
        assert sender.delete(f"/correspondence/{one.pk}/purge").status_code == 200
        assert code(sender.get(f"/correspondence/{one.pk}")) == (404, 1001)

    assert sender.get(f"/attachment/{attachment}").json()["status"] == "Purged"


# 10.4 Search


@pytest.mark.contract("lifecycle.md#10.4")
@pytest.mark.parametrize("role", ["Sender", "Recipient", "RecipientAndSender"])
@pytest.mark.parametrize(
    "on_behalf_of", [f"urn:altinn:person:identifier-no:{PERSON}", PERSON], ids=["urn", "bare"]
)
def test_search_for_a_person(sender, on_behalf_of, role):
    """SE04"""
    published = send_and_publish(sender, letter(recipients=[PERSON]))
    person = Client.person(PERSON, READ)

    expected = [] if role == "Sender" else [str(published.pk)]
    assert found(person, role=role, onBehalfOf=on_behalf_of) == expected


@pytest.mark.contract("lifecycle.md#10.4")
@pytest.mark.parametrize(
    "on_behalf_of",
    [
        "nobody",
        "310654303",  # its check digit is wrong
        "urn:altinn:somebody:else:310654302",
        "0192:31065430",
        "0192:3106543021",
        "urn:altinn:organization:identifier-no:31065430",
        "urn:altinn:organization:identifier-no:3106543021",
        "urn:altinn:person:identifier-no:0482599973",
        "urn:altinn:person:identifier-no:048259997311",
    ],
)
def test_search_for_what_names_nobody(sender, on_behalf_of):
    """SE06"""
    query = {"resourceId": "example-letters", "role": "Sender", "onBehalfOf": on_behalf_of}

    assert sender.get("/correspondence", query).status_code == 400


@pytest.mark.contract("lifecycle.md#10.4")
def test_search_by_each_role_for_each_party(sender, world):
    """SE08; upstream's test asserts nothing of the answers"""
    resource("stranger-letters", world.stranger)
    stranger = Client.organisation(world.stranger.org_number, SERVICE_OWNER, WRITE, READ)
    theirs = {"resourceId": "stranger-letters"}
    sent = send_and_publish(sender, letter(recipients=[f"0192:{SUB_UNIT}"]))
    received = publish(send(stranger, letter(correspondence=theirs, recipients=[f"0192:{OWNER}"])))
    both = Client.organisation(OWNER, SERVICE_OWNER, WRITE, READ)

    assert found(both, role="Sender") == found(both, role="RecipientAndSender") == [str(sent.pk)]
    assert found(both, role="Recipient") == []
    assert found(both, role="RecipientAndSender", **theirs) == [str(received.pk)]
    assert found(both, role="Sender", **theirs) == []
    assert found(stranger, role="RecipientAndSender") == []


@pytest.mark.contract("lifecycle.md#10.4")
@pytest.mark.parametrize(
    ("status", "by_sender", "by_recipient"),
    [("ReadyForPublish", 2, 0), ("Published", 1, 1), ("1", 2, 0), (None, 2, 1)],
)
def test_search_by_status_and_side(sender, recipient, status, by_sender, by_recipient):
    """SE09, SE12, SE13, SE14"""
    send(sender, letter(correspondence=TOMORROW))
    send_and_publish(sender)
    query = {"status": status} if status else {}

    assert len(found(sender, role="Sender", **query)) == by_sender
    assert len(found(recipient, role="Recipient", **query)) == by_recipient


@pytest.mark.contract("lifecycle.md#10.4")
def test_search_for_published_finds_what_was_read_and_confirmed_since(sender, recipient):
    """SE01, SE10, SE11"""
    read, confirmed = send_and_publish(sender), send_and_publish(sender)
    for one in (read, confirmed):
        recipient.get(f"/correspondence/{one.pk}/content")
    recipient.post(f"/correspondence/{confirmed.pk}/confirm")

    ids = {str(read.pk), str(confirmed.pk)}
    assert set(found(recipient, role="Recipient", status="Published")) == ids
    assert set(found(recipient, role="RecipientAndSender", status="Published")) == ids


@pytest.mark.contract("lifecycle.md#10.4")
def test_search_by_the_senders_reference(sender):
    """SE16, SE17"""
    first = send_and_publish(sender, letter(correspondence={"sendersReference": "first"}))
    second = send_and_publish(sender, letter(correspondence={"sendersReference": "second"}))
    both = {str(first.pk), str(second.pk)}

    assert found(sender, role="RecipientAndSender", sendersReference="first") == [str(first.pk)]
    assert found(sender, role="RecipientAndSender", sendersReference="second") == [str(second.pk)]
    assert found(sender, role="RecipientAndSender", sendersReference="third") == []
    assert set(found(sender, role="RecipientAndSender")) == both


# 10.5 Overview, publishing, confirming


@pytest.mark.contract("lifecycle.md#10.5")
def test_overview_reads_nothing(sender, recipient):
    """HO03"""
    published = send_and_publish(sender)

    recipient.get(f"/correspondence/{published.pk}")

    assert "Read" not in statuses(published)


@pytest.mark.contract("lifecycle.md#10.5")
def test_letter_in_a_role_is_published_for_its_recipient_only(sender, world):
    """HP02"""
    confidential = {"resourceId": "example-confidential", "isConfidential": True}
    assert PartyRole.objects.filter(from_party=world.company).exists()
    published = send_and_publish(sender, letter(correspondence=confidential))

    assert sender.get(f"/correspondence/{published.pk}").json()["published"] is not None
    assert not published.follow_ups.exists()


# 10.8 Stored letters


def test_letter_is_found_as_it_was_stored(sender):
    """RC01"""
    stored = send(sender)

    again = Correspondence.objects.get(pk=stored.pk)

    assert (again.created_at, again.recipient_urn) == (stored.created_at, COMPANY_URN)


def test_of_two_events_at_one_time_the_later_row_is_shown(sender, recipient):
    """RC07"""
    attachment = uploaded(sender)
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    status = CorrespondenceStatus.ATTACHMENTS_DOWNLOADED
    Correspondence.objects.filter(pk=published.pk).update(status=status)
    for text in ("first", "second"):
        StatusEvent.objects.create(
            correspondence=published,
            status=status,
            text=text,
            at=published.published_at,
            **SYSTEM.columns,
        )

    assert sender.get(f"/correspondence/{published.pk}").json()["statusText"] == "second"


# 10.10 The use-case script


@pytest.mark.contract("lifecycle.md#10.10")
def test_upstreams_use_case_script(sender):
    """UC01 to UC05; the script's recipient is the service owner's own read token"""
    owner_reader = Client.organisation(OWNER, SERVICE_OWNER, READ)
    body = letter({"attachments": described("notat.txt")})
    answer = sender.form("/correspondence/upload", as_form(body), [("notat.txt", b"innhold")])
    identity = answer.json()["correspondences"][0]["correspondenceId"]
    (attachment,) = answer.json()["attachmentIds"]
    run_due_jobs()

    overview = owner_reader.get(f"/correspondence/{identity}").json()
    shown = sender.get(f"/attachment/{attachment}").json()
    downloaded = owner_reader.get(f"/correspondence/{identity}/attachment/{attachment}/download").getvalue()
    purged = owner_reader.delete(f"/correspondence/{identity}/purge")

    assert overview["status"].lower() == "published"
    assert (shown["attachmentId"], downloaded) == (attachment, b"innhold")
    assert (purged.status_code, purged.json()) == (200, identity)
    assert code(owner_reader.get(f"/correspondence/{identity}")) == (404, 1001)


# 10.11 What nobody tests upstream


@pytest.mark.contract("lifecycle.md#10.11")
def test_download_then_confirm_then_purge(sender, recipient):
    """The higher number hides the confirmation in `status`, and never the purge (lifecycle.md 1.3, 1.4)."""
    attachment = uploaded(sender)
    published = send_and_publish(sender, letter(existingAttachments=[str(attachment)]))
    path = f"/correspondence/{published.pk}"
    recipient.get(path)
    ZipFile(BytesIO(recipient.get(f"{path}/attachments/downloadall").getvalue()))
    recipient.post(f"{path}/confirm")
    between = sender.get(path).json()["status"]

    assert recipient.delete(f"{path}/purge").status_code == 200

    assert between == "AttachmentsDownloaded"
    gone = [
        recipient.get(path),
        recipient.get(f"{path}/details"),
        recipient.get(f"{path}/content"),
        recipient.get(f"{path}/attachment/{attachment}/download"),
        recipient.get(f"{path}/attachments/downloadall"),
        recipient.post(f"{path}/markasread"),
        recipient.post(f"{path}/confirm"),
        recipient.post(f"{path}/forward", {"forwardTo": "kari@example.no"}),
    ]
    assert {code(answer) for answer in gone} == {(404, 1001)}
    assert code(recipient.delete(f"{path}/purge")) == (400, 1014)


@pytest.mark.contract("lifecycle.md#10.11")
def test_reserved_letter_is_readable_by_its_sender_alone(sender):
    stored = send(sender, letter(recipients=[RESERVED, f"0192:{COMPANY}"]))
    path = f"/correspondence/{stored.pk}"
    person = Client.person(RESERVED, READ)

    assert sender.get(path).json()["status"] == "Reserved"
    assert {code(person.get(f"{path}{part}")) for part in ("", "/content", "/details")} == {(404, 1001)}
    assert found(person, role="Recipient", onBehalfOf=RESERVED) == []


@pytest.mark.contract("lifecycle.md#10.11")
def test_each_resource_has_its_own_answer_to_a_key(sender, world):
    resource("other-letters", world.owner)
    key = str(uuid.uuid4())
    stored = send(sender, letter(correspondence={"resourceId": "other-letters"}, idempotentKey=key))

    assert found(sender, role="Sender", idempotentKey=key) == []
    assert found(sender, resourceId="other-letters", role="Sender", idempotentKey=key) == [str(stored.pk)]
