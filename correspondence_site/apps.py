from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CorrespondenceSiteConfig(AppConfig):
    name = "correspondence_site"

    def ready(self) -> None:
        import correspondence_site.checks  # noqa: PLC0415 - registers the checks
        import correspondence_site.openapi.schema  # noqa: F401, PLC0415 - registers the security scheme, needs apps


class CorrespondenceAdminConfig(AdminConfig):
    default_site = "correspondence_site.admin_site.CorrespondenceAdminSite"
