"""Operators and their groups: Django's own pages."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group

from registry.models import User

admin.site.unregister(Group)


@admin.register(User)
class OperatorAdmin(UserAdmin[User]):
    list_title = "Operators"


@admin.register(Group)
class OperatorGroupAdmin(GroupAdmin):
    list_title = "Groups"
