"""Resources and who may use them."""

from django.contrib import admin

from registry.admin.base import DeskAdmin, ReadOnlyMixin
from registry.admin.party import party_link
from registry.admin.search import as_organisation_number, as_resource_id, as_urn
from registry.enums import SubjectKind
from registry.identifiers import masked
from registry.models import AccessGrant, AccessListEntry, Resource


@admin.register(Resource)
class ResourceAdmin(ReadOnlyMixin, DeskAdmin[Resource]):
    list_title = "Resources"
    list_help = "The services that letters are sent under. Search by exact id or by the owner's number."
    empty_help = "Resources come from manage.py import_registry."
    list_display = ["identifier", "name", "owner", "resource_type", "confidentiality", "active"]
    list_filter = ["confidentiality", "active"]
    list_select_related = ["owner"]
    search_by = {"identifier": as_resource_id, "owner__org_number": as_organisation_number}
    ordering = ["identifier"]

    @admin.display(description="title")
    def name(self, resource: Resource) -> str:
        return str(resource.title.get("en") or resource.title.get("nb") or "")


@admin.register(AccessGrant)
class AccessGrantAdmin(ReadOnlyMixin, DeskAdmin[AccessGrant]):
    list_title = "Access grants"
    list_help = "Who may do what on which resource. Search by the resource's exact id."
    empty_help = "Grants come with the registry file. A service owner needs none on its own resources."
    list_display = ["resource", "action", "who", "for_party", "valid_from", "valid_to"]
    list_filter = ["action", "subject_kind"]
    list_select_related = ["resource", "party"]
    search_by = {"resource__identifier": as_resource_id}
    ordering = ["-pk"]

    @admin.display(description="granted to")
    def who(self, grant: AccessGrant) -> str:
        is_everyone = grant.subject_kind == SubjectKind.EVERYONE
        return "everyone" if is_everyone else f"{grant.get_subject_kind_display()} {masked(grant.subject)}"

    @admin.display(description="for")
    def for_party(self, grant: AccessGrant) -> str:
        return party_link(grant.party) if grant.party else "itself"


@admin.register(AccessListEntry)
class AccessListEntryAdmin(ReadOnlyMixin, DeskAdmin[AccessListEntry]):
    list_title = "Access lists"
    list_help = "Organisations on the list of a resource. Search by exact id or organisation number."
    empty_help = "No resource has an access list."
    list_display = ["resource", "organisation"]
    list_select_related = ["resource", "organisation"]
    search_by = {"resource__identifier": as_resource_id, "organisation__urn": as_urn}
    ordering = ["-pk"]
