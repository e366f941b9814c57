"""Parties and what they hold: roles, addresses, reservations, systems."""

from django.contrib import admin

from registry.admin.base import DeskAdmin, ReadOnlyMixin, link_to, links, list_of, masked_identifier
from registry.admin.search import (
    as_organisation_number,
    as_party_id,
    as_person_number,
    as_urn,
    as_uuid,
    text,
)
from registry.models import ContactPoint, Party, PartyRole, Reservation, SystemUser


@admin.register(Party)
class PartyAdmin(ReadOnlyMixin, DeskAdmin[Party]):
    list_title = "Parties"
    list_help = "Search by organisation number, national identity number, party id, UUID or URN."
    empty_help = "Parties come from manage.py import_registry, or are met first as recipients."
    list_display = ["name", "identifier", "kind", "party_id", "is_deleted"]
    list_filter = ["kind", "is_deleted"]
    search_by = {
        "org_number": as_organisation_number,
        "person_number": as_person_number,
        "party_id": as_party_id,
        "urn": as_urn,
        "uuid": as_uuid,
        "external_id": text,
    }
    fields = [
        *("kind", "display_name", "org_number", "unit_type", "person_number", "external_id"),
        *("urn", "uuid", "party_id", "main_unit", "is_deleted", "created_at", "see_also"),
    ]
    readonly_fields = ["see_also"]
    ordering = ["-pk"]

    @admin.display(description="name")
    def name(self, party: Party) -> str:
        return party.display_name or "(no name)"

    @admin.display(description="identifier")
    def identifier(self, party: Party) -> str:
        return masked_identifier(party.urn)

    @admin.display(description="see also")
    def see_also(self, party: Party) -> str:
        lists = {
            "Letters received": list_of("correspondence.Correspondence", q=party.urn),
            "Roles held": list_of("registry.PartyRole", to_party__id__exact=party.pk),
            "Roles held by others": list_of("registry.PartyRole", from_party__id__exact=party.pk),
            "Contact points": list_of("registry.ContactPoint", party__id__exact=party.pk),
        }
        return links(lists)


@admin.register(PartyRole)
class PartyRoleAdmin(ReadOnlyMixin, DeskAdmin[PartyRole]):
    list_title = "Roles"
    list_help = "Search by either party's number."
    empty_help = "Roles come with the registry file: a general manager, a chair of the board."
    list_display = ["role", "holder", "organisation"]
    list_select_related = ["from_party", "to_party"]
    search_by = {"from_party__urn": as_urn, "to_party__urn": as_urn}
    ordering = ["-pk"]

    @admin.display(description="held by")
    def holder(self, role: PartyRole) -> str:
        return party_link(role.to_party)

    @admin.display(description="in")
    def organisation(self, role: PartyRole) -> str:
        return party_link(role.from_party)


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnlyMixin, DeskAdmin[ContactPoint]):
    list_title = "Contact points"
    list_help = "Where parties are told about letters. Search by the party's number."
    empty_help = "Contact points come with the registry file."
    list_display = ["party_name", "email", "mobile", "registered_by", "resource", "verified_at"]
    list_select_related = ["party", "user", "resource"]
    search_by = {"party__urn": as_urn}
    ordering = ["-pk"]

    def heading(self, row: ContactPoint) -> str:
        return f"Contact point of {row.party}"

    @admin.display(description="party")
    def party_name(self, point: ContactPoint) -> str:
        return party_link(point.party)

    @admin.display(description="registered by")
    def registered_by(self, point: ContactPoint) -> str:
        return party_link(point.user) if point.user else "official"


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyMixin, DeskAdmin[Reservation]):
    list_title = "Reservations"
    list_help = "People who do not want digital mail. Search by number."
    empty_help = "Nobody has reserved against digital mail."
    list_display = ["person_name", "reserved", "updated_at", "source"]
    list_filter = ["reserved"]
    list_select_related = ["person"]
    search_by = {"person__urn": as_urn}
    ordering = ["-pk"]

    def heading(self, row: Reservation) -> str:
        return f"Reservation of {row.person}"

    @admin.display(description="person")
    def person_name(self, reservation: Reservation) -> str:
        return party_link(reservation.person)


@admin.register(SystemUser)
class SystemUserAdmin(ReadOnlyMixin, DeskAdmin[SystemUser]):
    list_title = "System users"
    list_help = "Vendors' systems acting for customers. Search by UUID or by the customer's number."
    empty_help = "System users come with the registry file."
    list_display = ["system_id", "organisation", "vendor", "active"]
    list_select_related = ["organisation"]
    search_by = {"uuid": as_uuid, "organisation__urn": as_urn}
    ordering = ["-pk"]


def party_link(party: Party) -> str:
    """Name and masked number, leading to the party."""
    return link_to("registry.Party", party.pk, f"{party} ({masked_identifier(party.urn)})")
