from registry.models.access import AccessGrant, AccessListEntry
from registry.models.audit import AuditEntry
from registry.models.client import ApiClient, SigningKey
from registry.models.contact import ContactPoint, Reservation
from registry.models.party import Party, PartyQuerySet, PartyRole, SystemUser
from registry.models.resource import Resource
from registry.models.user import User

__all__ = [
    "AccessGrant",
    "AccessListEntry",
    "ApiClient",
    "AuditEntry",
    "ContactPoint",
    "Party",
    "PartyQuerySet",
    "PartyRole",
    "Reservation",
    "Resource",
    "SigningKey",
    "SystemUser",
    "User",
]
