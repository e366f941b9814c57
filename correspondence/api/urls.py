"""Routes of this app, below /correspondence/api/v1/."""

from django.urls import path

from correspondence.api.views.collection import Collection
from correspondence.api.views.confidential import ConfidentialReminders
from correspondence.api.views.correspondence import (
    Confirm,
    Content,
    Details,
    MarkAsRead,
    Overview,
    Purge,
)
from correspondence.api.views.downloads import Download, DownloadAll
from correspondence.api.views.forward import Forward, ForwardCheck
from correspondence.api.views.initialize import InitializeWithFiles
from correspondence.api.views.notification_check import CheckMainNotification, CheckReminder

LETTER = "correspondence/<str:correspondence_id>"

urlpatterns = [
    path("correspondence", Collection.as_view()),
    path("correspondence/upload", InitializeWithFiles.as_view()),
    path(LETTER, Overview.as_view()),
    path(f"{LETTER}/details", Details.as_view()),
    path(f"{LETTER}/content", Content.as_view()),
    path(f"{LETTER}/markasread", MarkAsRead.as_view()),
    path(f"{LETTER}/confirm", Confirm.as_view()),
    path(f"{LETTER}/purge", Purge.as_view()),
    path(f"{LETTER}/attachment/<str:attachment_id>/download", Download.as_view()),
    path(f"{LETTER}/attachments/downloadall", DownloadAll.as_view()),
    path(f"{LETTER}/notification/check", CheckReminder.as_view()),
    path(f"{LETTER}/notification/check/main", CheckMainNotification.as_view()),
    path(f"{LETTER}/forward", Forward.as_view()),
    path(f"{LETTER}/forward/check", ForwardCheck.as_view()),
    path("confidential-reminders", ConfidentialReminders.as_view()),
]
