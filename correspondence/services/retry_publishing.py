"""An operator lets a failed letter be published after all (design.md point 5)."""

from django.db import transaction
from django.utils import timezone

from attachments.enums import AttachmentStatus
from attachments.services.uses import attachments_of
from correspondence.enums import CorrespondenceStatus
from correspondence.jobs import defer_publishing
from correspondence.models import Correspondence
from correspondence.services.actors import Actor
from correspondence.services.transitions import RETRIED, locked, transition
from registry.enums import ActorKind
from registry.models import User
from registry.services.audit import record_audit

UNUSABLE = (AttachmentStatus.PURGED, AttachmentStatus.FAILED, AttachmentStatus.EXPIRED)


class RetryRefused(Exception):
    """The letter cannot be published again; the message says why."""


def retry_publishing(*, letter: Correspondence, operator: User, reason: str) -> None:
    """Begin a new round and queue the message's publish job. Raises RetryRefused."""
    if not reason.strip():
        raise RetryRefused("Give a reason: it is kept with the letter.")
    now = timezone.now()
    with transaction.atomic():
        held = locked(letter.pk)
        _check(held)
        actor = Actor(kind=ActorKind.OPERATOR, operator=operator, reason=reason.strip())
        transition([held.pk], RETRIED, actor=actor, at=now)
        record_audit(
            operator=operator,
            action="correspondence.retry_publishing",
            object_type="correspondence.correspondence",
            object_id=str(held.pk),
            reason=reason.strip(),
        )
        defer_publishing(message_id=held.message_id, at=max(now, held.requested_publish_time))


def _check(letter: Correspondence) -> None:
    if letter.is_purged:
        raise RetryRefused("The letter has been purged.")
    if letter.status != CorrespondenceStatus.FAILED or letter.published_at is not None:
        raise RetryRefused("Only a letter that failed before it was published can be tried again.")
    if attachments_of(message_id=letter.message_id).filter(attachment__status__in=UNUSABLE).exists():
        raise RetryRefused("An attachment of the letter cannot be used any more.")
