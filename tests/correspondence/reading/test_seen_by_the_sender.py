"""What the sender learns of its recipient's doings (lifecycle.md 10.1, 10.2; api.md 14)."""

import pytest

from journal.models import FollowUp, OutboundEvent
from tests.support.letters import letter, publish, send, send_and_publish

NOTIFICATION = {
    "notificationTemplate": "GenericAltinnMessage",
    "notificationChannel": "EmailPreferred",
    "sendReminder": True,
}


def details(client, letter_):
    return client.get(f"/correspondence/{letter_.pk}/details").json()


@pytest.mark.contract("lifecycle.md#10.1")
def test_fetch_is_in_the_history_and_not_in_the_status(sender, recipient):
    """LR04"""
    published = send_and_publish(sender)
    recipient.get(f"/correspondence/{published.pk}")

    seen = details(sender, published)

    history = [event["status"] for event in seen["statusHistory"]]
    assert (seen["status"], history) == (
        "Published",
        ["Initialized", "ReadyForPublish", "Published", "Fetched"],
    )


@pytest.mark.contract("lifecycle.md#10.2")
def test_read_is_the_time_of_the_first_reading_in_both_answers(sender, recipient):
    """LS05"""
    published = send_and_publish(sender)
    path = f"/correspondence/{published.pk}"
    before = sender.get(path).json()["read"]
    recipient.get(path)
    recipient.post(f"{path}/markasread")

    overview, detailed = sender.get(path).json(), details(sender, published)

    assert before is None
    assert overview["read"] == detailed["read"] == overview["statusChanged"]


@pytest.mark.contract("lifecycle.md#6.2")
def test_events_tell_the_sender_and_publishing_alone_the_recipient(sender, recipient):
    """DP07: the event; dialogs are not told of readings"""
    published = send_and_publish(sender)
    path = f"/correspondence/{published.pk}"
    recipient.get(f"{path}/content")
    recipient.post(f"{path}/confirm")
    recipient.delete(f"{path}/purge")

    told = OutboundEvent.objects.filter(resource_instance=str(published.pk)).order_by("pk")

    the_sender, the_recipient = published.message.sender_urn, published.recipient_urn
    assert list(told.values_list("type", "subject", "source")) == [
        ("correspondenceinitialized", the_sender, "correspondence"),
        ("correspondencepublished", the_recipient, "correspondence"),
        ("correspondencereceiverread", the_sender, "correspondence"),
        ("correspondencereceiverconfirmed", the_sender, "correspondence"),
        ("correspondencepurged", the_sender, "correspondence"),
    ]


@pytest.mark.contract("api.md#14")
def test_notifications_are_listed_short_and_long(sender):
    stored = send(sender, letter(correspondence={"notification": NOTIFICATION}))
    publish(stored)

    overview, detailed = sender.get(f"/correspondence/{stored.pk}").json(), details(sender, stored)

    main, reminder = overview["notifications"]
    assert main["notificationOrderId"] == reminder["notificationOrderId"]
    assert (main["isReminder"], reminder["isReminder"]) == (False, True)
    first = detailed["notifications"][0]
    assert (first["sendersReference"], first["creator"], first["notificationChannel"]) == (
        "corr-case-77",
        "digdir",
        "EmailPreferred",
    )
    assert first["notificationStatusDetails"] == {"email": None, "sms": None, "emails": None, "smses": None}


def test_reading_stops_the_reminder_and_nothing_else(sender, recipient):
    stored = send(sender, letter(correspondence={"notification": NOTIFICATION}))
    publish(stored)

    recipient.get(f"/correspondence/{stored.pk}/content")

    states = {
        note["isReminder"]: note["processingStatus"]["status"]
        for note in details(sender, stored)["notifications"]
    }
    assert states == {False: "Order_Registered", True: "Order_Cancelled"}
    assert not FollowUp.objects.open().exists()


@pytest.mark.contract("lifecycle.md#1.4")
def test_purged_letter_is_shown_in_details_to_its_sender_only(sender, recipient):
    published = send_and_publish(sender)
    recipient.delete(f"/correspondence/{published.pk}/purge")

    answer = recipient.get(f"/correspondence/{published.pk}/details")

    assert details(sender, published)["status"] == "PurgedByRecipient"
    assert (answer.status_code, answer.json()["errorCode"]) == (404, 1001)


@pytest.mark.contract("lifecycle.md#10.3")
def test_each_side_is_told_of_the_others_purge(sender, recipient):
    published = send_and_publish(sender)
    path = f"/correspondence/{published.pk}/purge"

    answers = [sender.delete(path), recipient.delete(path), recipient.delete(path), sender.delete(path)]

    codes = [answer.json().get("errorCode") if answer.status_code != 200 else 200 for answer in answers]
    assert codes == [1013, 200, 1014, 1014]
