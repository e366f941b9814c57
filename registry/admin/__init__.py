"""Pages of parties, resources, access, clients, the audit trail, operators and jobs."""

from registry.admin.audit import AuditEntryAdmin
from registry.admin.client import ApiClientAdmin, SigningKeyAdmin
from registry.admin.jobs import JobAdmin
from registry.admin.party import (
    ContactPointAdmin,
    PartyAdmin,
    PartyRoleAdmin,
    ReservationAdmin,
    SystemUserAdmin,
)
from registry.admin.resource import AccessGrantAdmin, AccessListEntryAdmin, ResourceAdmin
from registry.admin.user import OperatorAdmin, OperatorGroupAdmin

__all__ = [
    "AccessGrantAdmin",
    "AccessListEntryAdmin",
    "ApiClientAdmin",
    "AuditEntryAdmin",
    "ContactPointAdmin",
    "JobAdmin",
    "OperatorAdmin",
    "OperatorGroupAdmin",
    "PartyAdmin",
    "PartyRoleAdmin",
    "ReservationAdmin",
    "ResourceAdmin",
    "SigningKeyAdmin",
    "SystemUserAdmin",
]
