"""The two roles of operators are there in every installation, as soon as it is migrated."""

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from registry.services.operators import OPERATORS, SUPERVISORS, ensure_roles


def rights(name):
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def test_migrating_makes_both_roles(db):
    Group.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert rights(SUPERVISORS) - rights(OPERATORS) == {
        "change_template",
        "download_attachment",
        "force_resend",
    }
    assert {"resend_order", "view_correspondence"} <= rights(OPERATORS)


def test_what_an_installation_has_added_stays(db):
    ensure_roles()
    added = Permission.objects.get(codename="add_reservation")
    Group.objects.get(name=OPERATORS).permissions.add(added)

    ensure_roles()

    assert "add_reservation" in rights(OPERATORS)
