"""Who may forward what to whom (notifications.md 8.2; its case table 11.7, rows F01 to F15; 11.8)."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from attachments.models import Attachment
from correspondence.models import Forwarding
from notifications.models import NotificationText, Order
from registry.models import AccessGrant, Party
from tests.correspondence.forwarding.conftest import ADDRESS, ALLOWED, deliver, forward, received
from tests.support.clients import BASE, Client
from tests.support.letters import in_days, letter, send, send_and_publish, uploaded

UNKNOWN = uuid.UUID("01900000-0000-7000-8000-00000000ffff")


def problem(answer):
    return answer.status_code, answer.json().get("errorCode")


def nothing_is_stored():
    return (Forwarding.objects.count(), Order.objects.count(), NotificationText.objects.count()) == (0, 0, 0)


@pytest.mark.contract("notifications.md#F15")
@pytest.mark.contract("api.md#5.13")
def test_answer_is_the_forwardings_id(sender, recipient):
    letter_ = received(sender, recipient)

    answer = forward(recipient, letter_, text="Til regnskapet")

    stored = Forwarding.objects.get()
    assert (answer.status_code, answer.json()) == (200, str(stored.pk))
    assert (stored.text, stored.party_urn) == ("Til regnskapet", letter_.recipient_urn)
    assert Order.objects.get(purpose="forward").pk == stored.pk
    assert ProcrastinateJob.objects.filter(task_name="notifications.deliver_due").exists()


@pytest.mark.contract("notifications.md#F01")
def test_nobody_forwards_without_a_token(sender, recipient):
    """4001 upstream, which asks inside; here a request without a token never gets there."""
    answer = forward(Client(None), received(sender, recipient))

    assert (answer.status_code, answer.content) == (401, b"")
    assert nothing_is_stored()


@pytest.mark.contract("notifications.md#F02")
def test_unknown_letter_is_1001(recipient):
    answer = recipient.post(f"/correspondence/{UNKNOWN}/forward", {"forwardTo": ADDRESS})

    assert problem(answer) == (404, 1001)


@pytest.mark.contract("notifications.md#F03")
def test_only_the_recipient_may_forward(sender, recipient, stranger):
    letter_ = received(sender, recipient)
    owner = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.read")

    answers = [forward(client, letter_) for client in (stranger, owner)]

    assert [problem(answer) for answer in answers] == [(401, 4001)] * 2
    assert nothing_is_stored()


@pytest.mark.contract("notifications.md#X40")
def test_purged_letter_is_1001(sender, recipient):
    letter_ = received(sender, recipient)
    recipient.delete(f"/correspondence/{letter_.pk}/purge")

    assert problem(forward(recipient, letter_)) == (404, 1001)


def test_letter_that_is_not_published_is_1001(sender, recipient):
    waiting = send(sender, letter(None, ALLOWED | {"requestedPublishTime": in_days(1)}))

    assert problem(forward(recipient, waiting)) == (404, 1001)


@pytest.mark.contract("notifications.md#F04")
@pytest.mark.parametrize(
    "address",
    [
        *("ola.example.no", "", "ola@@example.no", "ola@", "ola@example.no\r\nBcc: alle@example.no"),
        *("ola@example.no\nBcc: alle@example.no", "ola@example.no\n", " ola@example.no", "a;b@example.no"),
    ],
)
def test_malformed_address_is_3011(sender, recipient, address):
    letter_ = received(sender, recipient)

    assert problem(forward(recipient, letter_, address)) == (400, 3011)
    assert nothing_is_stored()


@pytest.mark.contract("notifications.md#8.2")
def test_semicolon_between_quotes_is_part_of_an_address(sender, recipient, mailbox):
    assert forward(recipient, received(sender, recipient), '"ola;per"@example.no').status_code == 200

    deliver()

    assert [mail["To"] for mail in mailbox.mails] == ['"ola;per"@example.no']


@pytest.mark.contract("errors.csv#3027")
@pytest.mark.parametrize(("length", "expected"), [(1000, (200, None)), (1001, (400, 3027))])
def test_address_may_be_1000_characters_long(sender, recipient, length, expected):
    address = "a" * (length - len("@example.no")) + "@example.no"

    answer = forward(recipient, received(sender, recipient), address)

    found = (answer.status_code, None) if answer.status_code == 200 else problem(answer)
    assert found == expected


@pytest.mark.contract("notifications.md#F05")
def test_letter_whose_sender_has_not_allowed_it_is_1063(sender, recipient):
    letter_ = send_and_publish(sender)
    recipient.get(f"/correspondence/{letter_.pk}/content")

    assert problem(forward(recipient, letter_)) == (400, 1063)


@pytest.mark.contract("notifications.md#F06")
@pytest.mark.parametrize(("text", "status"), [("x" * 200, 200), ("x" * 201, 400), ("😀" * 101, 400)])
def test_text_may_be_200_characters_long(sender, recipient, text, status):
    answer = forward(recipient, received(sender, recipient), text=text)

    assert answer.status_code == status
    assert status == 200 or problem(answer) == (400, 1066)


@pytest.mark.contract("notifications.md#F07")
def test_text_with_markup_is_1067(sender, recipient):
    answer = forward(recipient, received(sender, recipient), text="<b>Se her</b>")

    assert problem(answer) == (400, 1067)


@pytest.mark.contract("notifications.md#F08")
def test_letter_that_was_never_read_is_1065(sender, recipient):
    letter_ = received(sender, recipient, read=False)
    recipient.get(f"/correspondence/{letter_.pk}")

    assert problem(forward(recipient, letter_)) == (400, 1065)


@pytest.mark.contract("notifications.md#F09")
def test_same_address_again_in_any_case_is_1064(sender, recipient):
    letter_ = received(sender, recipient)
    forward(recipient, letter_, "Ola@Example.no")

    again = [forward(recipient, letter_, address) for address in ("Ola@Example.no", "ola@example.NO")]

    assert [problem(answer) for answer in again] == [(400, 1064)] * 2
    assert (Forwarding.objects.count(), Order.objects.count()) == (1, 1)


@pytest.mark.contract("notifications.md#F10")
def test_address_is_stored_in_lower_case_and_written_to_as_typed(sender, recipient, mailbox):
    forward(recipient, received(sender, recipient), "Ola.Nordmann@Example.no")

    deliver()

    assert Forwarding.objects.get().address == "ola.nordmann@example.no"
    assert [mail["To"] for mail in mailbox.mails] == ["Ola.Nordmann@Example.no"]


@pytest.mark.contract("notifications.md#F13")
@pytest.mark.contract("notifications.md#F14")
def test_mail_that_cannot_be_ordered_leaves_no_forwarding(sender, recipient, monkeypatch):
    """An order that answers nothing does not exist here: it is a row of the same transaction."""

    def fails(mail, *, at):
        raise RuntimeError

    letter_ = received(sender, recipient)
    with monkeypatch.context() as broken:
        broken.setattr("correspondence.services.forward.order_forward", fails)
        answer = forward(recipient, letter_)

    assert answer.status_code == 500
    assert nothing_is_stored()
    assert forward(recipient, letter_).status_code == 200


@pytest.mark.contract("notifications.md#F11")
def test_caller_whose_party_is_unknown_is_4002(sender, recipient, world):
    letter_ = received(sender, recipient)
    Party.objects.filter(pk=world.company.pk).update(urn="urn:altinn:organization:identifier-no:999999999")

    assert problem(forward(recipient, letter_)) == (400, 4002)
    assert nothing_is_stored()


@pytest.mark.contract("api.md#5.13")
def test_first_broken_rule_of_the_contracts_order_is_told(sender, recipient):
    """3011, 3027, 1063, 1066, 1067, 1065, 1064: each is told while all behind it are broken too."""
    forbidden = send_and_publish(sender)
    unread = received(sender, recipient, read=False)
    long_markup, markup = "<b>" * 100, "<b>Se her</b>"
    long_address = "a" * 1000 + "@example.no"

    told = [
        forward(recipient, forbidden, "a" * 1001, long_markup),
        forward(recipient, forbidden, long_address, long_markup),
        forward(recipient, forbidden, text=long_markup),
        forward(recipient, unread, text=long_markup),
        forward(recipient, unread, text=markup),
        forward(recipient, unread),
    ]

    assert [answer.json()["errorCode"] for answer in told] == [3011, 3027, 1063, 1066, 1067, 1065]


@pytest.mark.contract("api.md#2.2")
@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "$"),
        ({"forwardTo": None}, "ForwardTo"),
        ({"forwardTo": 1}, "$.forwardTo"),
        ({"forwardTo": ADDRESS, "forwardingText": {}}, "$.forwardingText"),
    ],
)
def test_body_that_cannot_be_read_is_a_validation_problem(recipient, body, key):
    answer = recipient.post(f"/correspondence/{UNKNOWN}/forward", body)

    assert answer.status_code == 400
    assert key in answer.json()["errors"]


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ("text/json", 200),
        ("application/vnd.example+json", 200),
        ("text/plain", 415),
        ("application/xml", 415),
        ("", 415),
    ],
)
def test_every_type_of_json_is_taken_and_no_other(sender, recipient, content_type, status):
    letter_ = received(sender, recipient)

    answer = recipient.upload(
        f"/correspondence/{letter_.pk}/forward", b'{"FORWARDTO": "a@b.no"}', content_type
    )

    assert answer.status_code == status
    assert status == 200 or answer.json()["title"] == "Unsupported Media Type"


@pytest.mark.contract("api.md#2.4")
def test_unknown_type_is_told_only_to_those_with_a_token(recipient):
    answer = Client(None).upload(f"/correspondence/{UNKNOWN}/forward", b"{}", "text/plain")

    assert (answer.status_code, answer.content) == (401, b"")


def test_file_that_the_recipient_may_not_read_is_not_passed_on(sender, recipient, world):
    attachment = uploaded(sender)
    Attachment.objects.filter(pk=attachment).update(resource_id="example-access")
    letter_ = received(sender, recipient, existingAttachments=[str(attachment)])
    AccessGrant.objects.filter(resource=world.attachments_only).delete()

    assert problem(forward(recipient, letter_)) == (401, 4001)


@pytest.mark.contract("notifications.md#8.2")
def test_letter_goes_to_so_many_addresses_and_no_further(sender, recipient, settings):
    settings.FORWARDINGS_PER_LETTER = 2
    letter_, other = received(sender, recipient), received(sender, recipient)

    answers = [forward(recipient, letter_, f"{name}@example.no") for name in "abc"]

    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert problem(answers[2]) == (400, 1063)
    assert "2 times" in answers[2].json()["detail"]
    assert forward(recipient, other).status_code == 200


@pytest.mark.contract("notifications.md#8.2")
def test_party_forwards_so_often_within_an_hour(sender, recipient, settings):
    settings.FORWARDINGS_PER_HOUR = 2
    letters = [received(sender, recipient) for _ in range(3)]
    begins = timezone.now()
    with time_machine.travel(begins, tick=False) as clock:
        forward(recipient, letters[0])
        clock.move_to(begins + timedelta(minutes=10))
        forward(recipient, letters[1])
        clock.move_to(begins + timedelta(minutes=15))
        refused = forward(Client.organisation("310654302", "altinn:correspondence.read"), letters[2])
        clock.move_to(begins + timedelta(minutes=60))
        later = forward(Client.organisation("310654302", "altinn:correspondence.read"), letters[2])

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(45 * 60))
    assert refused.json()["title"] == "Too Many Requests"
    assert "errorCode" not in refused.json()
    assert later.status_code == 200


@pytest.mark.contract("api.md#5.14")
def test_check_tells_what_the_sender_allowed_to_whoever_has_the_scope(sender, recipient, world):
    inbox = Client.person("04825999731", "altinn:correspondence.forward.check")
    allowed, forbidden = received(sender, recipient, read=False), send_and_publish(sender)

    answers = [inbox.get(f"/correspondence/{one.pk}/forward/check") for one in (allowed, forbidden)]

    assert [answer.json() for answer in answers] == [{"allowForwarding": True}, {"allowForwarding": False}]


@pytest.mark.contract("api.md#5.14")
def test_check_of_an_unknown_or_purged_letter_is_1001(sender, recipient):
    inbox = Client.person("04825999731", "altinn:correspondence.forward.check")
    purged = received(sender, recipient)
    recipient.delete(f"/correspondence/{purged.pk}/purge")

    answers = [inbox.get(f"/correspondence/{pk}/forward/check") for pk in (UNKNOWN, purged.pk)]

    assert [problem(answer) for answer in answers] == [(404, 1001)] * 2


@pytest.mark.contract("api.md#2.4")
def test_malformed_id_is_a_validation_problem(recipient):
    answer = recipient.http.post(
        f"{BASE}/correspondence/no-guid/forward",
        {"forwardTo": ADDRESS},
        content_type="application/json",
        headers={"Authorization": f"Bearer {recipient.token}"},
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["correspondenceId"])
