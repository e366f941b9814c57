from django.urls import path
from django.views.generic import RedirectView

from correspondence_site.openapi.views import ContractDocument, InteractivePage

urlpatterns = [
    path("swagger/v1/swagger.json", ContractDocument.as_view(), name="openapi-document"),
    path("swagger/index.html", InteractivePage.as_view(), name="openapi-page"),
    path("swagger", RedirectView.as_view(pattern_name="openapi-page")),
    path("openapi.json", RedirectView.as_view(pattern_name="openapi-document")),
]
