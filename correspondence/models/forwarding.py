from django.db import models
from django.db.models import Q

from correspondence.models.correspondence import Correspondence
from registry.ids import uuid7


class Forwarding(models.Model):
    """A letter passed on by e-mail; its id is the call's answer, and that of the mail's order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    correspondence = models.ForeignKey(Correspondence, on_delete=models.PROTECT, related_name="forwardings")
    address = models.CharField(
        max_length=1000, help_text="In lower case; the mail goes to it as it was typed."
    )
    text = models.CharField(max_length=200, blank=True)
    party_uuid = models.UUIDField(null=True, blank=True)
    party_urn = models.CharField(max_length=512, help_text="Who forwarded.")
    created_at = models.DateTimeField(help_text="When it was asked for.")
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on the address may be tried again."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="forwarding_once_per_address",
                fields=["correspondence", "address"],
                condition=Q(failed_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="forwarding_by_caller", fields=["party_urn", "-created_at"])]

    def __str__(self) -> str:
        return str(self.id)
