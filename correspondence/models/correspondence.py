from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from correspondence.enums import CorrespondenceStatus, Role
from correspondence.models.message import Message
from registry.enums import RecipientKind
from registry.ids import first_id_at, uuid7

WAITING = (CorrespondenceStatus.INITIALIZED, CorrespondenceStatus.READY_FOR_PUBLISH)
AFTER_PUBLISHING = (
    CorrespondenceStatus.PUBLISHED,
    CorrespondenceStatus.READ,
    CorrespondenceStatus.CONFIRMED,
    CorrespondenceStatus.ATTACHMENTS_DOWNLOADED,
    CorrespondenceStatus.FORWARDED,
)
REFERENCE_BEGINNING = 250
PURGED = (CorrespondenceStatus.PURGED_BY_RECIPIENT, CorrespondenceStatus.PURGED_BY_ALTINN)
EVER = {
    CorrespondenceStatus.INITIALIZED: Q(),
    CorrespondenceStatus.READY_FOR_PUBLISH: Q(ready_at__isnull=False),
    CorrespondenceStatus.PUBLISHED: Q(published_at__isnull=False),
    CorrespondenceStatus.READ: Q(read_at__isnull=False),
    CorrespondenceStatus.CONFIRMED: Q(confirmed_at__isnull=False),
    CorrespondenceStatus.PURGED_BY_RECIPIENT: Q(purged_by=Role.RECIPIENT, purged_at__isnull=False),
    CorrespondenceStatus.PURGED_BY_ALTINN: Q(purged_by=Role.SENDER, purged_at__isnull=False),
    CorrespondenceStatus.RESERVED: Q(status=CorrespondenceStatus.RESERVED),
    CorrespondenceStatus.FAILED: Q(failed_at__isnull=False),
    CorrespondenceStatus.ATTACHMENTS_DOWNLOADED: Q(downloaded_at__isnull=False),
    CorrespondenceStatus.FORWARDED: Q(forwarded_at__isnull=False),
}
"""By status that a letter can have: how to see that it has ever had it (design.md point 16)."""
SEEN_BY_SENDERS = {
    "read": EVER[CorrespondenceStatus.READ],
    "confirm": EVER[CorrespondenceStatus.CONFIRMED],
    "download": EVER[CorrespondenceStatus.ATTACHMENTS_DOWNLOADED],
    "forward": EVER[CorrespondenceStatus.FORWARDED],
    "failed": EVER[CorrespondenceStatus.FAILED],
    "reserved": EVER[CorrespondenceStatus.RESERVED],
}
"""What a search by status is indexed for, besides the published and the purged ones."""
BETWEEN_ID_AND_CREATION = timedelta(hours=1)
"""More than a request ever takes: a letter's id is made a moment before or after the time that it is given."""


def ids_made_between(begins: datetime, ends: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """Bounds of the ids of letters created in that time, somewhat too wide."""
    return first_id_at(begins - BETWEEN_ID_AND_CREATION), first_id_at(ends + BETWEEN_ID_AND_CREATION)


@dataclass(frozen=True, kw_only=True)
class PartyAccess:
    """What was decided before a list is read: this party, in this role, on this resource."""

    party_urn: str
    role: Role
    resource_id: str


NAMED_IN_TEXTS = (RecipientKind.ORGANIZATION, RecipientKind.PERSON)


class CorrespondenceQuerySet(models.QuerySet["Correspondence"]):
    def visible_to(self, access: PartyAccess) -> CorrespondenceQuerySet:
        """What the party may know exists: all that it sent, and what it received once published and not failed since."""
        letters = self.filter(resource_id=access.resource_id)
        if access.role == Role.SENDER:
            return letters.filter(owner_org=access.party_urn.rpartition(":")[2])
        received = letters.filter(recipient_urn=access.party_urn, published_at__isnull=False)
        return received.exclude(status=CorrespondenceStatus.FAILED)

    def created_between(self, begins: datetime, ends: datetime) -> CorrespondenceQuerySet:
        """Created in that time, its end excluded; found by their ids, which sort by it."""
        first, last = ids_made_between(begins, ends)
        return self.filter(pk__gte=first, pk__lt=last, created_at__gte=begins, created_at__lt=ends)

    def waiting(self) -> CorrespondenceQuerySet:
        """Neither published nor failed nor purged (design.md point 5)."""
        return self.filter(published_at__isnull=True, purged_at__isnull=True, status__in=WAITING)

    def publishable(self, at: datetime) -> CorrespondenceQuerySet:
        """Waiting, and due."""
        return self.waiting().filter(requested_publish_time__lte=at)

    def available(self) -> CorrespondenceQuerySet:
        """What recipients may open: published, not purged, not failed since."""
        published = self.filter(published_at__isnull=False, purged_at__isnull=True)
        return published.exclude(status=CorrespondenceStatus.FAILED)

    def lacking_dialog(self) -> CorrespondenceQuerySet:
        """Shown to their recipients here, and not in the dialog service yet."""
        return self.available().filter(dialog_created_at__isnull=True)

    def ever(self, status: CorrespondenceStatus) -> CorrespondenceQuerySet:
        """Letters that have had this status at any time, as their columns tell without a look at the history.

        A fetch is no status of a letter, so nothing is found by it (lifecycle.md 4.3).
        """
        return self.filter(EVER[status]) if status in EVER else self.none()

    def with_idempotency_key(self, key: uuid.UUID, *, owner_org: str) -> CorrespondenceQuerySet:
        """The letter that this owner sent with the key, if any."""
        return self.filter(message__owner_org=owner_org, message__idempotency_key=key)

    def with_reference(self, reference: str) -> CorrespondenceQuerySet:
        """With exactly this sender's reference, found by what the index holds of it."""
        beginning = Exact(Left("senders_reference", REFERENCE_BEGINNING), reference[:REFERENCE_BEGINNING])
        return self.filter(beginning, senders_reference=reference)

    def for_answer(self) -> CorrespondenceQuerySet:
        return self.select_related("message")


class Correspondence(models.Model):
    """One recipient's copy of a message."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="correspondences")
    # Copied from the message: what a search filters by must be in one index.
    resource_id = models.CharField(max_length=255)
    owner_org = models.CharField(max_length=9)
    senders_reference = models.CharField(max_length=4096)
    requested_publish_time = models.DateTimeField()

    recipient_urn = models.CharField(max_length=512)
    recipient_kind = models.CharField(max_length=64, choices=RecipientKind.choices)
    recipient_party_uuid = models.UUIDField(null=True, blank=True)
    recipient_name = models.CharField(max_length=255, blank=True, help_text="When the letter was accepted.")

    status = models.SmallIntegerField(choices=CorrespondenceStatus.choices)
    round = models.PositiveSmallIntegerField(default=0, help_text="Raised by an operator's retry.")
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    forwarded_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True, help_text="The last time.")
    purged_at = models.DateTimeField(null=True, blank=True)
    purged_by = models.CharField(max_length=16, choices=Role.choices, blank=True)

    dialog_id = models.UUIDField(null=True, blank=True, unique=True, help_text="Its own dialog.")
    host_dialog_id = models.UUIDField(null=True, blank=True, help_text="The dialog it is a transmission of.")
    transmission_id = models.UUIDField(null=True, blank=True, unique=True)
    dialog_created_at = models.DateTimeField(
        null=True, blank=True, help_text="When the dialog service took its dialog, or its transmission."
    )
    dialog_removed_at = models.DateTimeField(
        null=True, blank=True, help_text="When its own dialog left the dialog service."
    )

    objects = CorrespondenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="correspondence_one_copy_per_recipient", fields=["message", "recipient_urn"]
            ),
            models.CheckConstraint(
                name="correspondence_status_valid", condition=Q(status__in=CorrespondenceStatus.values)
            ),
            models.CheckConstraint(
                name="correspondence_fetched_is_never_shown",
                condition=~Q(status=CorrespondenceStatus.FETCHED),
            ),
            models.CheckConstraint(
                name="correspondence_published_coherence",
                condition=~Q(status__in=AFTER_PUBLISHING) | Q(published_at__isnull=False),
                violation_error_message="A published letter has the time of its publishing.",
            ),
            models.CheckConstraint(
                name="correspondence_waiting_coherence",
                condition=~Q(status__in=WAITING) | Q(published_at__isnull=True),
                violation_error_message="What waits to be published is not published.",
            ),
            models.CheckConstraint(
                name="correspondence_purged_coherence",
                condition=Q(purged_at__isnull=True, purged_by="")
                | (Q(purged_at__isnull=False) & ~Q(purged_by="")),
                violation_error_message="A purged letter has a time and a side that purged it.",
            ),
            models.CheckConstraint(
                name="correspondence_purge_wins",
                condition=Q(purged_at__isnull=True) | Q(status__in=PURGED),
                violation_error_message="The status of a purged letter is its purge.",
            ),
            models.CheckConstraint(
                name="correspondence_never_published_after_purge",
                condition=Q(purged_at__isnull=True)
                | Q(published_at__isnull=True)
                | Q(published_at__lte=F("purged_at")),
            ),
            models.CheckConstraint(
                name="correspondence_reserved_is_final",
                condition=~Q(status=CorrespondenceStatus.RESERVED) | Q(published_at__isnull=True),
                violation_error_message="A reserved letter is never published.",
            ),
            models.CheckConstraint(
                name="correspondence_only_its_own_dialog_is_removed",
                condition=Q(dialog_removed_at__isnull=True)
                | Q(dialog_created_at__isnull=False, dialog_id__isnull=False),
                violation_error_message="Only a letter's own dialog is removed, once it was created.",
            ),
        ]
        indexes = [
            models.Index(
                name="correspondence_inbox",
                fields=["recipient_urn", "resource_id", "-requested_publish_time", "id"],
            ),
            models.Index(
                name="correspondence_outbox",
                fields=["owner_org", "resource_id", "-requested_publish_time", "id"],
            ),
            models.Index(  # publishing must not depend on how many letters were ever sent
                name="correspondence_due",
                fields=["requested_publish_time"],
                condition=Q(published_at__isnull=True, purged_at__isnull=True, status__in=WAITING),
            ),
            models.Index(
                name="correspondence_inbox_published",
                fields=["recipient_urn", "resource_id", "-requested_publish_time", "id"],
                condition=Q(published_at__isnull=False),
            ),
            models.Index(
                name="correspondence_outbox_pub",
                fields=["owner_org", "resource_id", "-requested_publish_time", "id"],
                condition=Q(published_at__isnull=False),
            ),
            *(  # a sender's search for what few of its letters have had must not walk the others
                models.Index(
                    name=f"correspondence_outbox_{name}",
                    fields=["owner_org", "resource_id", "-requested_publish_time", "id"],
                    condition=condition,
                )
                for name, condition in SEEN_BY_SENDERS.items()
            ),
            models.Index(
                name="correspondence_outbox_purged",
                fields=["owner_org", "resource_id", "purged_by", "-requested_publish_time", "id"],
                condition=Q(purged_at__isnull=False),
            ),
            models.Index(  # of its beginning: a whole reference may be longer than an index entry can be
                F("owner_org"),
                Left("senders_reference", REFERENCE_BEGINNING),
                name="correspondence_reference_begin",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name_in_texts(self) -> str:
        """What `{{recipientName}}` stands for: only organisations and persons have a name there (initialize.md 3.5)."""
        return self.recipient_name if self.recipient_kind in NAMED_IN_TEXTS else ""

    @property
    def is_purged(self) -> bool:
        return self.purged_at is not None

    @property
    def is_available(self) -> bool:
        """Whether the recipient may open it: published, not purged, not failed since."""
        return (
            self.published_at is not None
            and not self.is_purged
            and self.status != CorrespondenceStatus.FAILED
        )

    def is_told_of(self, *, is_reminder: bool) -> bool:
        """Whether a notification may still be sent: a reminder only of what nobody has read or confirmed."""
        return self.is_available and not (is_reminder and (self.read_at or self.confirmed_at))
