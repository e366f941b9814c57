"""All routes, in lower case and without a trailing slash (`ContractPathMiddleware`)."""

from django.contrib import admin
from django.urls import include, path

API = "correspondence/api/v1/"

urlpatterns = [
    path("admin/", admin.site.urls),
    path(API, include("correspondence.api.urls")),
    path(API, include("attachments.api.urls")),
    path("", include("correspondence_site.oauth.urls")),
]

handler404 = "correspondence_site.problems.not_found"
handler500 = "correspondence_site.problems.server_error"
