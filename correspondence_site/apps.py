from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created

from correspondence_site.database_server import refuse_old_server


class CorrespondenceSiteConfig(AppConfig):
    name = "correspondence_site"

    def ready(self) -> None:
        import correspondence_site.openapi.schema  # noqa: F401, PLC0415 - registers the security scheme, needs apps

        connection_created.connect(refuse_old_server)


class CorrespondenceAdminConfig(AdminConfig):
    default_site = "correspondence_site.admin_site.CorrespondenceAdminSite"
