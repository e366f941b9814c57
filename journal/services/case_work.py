"""What operators do with a follow-up: take it, hand it on, resolve it with a comment. Each leaves an audit entry."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from journal.models import FollowUp
from registry.models import User
from registry.services.audit import record_audit


class CaseWorkRefused(Exception):
    """The follow-up stays as it is; the message says why."""


def who_may_have_follow_ups() -> QuerySet[User]:
    """Staff who may see them: what one cannot see, one forgets."""
    seeing = User.objects.with_perm("journal.view_followup") | User.objects.with_perm(
        "journal.change_followup"
    )
    return seeing.filter(is_staff=True).order_by("username")


def assign_follow_up(*, follow_up: FollowUp, to: User | None, operator: User) -> None:
    """Give it to a colleague or oneself; None puts it back. Raises CaseWorkRefused."""
    if to is not None and not who_may_have_follow_ups().filter(pk=to.pk).exists():
        raise CaseWorkRefused(f"{to} has no right to see follow-ups.")
    with transaction.atomic():
        held = _open(follow_up)
        before, held.assigned_to = held.assigned_to, to
        held.save(update_fields=["assigned_to"])
        record_audit(
            operator=operator,
            action="follow_up.assign",
            object_type="journal.followup",
            object_id=str(held.pk),
            before={"assigned_to": before.get_username() if before else None},
            after={"assigned_to": to.get_username() if to else None},
        )


def resolve_follow_up(*, follow_up: FollowUp, operator: User, comment: str) -> None:
    """Nobody needs to look at it any more, and why. Raises CaseWorkRefused."""
    if not comment.strip():
        raise CaseWorkRefused("Say in a few words why it is done: the next one will ask.")
    with transaction.atomic():
        held = _open(follow_up)
        held.resolved_at, held.resolved_by, held.resolution = timezone.now(), operator, comment.strip()
        held.save(update_fields=["resolved_at", "resolved_by", "resolution"])
        record_audit(
            operator=operator,
            action="follow_up.resolve",
            object_type="journal.followup",
            object_id=str(held.pk),
            reason=comment.strip(),
        )


def _open(follow_up: FollowUp) -> FollowUp:
    held = FollowUp.objects.select_for_update(of=("self",), no_key=True).get(pk=follow_up.pk)
    if held.resolved_at is not None:
        raise CaseWorkRefused("It is resolved already.")
    return held
