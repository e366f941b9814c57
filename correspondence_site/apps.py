from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CorrespondenceSiteConfig(AppConfig):
    name = "correspondence_site"


class CorrespondenceAdminConfig(AdminConfig):
    default_site = "correspondence_site.admin_site.CorrespondenceAdminSite"
