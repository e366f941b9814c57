from django.contrib.admin import AdminSite


class CorrespondenceAdminSite(AdminSite):
    site_header = "Correspondence"
    site_title = "Correspondence"
    index_title = "Operations"
    enable_nav_sidebar = True
