"""docs/compatibility.md lists every field of every model, as the serializers have them."""

import re

from django.conf import settings

from attachments.api.serializers import AttachmentDetails, AttachmentOverview, InitializeAttachmentRequest
from correspondence.api.serializers.correspondence import (
    CorrespondenceAttachment,
    CorrespondenceContent,
    CorrespondenceDetails,
    CorrespondenceOverview,
)
from correspondence.api.serializers.initialize import (
    ContentPart,
    CorrespondencePart,
    ExternalReferencePart,
    InitializeCorrespondencesRequest,
    InitializeCorrespondencesResponse,
    InitializedCorrespondence,
    InitializedNotification,
    NewAttachmentPart,
    ReplyOptionPart,
)
from correspondence.api.serializers.notification import CustomRecipientPart, NotificationPart
from correspondence.api.serializers.shapes import NotificationAnswer

MODELS = {
    "Initialize: request (6.1)": InitializeCorrespondencesRequest,
    "Initialize: correspondence (6.2)": CorrespondencePart,
    "Initialize: content (6.3)": ContentPart,
    "Initialize: new attachment (6.4)": NewAttachmentPart,
    "External reference (6.5)": ExternalReferencePart,
    "Reply option (6.6)": ReplyOptionPart,
    "Initialize: notification (6.7)": NotificationPart,
    "Custom recipient (6.7.1)": CustomRecipientPart,
    "Initialize: answer (6.9)": InitializeCorrespondencesResponse,
    "Initialize: a letter of the answer (6.9)": InitializedCorrespondence,
    "Initialize: a notification of the answer (6.9)": InitializedNotification,
    "Overview (6.10)": CorrespondenceOverview,
    "Content in answers (6.10.1)": CorrespondenceContent,
    "Attachment of a letter (6.10.2)": CorrespondenceAttachment,
    "Details (6.11)": CorrespondenceDetails,
    "Notification in details (6.11.1)": NotificationAnswer,
    "Attachment: request (6.12)": InitializeAttachmentRequest,
    "Attachment overview (6.13)": AttachmentOverview,
    "Attachment details (6.14)": AttachmentDetails,
}


def fields_of(serializer):
    return list(serializer().fields)


def test_page_lists_every_field():
    page = (
        (settings.BASE_DIR / "docs/compatibility.md")
        .read_text(encoding="utf-8")
        .partition("\n## Fields\n")[2]
    )
    sections = dict(section.split("\n", 1) for section in page.split("### ")[1:])

    listed = {title: re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) for title, text in sections.items()}

    assert listed == {title: fields_of(serializer) for title, serializer in MODELS.items()}
