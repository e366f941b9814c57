"""Operators and what they may do."""

from django.contrib.auth.models import Group, Permission

from registry.models import User

OPERATORS, SUPERVISORS = "Operators", "Supervisors"
OPERATIONAL_APPS = ("registry", "journal", "attachments", "notifications", "correspondence", "procrastinate")
BEYOND_VIEWING = (
    *("resend_order", "change_correspondence", "change_followup", "change_procrastinatejob"),
    *("change_eventdelivery", "change_eventsubscription"),
)
"""Send again, have a failed letter tried again, work on follow-ups, run jobs again, send events again and end
subscriptions to them. None of them edits a row."""
BEYOND_OPERATING = ("change_template", "download_attachment", "force_resend")
"""Change the standard wording, take the bytes of an attachment, tell again who is reserved or has read."""


def ensure_operators_group() -> Group:
    """See everything operational, resend, retry, work on follow-ups; change nothing else."""
    return _group(OPERATORS, BEYOND_VIEWING)


def ensure_supervisors_group() -> Group:
    """What operators may, and what everybody who is written to would notice."""
    return _group(SUPERVISORS, BEYOND_VIEWING + BEYOND_OPERATING)


def ensure_roles() -> None:
    """Both groups with all that they need; what an installation has given them beside stays."""
    ensure_operators_group()
    ensure_supervisors_group()


def ensure_operator(*, username: str, password: str) -> User:
    """An operator with this login, in the operators' group."""
    return _user(username, password, ensure_operators_group())


def ensure_supervisor(*, username: str, password: str) -> User:
    """A supervisor with this login, in the supervisors' group."""
    return _user(username, password, ensure_supervisors_group())


def _group(name: str, beyond_viewing: tuple[str, ...]) -> Group:
    group, _ = Group.objects.get_or_create(name=name)
    operational = Permission.objects.filter(content_type__app_label__in=OPERATIONAL_APPS)
    viewing = operational.filter(codename__startswith="view_")
    group.permissions.add(*viewing, *operational.filter(codename__in=beyond_viewing))
    return group


def _user(username: str, password: str, group: Group) -> User:
    user, _ = User.objects.get_or_create(username=username, defaults={"is_staff": True})
    user.is_staff = True
    user.set_password(password)
    user.save()
    user.groups.add(group)
    return user
