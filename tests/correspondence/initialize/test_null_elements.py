"""A list may hold no nulls (api.md 1.5, 2.2)."""

import pytest

from tests.support.letters import letter

LISTS = {
    "attachments": (letter({"attachments": [None]}), "$.correspondence.content.attachments[0]"),
    "replyOptions": (letter(correspondence={"replyOptions": [None]}), "$.correspondence.replyOptions[0]"),
    "externalReferences": (
        letter(correspondence={"externalReferences": [None]}),
        "$.correspondence.externalReferences[0]",
    ),
    "customRecipients": (
        letter(correspondence={"notification": {"customRecipients": [None]}}),
        "$.correspondence.notification.customRecipients[0]",
    ),
    "customNotificationRecipients": (
        letter(correspondence={"notification": {"customNotificationRecipients": [None]}}),
        "$.correspondence.notification.customNotificationRecipients[0]",
    ),
    "existingAttachments": (letter(existingAttachments=[None]), "$.existingAttachments[0]"),
}


@pytest.mark.parametrize(("body", "key"), LISTS.values(), ids=LISTS)
def test_null_in_a_list_is_named(sender, body, key):
    problem = sender.post("/correspondence", body).json()

    assert (problem["status"], list(problem["errors"])) == (400, [key, "request"])


@pytest.mark.parametrize("name", ["replyOptions", "externalReferences", "notification"])
def test_null_for_the_whole_list_is_fine(sender, name):
    assert sender.post("/correspondence", letter(correspondence={name: None})).status_code == 200
