"""Whatever is done in whatever order, a letter's columns tell what its history tells (design.md point 5)."""

import random

import pytest

from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence
from tests.support.letters import letter, publish, send, uploaded

S = CorrespondenceStatus
COLUMNS = {
    S.READY_FOR_PUBLISH: "ready_at",
    S.PUBLISHED: "published_at",
    S.READ: "read_at",
    S.CONFIRMED: "confirmed_at",
    S.ATTACHMENTS_DOWNLOADED: "downloaded_at",
}
ONCE = {S.PUBLISHED, S.READ, S.CONFIRMED}
PURGES = {S.PURGED_BY_RECIPIENT, S.PURGED_BY_ALTINN}
CONFIRMATION = {"isConfirmationNeeded": True, "dueDateTime": "2099-01-01T00:00:00Z"}


def steps(letter_, attachment, sender, recipient):
    path = f"/correspondence/{letter_.pk}"
    return [
        lambda: publish(letter_),
        lambda: sender.get(path),
        lambda: recipient.get(path),
        lambda: recipient.get(f"{path}/details"),
        lambda: recipient.get(f"{path}/content"),
        lambda: recipient.get(f"{path}/attachment/{attachment}/download").getvalue(),
        lambda: recipient.post(f"{path}/markasread"),
        lambda: recipient.post(f"{path}/confirm"),
    ]


def purges(letter_, sender, recipient):
    path = f"/correspondence/{letter_.pk}/purge"
    return [lambda: sender.delete(path), lambda: recipient.delete(path)]


def check(letter_):
    stored = Correspondence.objects.get(pk=letter_.pk)
    history = list(stored.status_events.order_by("pk").values_list("status", "at"))
    reached = [status for status, _ in history]
    purged = [status for status in reached if status in PURGES]

    assert stored.status == (purged[0] if purged else max(reached))
    assert all(reached.count(status) <= 1 for status in ONCE)
    assert purged in ([], reached[-1:])
    for status, column in COLUMNS.items():
        first = next((at for reached_status, at in history if reached_status == status), None)
        assert getattr(stored, column) == first, column


@pytest.mark.parametrize("seed", range(8))
def test_columns_agree_with_the_history_after_any_calls(sender, recipient, seed):
    chance = random.Random(seed)
    attachment = uploaded(sender)
    stored = send(sender, letter(existingAttachments=[str(attachment)], correspondence=CONFIRMATION))
    calls = steps(stored, attachment, sender, recipient)
    ends = purges(stored, sender, recipient)

    for call in [*chance.choices(calls, k=10), *chance.choices([*calls, *ends], k=10)]:
        call()
        check(stored)
