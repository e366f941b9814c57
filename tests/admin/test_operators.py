"""Who may do what: changes to operators and groups are in the audit trail, passwords are not."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from registry.models import AuditEntry, User
from registry.services.operators import OPERATORS

NEW_PASSWORD = "a-long-and-new-passphrase"


@pytest.fixture
def group(operator):
    return Group.objects.get(name=OPERATORS)


def page(model, verb, *args):
    return reverse(f"admin:{model}_{verb}", args=args)


def fields_of(user, **changed):
    """The form of an operator's page, filled in as it stands."""
    fields = {
        "username": user.username,
        "email": user.email,
        "is_active": "on",
        "is_staff": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "12:00:00",
        "groups": list(user.groups.values_list("pk", flat=True)),
    } | changed
    return {name: value for name, value in fields.items() if value}


def entries():
    return [
        (entry.operator.username, entry.action, entry.object_type, entry.object_id, entry.before, entry.after)
        for entry in AuditEntry.objects.order_by("pk")
    ]


def test_new_operator_is_written_down_without_the_password(admin_client):
    answer = admin_client.post(
        page("registry_user", "add"),
        {"username": "new", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
    )

    new = User.objects.get(username="new")
    assert answer.status_code == 302
    assert entries() == [("admin", "user.add", "registry.user", str(new.pk), {}, {"username": "new"})]


def test_rights_given_and_taken_are_written_down_with_what_they_were(admin_client, operator, group):
    right = Permission.objects.get(codename="view_party")
    change = page("registry_user", "change", operator.pk)
    changed = fields_of(operator, groups=None, is_superuser="on", user_permissions=[right.pk])

    answer = admin_client.post(change, changed)

    assert answer.status_code == 302
    assert entries() == [
        (
            "admin",
            "user.change",
            "registry.user",
            str(operator.pk),
            {"is_superuser": False, "groups": [OPERATORS], "user_permissions": []},
            {"is_superuser": True, "groups": [], "user_permissions": ["registry.view_party"]},
        )
    ]


def test_saving_without_a_change_leaves_no_entry(admin_client, operator):
    answer = admin_client.post(page("registry_user", "change", operator.pk), fields_of(operator))

    assert (answer.status_code, entries()) == (302, [])


def test_rights_of_a_group_are_written_down(admin_client, group):
    kept = group.permissions.get(codename="view_party")
    address = page("auth_group", "change", group.pk)

    admin_client.post(address, {"name": "Readers", "permissions": [kept.pk]})

    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.object_type, entry.after) == (
        "group.change",
        "auth.group",
        {"name": "Readers", "permissions": ["registry.view_party"]},
    )
    assert entry.before["name"] == OPERATORS
    assert "notifications.resend_order" in entry.before["permissions"]


def test_new_group_is_written_down(admin_client):
    admin_client.post(page("auth_group", "add"), {"name": "Readers"})

    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.before, entry.after["name"]) == ("group.add", {}, "Readers")


def test_deletions_are_written_down_one_by_one(admin_client, group):
    others = [User.objects.create_user(name) for name in ("one", "two")]

    admin_client.post(page("auth_group", "delete", group.pk), {"post": "yes"})
    admin_client.post(
        page("registry_user", "changelist"),
        {"action": "delete_selected", "_selected_action": [user.pk for user in others], "post": "yes"},
    )

    deleted = [(action, before.get("name") or before["username"]) for _, action, _, _, before, _ in entries()]
    assert deleted[0] == ("group.delete", OPERATORS)
    assert sorted(deleted[1:]) == [("user.delete", "one"), ("user.delete", "two")]
    assert not User.objects.filter(username__in=["one", "two"]).exists()


def test_password_that_a_superuser_sets_is_written_down_as_set_and_no_more(admin_client, operator):
    address = page("registry_user", "change", operator.pk).removesuffix("change/") + "password/"
    refused = {"password1": NEW_PASSWORD, "password2": "something else", "usable_password": "true"}

    admin_client.post(address, refused)
    assert entries() == []
    admin_client.post(address, refused | {"password2": NEW_PASSWORD})

    operator.refresh_from_db()
    assert operator.check_password(NEW_PASSWORD)
    assert entries() == [("admin", "user.password", "registry.user", str(operator.pk), {}, {})]


def test_trail_shows_what_changed(admin_client, operator, group):
    admin_client.post(page("auth_group", "add"), {"name": "Readers"})
    entry = AuditEntry.objects.get()

    html = admin_client.get(page("registry_auditentry", "change", entry.pk)).content.decode()

    assert "Group added" in html
    assert "Readers" in html
