from django.urls import path
from django.views.generic import RedirectView

from correspondence_site.answers import only
from correspondence_site.openapi.views import ContractDocument, InteractivePage

readable = only("GET", "HEAD")

urlpatterns = [
    path("swagger/v1/swagger.json", readable(ContractDocument.as_view()), name="openapi-document"),
    path("swagger/index.html", readable(InteractivePage.as_view()), name="openapi-page"),
    path("swagger", readable(RedirectView.as_view(pattern_name="openapi-page"))),
    path("openapi.json", readable(RedirectView.as_view(pattern_name="openapi-document"))),
]
