"""The page of compatibility lists every field that the wire has, and no other."""

import re
from pathlib import Path

import pytest

from attachments.api import serializers as attachment
from correspondence.api.serializers import (
    correspondence,
    forward,
    initialize,
    notification,
    notification_details,
    search,
)
from journal.api import serializers as events

PAGE = Path(__file__).resolve().parents[2] / "docs/compatibility.md"
MODELS = {
    "InitializeCorrespondences (request)": initialize.InitializeCorrespondencesRequest,
    "Correspondence (request)": initialize.CorrespondencePart,
    "Content (request)": initialize.ContentPart,
    "New attachment (request)": initialize.NewAttachmentPart,
    "ExternalReference (request)": initialize.ExternalReferencePart,
    "ReplyOption (request)": initialize.ReplyOptionPart,
    "Notification (request)": notification.NotificationPart,
    "NotificationRecipient (request)": notification.CustomRecipientPart,
    "CustomNotificationRecipient (request)": notification.OverriddenRecipientPart,
    "Forward (request)": forward.ForwardCorrespondenceRequest,
    "InitializeAttachment (request)": attachment.InitializeAttachmentRequest,
    "Search (query)": search.SearchQuery,
    "Search (answer)": search.FoundCorrespondences,
    "InitializeCorrespondencesResponse (answer)": initialize.InitializeCorrespondencesResponse,
    "Initialized correspondence (answer)": initialize.InitializedCorrespondence,
    "Initialized notification (answer)": initialize.InitializedNotification,
    "CorrespondenceOverview (answer)": correspondence.CorrespondenceOverview,
    "CorrespondenceDetails (answer)": correspondence.CorrespondenceDetails,
    "Content (answer)": correspondence.CorrespondenceContent,
    "CorrespondenceAttachment (answer)": correspondence.CorrespondenceAttachment,
    "ExternalReference (answer)": correspondence.ExternalReferenceAnswer,
    "ReplyOption (answer)": correspondence.ReplyOptionAnswer,
    "Status (answer)": correspondence.CorrespondenceStatusAnswer,
    "Notification of an overview (answer)": notification_details.NotificationOrderAnswer,
    "Notification of details (answer)": notification_details.NotificationAnswer,
    "Status of a notification (answer)": notification_details.NotificationProcessingStatus,
    "Messages of a notification (answer)": notification_details.NotificationStatusDetails,
    "Message of a notification (answer)": notification_details.NotificationDeliveryAnswer,
    "NotificationRecipient (answer)": notification_details.NotificationRecipientAnswer,
    "AttachmentOverview (answer)": attachment.AttachmentOverview,
    "AttachmentDetails (answer)": attachment.AttachmentDetails,
    "Status of an attachment (answer)": attachment.AttachmentStatusAnswer,
    "Subscription (request)": events.SubscriptionRequestModel,
    "Subscription (answer)": events.Subscription,
}


def fields_by_model():
    page = PAGE.read_text("utf-8")
    tables = page.partition("## Fields")[2].partition("\n## ")[0].split("\n### ")[1:]
    return {table.partition("\n")[0]: re.findall(r"^\| `(\w+)` \| ", table, re.MULTILINE) for table in tables}


def test_page_has_a_table_for_every_model():
    assert list(fields_by_model()) == list(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_page_lists_every_field_of_the_model(name):
    assert sorted(fields_by_model()[name]) == sorted(MODELS[name]().fields)
