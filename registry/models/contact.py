from django.db import models
from django.db.models import Q

from registry.models.party import Party
from registry.models.resource import Resource


class ContactPoint(models.Model):
    """An address of a party: official, or registered by one user for that organisation and maybe one resource."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="contact_points")
    user = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, blank=True, related_name="registered_contact_points"
    )
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, blank=True)
    email = models.CharField(max_length=320, blank=True)
    mobile = models.CharField(max_length=20, blank=True, help_text="E.164")
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contact_point_has_an_address",
                condition=~Q(email="") | ~Q(mobile=""),
                violation_error_message="A contact point has an e-mail address, a mobile number or both.",
            ),
        ]

    def __str__(self) -> str:
        return f"contact point {self.pk}"


class Reservation(models.Model):
    """Whether a person has reserved against digital mail."""

    person = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="reservation")
    reserved = models.BooleanField()
    updated_at = models.DateTimeField(auto_now=True)
    source = models.CharField(max_length=16, default="local")

    def __str__(self) -> str:
        return f"reservation {self.pk}"
