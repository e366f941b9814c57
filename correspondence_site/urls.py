"""All routes, in lower case and without a trailing slash (`ContractPathMiddleware`); the admin's end with one."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from correspondence_site.answers import only
from correspondence_site.operations.delivery_reports import delivery_report
from correspondence_site.operations.health import live, ready
from correspondence_site.operations.metrics import metrics

API = "correspondence/api/v1/"

urlpatterns = [
    path("", only("GET", "HEAD")(RedirectView.as_view(pattern_name="admin:index"))),
    path(
        "admin", only("GET", "HEAD")(RedirectView.as_view(url="/admin/", query_string=True, permanent=True))
    ),
    path("admin/", admin.site.urls),
    path(API, include("correspondence.api.urls")),
    path(API, include("attachments.api.urls")),
    path(API, include("correspondence_site.openapi.urls")),
    path("events/api/v1/", include("journal.api.urls")),
    path("", include("correspondence_site.oauth.urls")),
    path("notifications/reports/<str:channel>/<str:provider>", delivery_report),
    path("health/live", live),
    path("health/ready", ready),
    path("metrics", metrics),
]

handler400 = "correspondence_site.problems.bad_request"
handler403 = "correspondence_site.problems.forbidden"
handler404 = "correspondence_site.problems.not_found"
handler500 = "correspondence_site.problems.server_error"
