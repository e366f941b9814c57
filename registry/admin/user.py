"""Operators and their groups: Django's own pages."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group

from registry.admin.readable import ReadableFiltersAdmin
from registry.models import User

admin.site.unregister(Group)


@admin.register(User)
class OperatorAdmin(ReadableFiltersAdmin[User], UserAdmin[User]):
    list_title = "Operators"


@admin.register(Group)
class OperatorGroupAdmin(ReadableFiltersAdmin[Group], GroupAdmin):
    list_title = "Groups"
