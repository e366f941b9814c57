"""Operators and what they may do."""

from django.contrib.auth.models import Group, Permission

from registry.models import User

OPERATORS = "Operators"
SUPERVISORS = "Supervisors"
OPERATIONAL_APPS = ("registry", "journal", "attachments", "notifications", "correspondence", "procrastinate")
BEYOND_VIEWING = ("resend_order", "change_correspondence", "change_followup", "change_procrastinatejob")
"""Send again, have a failed letter tried again, work on follow-ups, run jobs again. None of them edits a row."""

FOR_SUPERVISORS = ("download_attachment", "force_resend")


def ensure_operators_group() -> Group:
    """See everything operational, resend, retry, work on follow-ups; change nothing else."""
    group, _ = Group.objects.get_or_create(name=OPERATORS)
    operational = Permission.objects.filter(content_type__app_label__in=OPERATIONAL_APPS)
    viewing = operational.filter(codename__startswith="view_")
    group.permissions.set(viewing | operational.filter(codename__in=BEYOND_VIEWING))
    return group


def ensure_supervisors_group() -> Group:
    """What operators may do, and beyond it what needs more trust: take the bytes of an attachment, force a resend."""
    group, _ = Group.objects.get_or_create(name=SUPERVISORS)
    trusted = Permission.objects.filter(codename__in=FOR_SUPERVISORS)
    group.permissions.set([*ensure_operators_group().permissions.all(), *trusted])
    return group


def ensure_operator(*, username: str, password: str) -> User:
    """An operator with this login, in the operators' group."""
    user, _ = User.objects.get_or_create(username=username, defaults={"is_staff": True})
    user.is_staff = True
    user.set_password(password)
    user.save()
    user.groups.add(ensure_operators_group())
    return user
