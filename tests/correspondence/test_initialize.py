"""What an accepted request leaves behind, and what it answers."""

import uuid

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.models import Correspondence, Message
from journal.models import OutboundEvent
from registry.enums import TokenKind
from registry.models import Party
from tests.support.clients import Client
from tests.support.letters import COMPANY_URN, letter, send, statuses, uploaded
from tests.support.parallel import at_once
from tests.support.world import PERSON, RESERVED

NOTIFICATION = {
    "notificationTemplate": "GenericAltinnMessage",
    "notificationChannel": "EmailPreferred",
    "sendReminder": True,
}


@pytest.mark.contract("initialize.md#9")
def test_answer_lists_letters_in_the_requests_order(sender):
    answer = sender.post("/correspondence", letter(recipients=[PERSON, "0192:310654302"])).json()

    letters = answer.pop("correspondences")
    assert answer == {"attachmentIds": []}
    assert [(item["recipient"], item["status"], item["notifications"]) for item in letters] == [
        (f"urn:altinn:person:identifier-no:{PERSON}", "ReadyForPublish", []),
        ("0192:310654302", "ReadyForPublish", []),
    ]


@pytest.mark.contract("initialize.md#8")
def test_accepted_request_is_stored_with_history_event_and_job(sender):
    stored = send(sender, letter(correspondence={"propertyList": {"a": "b"}, "ignoreReservation": True}))

    message = stored.message
    assert (message.title, message.owner_org, message.property_list) == (
        "Vedtak i saken din",
        "991825827",
        {"a": "b"},
    )
    assert (stored.recipient_urn, stored.recipient_name) == (COMPANY_URN, "RASK FALK AS")
    assert statuses(stored) == ["Initialized", "ReadyForPublish"]
    assert list(OutboundEvent.objects.values_list("type", "resource_instance")) == [
        ("correspondenceinitialized", str(stored.pk))
    ]
    assert ProcrastinateJob.objects.get().args == {"message_id": str(message.pk)}


def test_refused_request_stores_nothing(sender):
    sender.post("/correspondence", letter(recipients=["0192:310654302", "0192:999999999"]))

    assert (Message.objects.count(), Correspondence.objects.count(), ProcrastinateJob.objects.count()) == (
        0,
        0,
        0,
    )


@pytest.mark.contract("initialize.md#6")
def test_reserved_recipient_among_several_gets_a_letter_that_is_never_sent(sender):
    body = letter(correspondence={"notification": NOTIFICATION}, recipients=[RESERVED, "0192:310654302"])

    reserved, other = sender.post("/correspondence", body).json()["correspondences"]

    assert (reserved["status"], reserved["notifications"]) == ("Reserved", [])
    assert (other["status"], len(other["notifications"])) == ("ReadyForPublish", 2)
    assert statuses(Correspondence.objects.get(pk=reserved["correspondenceId"])) == [
        "Initialized",
        "Reserved",
    ]


def test_notifications_are_answered_main_then_reminder_under_one_order(sender):
    body = letter(correspondence={"notification": NOTIFICATION})

    main, reminder = sender.post("/correspondence", body).json()["correspondences"][0]["notifications"]

    assert main["orderId"] == reminder["orderId"]
    assert (main["isReminder"], main["status"]) == (False, "Success")
    assert (reminder["isReminder"], reminder["status"]) == (True, "Success")


def test_existing_attachments_are_answered_once_each(sender):
    attachment = uploaded(sender)

    answer = sender.post("/correspondence", letter(existingAttachments=[str(attachment)] * 2)).json()

    assert answer["attachmentIds"] == [str(attachment)]


@pytest.mark.contract("initialize.md#5.1")
def test_attachment_that_is_not_uploaded_is_refused(sender):
    body = {"resourceId": "example-letters", "fileName": "a.txt", "sendersReference": "1"}
    announced = sender.post("/attachment", body).json()

    assert sender.post("/correspondence", letter(existingAttachments=[announced])).json()["errorCode"] == 1018


@pytest.mark.contract("initialize.md#5.1")
def test_more_than_a_hundred_attachments_are_refused(sender):
    attachment = str(uploaded(sender))

    assert (
        sender.post("/correspondence", letter(existingAttachments=[attachment] * 101)).json()["errorCode"]
        == 1038
    )


@pytest.mark.contract("access.md#1.4")
@pytest.mark.parametrize(
    ("scopes", "kind", "status"),
    [
        (["altinn:correspondence.write", "altinn:serviceowner"], TokenKind.MASKINPORTEN, 200),
        (["altinn:correspondence.write"], TokenKind.MASKINPORTEN, 403),
        (["altinn:serviceowner"], TokenKind.ALTINN, 403),
        (["altinn:correspondence.read", "altinn:serviceowner"], TokenKind.ALTINN, 403),
        (["altinn:correspondence.write"], TokenKind.ALTINN, 401),
    ],
)
def test_each_kind_of_token_has_its_own_scope_rule(world, scopes, kind, status):
    client = Client.organisation("991825827", *scopes, kind=kind)

    answer = client.post("/correspondence", letter())

    assert answer.status_code == status
    assert status != 403 or answer.content == b""


def test_unknown_recipient_is_made_up_when_parties_are_provisioned(sender, settings):
    settings.REGISTRY_AUTO_PROVISION = True

    stored = send(sender, letter(recipients=["0192:910753614"]))

    party = Party.objects.get(org_number="910753614")
    assert (stored.recipient_party_uuid, stored.recipient_name) == (party.uuid, party.display_name)


@pytest.mark.contract("initialize.md#4")
def test_used_key_is_409_and_names_the_letter(sender):
    body = letter(idempotentKey=str(uuid.uuid4()))
    first = send(sender, body)

    again = sender.post(
        "/correspondence", letter({"messageTitle": "Another"}) | {"idempotentKey": body["idempotentKey"]}
    )

    assert again.status_code == 409
    assert (again.json()["errorCode"], again.json()["existingCorrespondenceId"]) == (1034, str(first.pk))


def test_refused_request_does_not_use_up_its_key(sender):
    key = str(uuid.uuid4())

    refused = sender.post("/correspondence", letter({"messageTitle": "# x"}, idempotentKey=key))

    assert refused.status_code == 400
    assert sender.post("/correspondence", letter(idempotentKey=key)).status_code == 200


@pytest.mark.contract("initialize.md#4")
def test_ten_concurrent_requests_with_one_key_create_one_letter(committed, sender):
    body = letter(idempotentKey=str(uuid.uuid4()), correspondence={"notification": NOTIFICATION})
    answers = at_once(*[lambda: Client(sender.token).post("/correspondence", body)] * 10)

    created = Correspondence.objects.get()
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    conflicts = [answer.json() for answer in answers if answer.status_code == 409]
    assert {(c["errorCode"], c["existingCorrespondenceId"]) for c in conflicts} == {(1034, str(created.pk))}


@pytest.mark.parametrize("recipients", [1, 10, 500])
def test_initialize_query_count_does_not_grow_with_recipients(
    sender, settings, recipients, django_assert_num_queries
):
    settings.REGISTRY_AUTO_PROVISION = True
    numbers = [f"0192:{910_000_000 + n}" for n in range(recipients)]
    Party.objects.bulk_create(
        Party(
            kind="organization",
            org_number=number[5:],
            urn=f"urn:altinn:organization:identifier-no:{number[5:]}",
            display_name="TEST AS",
        )
        for number in numbers
    )
    body = letter(correspondence={"notification": NOTIFICATION}, recipients=numbers)
    sender.post("/correspondence", letter())

    # resource, caller's party, recipients, templates, contacts; savepoint, message, letters, history, two kinds of
    # events, text, orders, notifications, follow-ups, job, release of the savepoint
    with django_assert_num_queries(17):
        answer = sender.post("/correspondence", body)

    assert len(answer.json()["correspondences"]) == recipients
