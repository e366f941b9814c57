from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from correspondence_site.database_server import refuse_old_server


class CorrespondenceSiteConfig(AppConfig):
    name = "correspondence_site"

    def ready(self) -> None:
        import correspondence_site.checks  # noqa: PLC0415 - registers the check
        import correspondence_site.openapi.schema  # noqa: F401, PLC0415 - registers the security scheme, needs apps

        connection_created.connect(refuse_old_server)
        # The last of our apps to be migrated: by then every permission that the roles name is there.
        post_migrate.connect(make_roles, sender=apps.get_app_config("correspondence"))


def make_roles(**_: Any) -> None:
    from registry.services.operators import ensure_roles  # noqa: PLC0415 - models load after this module

    ensure_roles()


class CorrespondenceAdminConfig(AdminConfig):
    default_site = "correspondence_site.admin_site.CorrespondenceAdminSite"
