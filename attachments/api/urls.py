"""Routes of this app, below /correspondence/api/v1/."""

from django.urls import path

from attachments.api.views import (
    AttachmentDetailsView,
    AttachmentItem,
    DownloadAttachment,
    InitializeAttachment,
    UploadAttachment,
)

urlpatterns = [
    path("attachment", InitializeAttachment.as_view()),
    path("attachment/<str:attachment_id>", AttachmentItem.as_view()),
    path("attachment/<str:attachment_id>/details", AttachmentDetailsView.as_view()),
    path("attachment/<str:attachment_id>/download", DownloadAttachment.as_view()),
    path("attachment/<str:attachment_id>/upload", UploadAttachment.as_view()),
]
