"""What a notification service is told that asks just before sending (notifications.md 5; its case table 11.6)."""

import io
import uuid

import pytest
from django.core.management import call_command
from django.test import Client as DjangoClient

from correspondence.models import Correspondence
from registry.enums import TokenKind
from registry.models import Party, Reservation
from tests.support.clients import BASE, Client
from tests.support.letters import in_days, letter, publish, send, send_and_publish
from tests.support.world import PERSON, RESERVED

SCOPE = "altinn:system/notifications.condition.check"
UNKNOWN = uuid.UUID("01900000-0000-7000-8000-00000000ffff")


@pytest.fixture
def platform(world):
    """The notification service, with a raw Maskinporten token."""
    return Client.organisation("991825827", SCOPE, kind=TokenKind.MASKINPORTEN)


def asked(platform, letter_id):
    """(main, reminder)"""
    path = f"/correspondence/{letter_id}/notification/check"
    answers = [platform.get(f"{path}/main"), platform.get(path)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/json; charset=utf-8"}
    assert all(list(answer.json()) == ["sendNotification"] for answer in answers)
    return tuple(answer.json()["sendNotification"] for answer in answers)


@pytest.mark.contract("notifications.md#K01")
@pytest.mark.contract("notifications.md#K04")
def test_unknown_letter_is_not_told_of(platform):
    assert asked(platform, UNKNOWN) == (False, False)


@pytest.mark.contract("notifications.md#K02")
def test_unread_letter_is_told_and_reminded_of(platform, sender):
    assert asked(platform, send_and_publish(sender).pk) == (True, True)


def test_letter_that_was_only_looked_at_is_reminded_of(platform, sender, recipient):
    letter_ = send_and_publish(sender)
    recipient.get(f"/correspondence/{letter_.pk}")

    assert asked(platform, letter_.pk) == (True, True)


@pytest.mark.contract("notifications.md#K03")
@pytest.mark.contract("notifications.md#K05")
def test_read_letter_is_told_of_and_not_reminded_of(platform, sender, recipient):
    letter_ = send_and_publish(sender)
    recipient.get(f"/correspondence/{letter_.pk}")
    recipient.post(f"/correspondence/{letter_.pk}/markasread")

    assert asked(platform, letter_.pk) == (True, False)


@pytest.mark.contract("notifications.md#X23")
def test_confirmed_letter_is_not_reminded_of(platform, sender, recipient):
    letter_ = send_and_publish(sender)
    recipient.get(f"/correspondence/{letter_.pk}")
    recipient.post(f"/correspondence/{letter_.pk}/confirm")

    assert asked(platform, letter_.pk) == (True, False)


@pytest.mark.contract("notifications.md#K06")
def test_letter_purged_by_its_recipient_is_not_told_of(platform, sender, recipient):
    letter_ = send_and_publish(sender)
    recipient.delete(f"/correspondence/{letter_.pk}/purge")

    assert asked(platform, letter_.pk) == (False, False)


@pytest.mark.contract("notifications.md#5")
def test_letter_withdrawn_by_its_sender_is_not_told_of(platform, sender):
    letter_ = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))
    sender.delete(f"/correspondence/{letter_.pk}/purge")

    assert asked(platform, letter_.pk) == (False, False)


@pytest.mark.contract("notifications.md#5")
def test_letter_that_is_not_published_is_not_told_of(platform, sender):
    letter_ = send(sender, letter(correspondence={"requestedPublishTime": in_days(1)}))

    assert asked(platform, letter_.pk) == (False, False)


@pytest.mark.contract("notifications.md#5")
def test_letter_that_failed_is_not_told_of(platform, sender):
    accepted = send(sender, letter(recipients=[PERSON]))
    Reservation.objects.create(person=Party.objects.get(person_number=PERSON), reserved=True)

    assert asked(platform, publish(accepted).pk) == (False, False)


@pytest.mark.contract("design.md#5")
def test_reserved_letter_is_not_told_of(platform, sender):
    send(sender, letter(recipients=[PERSON, RESERVED]))
    reserved = Correspondence.objects.get(recipient_urn__endswith=RESERVED)

    assert asked(platform, reserved.pk) == (False, False)


@pytest.mark.contract("api.md#2.4")
@pytest.mark.parametrize("route", ["check", "check/main"])
def test_malformed_id_is_an_error_and_no_answer(platform, route):
    answer = platform.get(f"/correspondence/no-guid/notification/{route}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["correspondenceId"])
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"


@pytest.mark.contract("api.md#1.4")
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_any_accept_will_do(platform, accept):
    path = f"{BASE}/correspondence/{UNKNOWN}/notification/check"
    headers = {"Authorization": f"Bearer {platform.token}", "Accept": accept}

    assert platform.http.get(path, headers=headers).json() == {"sendNotification": False}


@pytest.mark.contract("access.md#1.4")
@pytest.mark.parametrize("route", ["check", "check/main"])
def test_exchanged_token_is_401_whatever_its_scopes(world, route):
    exchanged = Client.organisation("991825827", SCOPE)

    answer = exchanged.get(f"/correspondence/{UNKNOWN}/notification/{route}")

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.contract("access.md#1.4")
@pytest.mark.parametrize("route", ["check", "check/main"])
def test_test_tokens_and_those_of_the_command_are_401_unless_they_are_raw(world, route):
    generated = DjangoClient().get(
        "/api/GetEnterpriseToken", {"org": "digdir", "orgNo": "991825827", "scopes": SCOPE}
    )
    tokens = [generated.content.decode(), issued("altinn"), issued("maskinporten")]

    answers = [
        Client(token).get(f"/correspondence/{UNKNOWN}/notification/{route}").status_code for token in tokens
    ]

    assert answers == [401, 401, 200]


def issued(kind):
    out = io.StringIO()
    call_command("issue_token", org="991825827", scope=SCOPE, kind=kind, stdout=out)
    return out.getvalue().strip()


@pytest.mark.contract("access.md#1.4")
def test_raw_token_without_the_scope_is_403(world):
    other = Client.organisation("991825827", "altinn:serviceowner", kind=TokenKind.MASKINPORTEN)

    assert other.get(f"/correspondence/{UNKNOWN}/notification/check").status_code == 403


@pytest.mark.contract("access.md#1.6")
def test_no_token_is_401(db):
    assert Client(None).get(f"/correspondence/{UNKNOWN}/notification/check").status_code == 401
