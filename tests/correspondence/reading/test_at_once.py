"""Calls about one letter that come at the same moment (lifecycle.md 1.6; design.md point 5)."""

import pytest

from attachments.models import Attachment
from correspondence.services.publish import publish_message
from tests.support.clients import Client
from tests.support.letters import letter, publish, send, send_and_publish, statuses, uploaded
from tests.support.parallel import at_once


def caller(client, method, path):
    return lambda: getattr(Client(client.token), method)(path)


@pytest.mark.contract("lifecycle.md#3.2")
def test_parallel_readings_are_one_fetch_and_one_read(committed, sender, recipient):
    published = send_and_publish(sender)
    path = f"/correspondence/{published.pk}"

    answers = at_once(*[caller(recipient, "get", path), caller(recipient, "get", f"{path}/content")] * 4)

    assert {answer.status_code for answer in answers} == {200}
    assert (published.fetches.count(), statuses(published).count("Read")) == (1, 1)


def test_letter_is_either_withdrawn_or_published(committed, sender):
    for _ in range(5):
        letter_ = send(sender)

        purged, _ = at_once(
            caller(sender, "delete", f"/correspondence/{letter_.pk}/purge"),
            lambda letter_=letter_: publish_message(message_id=letter_.message_id),
        )

        end = {200: "PurgedByAltinn", 400: "Published"}[purged.status_code]
        assert statuses(letter_) == ["Initialized", "ReadyForPublish", end]


def test_nothing_happens_to_a_letter_after_its_purge(committed, sender, recipient):
    for _ in range(3):
        published = send_and_publish(sender)
        path = f"/correspondence/{published.pk}"
        recipient.get(path)

        at_once(
            caller(recipient, "delete", f"{path}/purge"),
            caller(recipient, "post", f"{path}/markasread"),
            caller(recipient, "post", f"{path}/confirm"),
            caller(recipient, "get", f"{path}/content"),
        )

        history = list(published.status_events.order_by("pk").values_list("status", flat=True))
        assert (history[-1], history.count(7)) == (7, 1)


@pytest.mark.contract("attachments.md#6.4")
def test_files_go_with_the_last_two_letters_purged_at_once(committed, sender, recipient, world):
    person = Client.person("04825999731", "altinn:correspondence.read")
    for _ in range(5):
        attachment = uploaded(sender)
        body = letter(recipients=["0192:310654302", "04825999731"], existingAttachments=[str(attachment)])
        for_company = publish(send(sender, body))
        for_person = for_company.message.correspondences.exclude(pk=for_company.pk).get()

        answers = at_once(
            caller(recipient, "delete", f"/correspondence/{for_company.pk}/purge"),
            caller(person, "delete", f"/correspondence/{for_person.pk}/purge"),
        )

        assert [answer.status_code for answer in answers] == [200, 200]
        assert Attachment.objects.get(pk=attachment).get_status_display() == "Purged"
