"""Loading a registry file: everything or nothing, in sets."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import DataError, IntegrityError, connection, transaction

from registry.enums import ActorKind, PartyKind, SubjectKind
from registry.identifiers import is_organisation_number, organisation_urn, person_urn
from registry.models import (
    AccessGrant,
    AccessListEntry,
    ApiClient,
    ContactPoint,
    Party,
    PartyRole,
    Reservation,
    Resource,
    SystemUser,
)
from registry.registry_file import RegistryFileError, read
from registry.registry_format import EVERYONE, SELF_IDENTIFIED, Entry
from registry.services.audit import record_audit

Entries = list[Entry]
HIGHEST_RESERVED = 80_000_000
"""Party ids of the file up to this one are stepped over when parties are numbered here; there are few above."""


def import_registry(content: bytes) -> dict[str, int]:
    """Upsert what the file holds; returns the number of entries by list. Raises RegistryFileError."""
    lists = read(content)
    try:
        with transaction.atomic():
            _Import().run(lists)
            counts = {name: len(entries) for name, entries in lists.items() if entries}
            record_audit(
                actor_kind=ActorKind.SYSTEM,
                action="registry.import",
                object_type="registry",
                object_id="",
                after=counts,
            )
    except (IntegrityError, DataError) as error:
        raise RegistryFileError(f"The database refuses the file: {error.__cause__}") from error
    return counts


def urn_of(number: str) -> str:
    return organisation_urn(number) if is_organisation_number(number) else person_urn(number)


class _Import:
    """One run; `place` names the entry that a failed look-up is about."""

    def __init__(self) -> None:
        self.parties: dict[str, Party] = {}

    def run(self, lists: dict[str, Entries]) -> None:
        parties = [*lists["organisations"], *lists["persons"]]
        _step_over(entry["party_id"] for entry in parties if "party_id" in entry)
        for name, entries in lists.items():
            getattr(self, f"_{name}")(entries)

    def _organisations(self, entries: Entries) -> None:
        rows = [self._organisation(entry) for entry in entries]
        self._upsert_parties(rows, entries, "organisations", ["unit_type", "is_deleted"])
        self._link_sub_units(entries)

    def _organisation(self, entry: dict[str, Any]) -> Party:
        return Party(
            kind=PartyKind.ORGANIZATION,
            urn=organisation_urn(entry["number"]),
            org_number=entry["number"],
            display_name=entry["name"],
            unit_type=entry.get("unit_type", ""),
            is_deleted=entry.get("deleted", False),
            **_identity(entry),
        )

    def _link_sub_units(self, entries: Entries) -> None:
        for index, entry in enumerate(entries):
            if "parent" in entry:
                parent = entry["parent"] and self._party(entry["parent"], f"organisations[{index}].parent")
                Party.objects.filter(org_number=entry["number"]).update(main_unit=parent)
        _refuse_rings(entries)

    def _persons(self, entries: Entries) -> None:
        rows = [
            Party(
                kind=PartyKind.PERSON,
                urn=person_urn(entry["number"]),
                person_number=entry["number"],
                display_name=entry["name"],
                **_identity(entry),
            )
            for entry in entries
        ]
        self._upsert_parties(rows, entries, "persons", [])
        for entry in entries:
            if "reserved" in entry:
                person = Party.objects.get(urn=person_urn(entry["number"]))
                Reservation.objects.update_or_create(person=person, defaults={"reserved": entry["reserved"]})

    def _self_identified(self, entries: Entries) -> None:
        rows = [
            Party(
                kind=PartyKind.SELF_IDENTIFIED,
                urn=f"{SELF_IDENTIFIED[entry['kind']]}:{entry['id'].lower()}",
                external_id=entry["id"].lower(),
                display_name=entry.get("name", ""),
            )
            for entry in entries
        ]
        self._upsert_parties(rows, entries, "self_identified", [])

    def _upsert_parties(self, rows: list[Party], entries: Entries, name: str, fields: list[str]) -> None:
        """Parties keep their UUID and id unless the file names others."""
        _check_free(rows, entries, name)
        Party.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["urn"], update_fields=["display_name", *fields]
        )
        for entry, row in zip(entries, rows, strict=True):
            if identity := _identity(entry):
                Party.objects.filter(urn=row.urn).update(**identity)

    def _roles(self, entries: Entries) -> None:
        rows = [
            PartyRole(
                from_party=self._party(entry["from"], f"roles[{index}].from"),
                to_party=self._party(entry["to"], f"roles[{index}].to"),
                role=entry["role"],
            )
            for index, entry in enumerate(entries)
        ]
        PartyRole.objects.bulk_create(rows, ignore_conflicts=True)

    def _resources(self, entries: Entries) -> None:
        for index, entry in enumerate(entries):
            confidential = "confidential" if entry.get("confidential") else "none"
            Resource.objects.update_or_create(
                identifier=entry["id"],
                defaults={
                    "owner": self._party(entry["owner"], f"resources[{index}].owner"),
                    "resource_type": entry["type"],
                    "title": entry["title"],
                    "orgcode": entry.get("orgcode", ""),
                    "minimum_level": entry.get("minimum_authentication_level", 0),
                    "minimum_level_org": entry.get("minimum_authentication_level_org"),
                    "confidentiality": entry.get("confidentiality", confidential),
                    "access_list_only": entry.get("access_list_only", False),
                },
            )

    def _grants(self, entries: Entries) -> None:
        rows = [
            AccessGrant(
                resource=self._resource(entry["resource"], f"grants[{index}].resource"),
                action=action,
                **self._subject(entry, f"grants[{index}].party"),
            )
            for index, entry in enumerate(entries)
            for action in entry["actions"]
        ]
        AccessGrant.objects.bulk_create(rows, ignore_conflicts=True)

    def _subject(self, entry: dict[str, Any], place: str) -> dict[str, str]:
        kind = SubjectKind(entry.get("subject_kind", SubjectKind.PARTY))
        subject = entry["party"]
        if subject == EVERYONE:
            return {"subject_kind": SubjectKind.EVERYONE, "subject": ""}
        if kind in {SubjectKind.PARTY, SubjectKind.USER}:
            subject = self._party(subject, place).urn
        elif kind == SubjectKind.SYSTEM_USER:
            subject = subject.lower()
        return {"subject_kind": kind, "subject": subject}

    def _contact_points(self, entries: Entries) -> None:
        """The file's rows replace those stored for each party it names."""
        rows = [
            ContactPoint(
                party=self._party(entry["party"], f"contact_points[{index}].party"),
                user=self._party(entry["user"], f"contact_points[{index}].user") if "user" in entry else None,
                resource=self._resource(entry["resource"], f"contact_points[{index}].resource")
                if "resource" in entry
                else None,
                email=entry.get("email", ""),
                mobile=entry.get("mobile", ""),
            )
            for index, entry in enumerate(entries)
        ]
        ContactPoint.objects.filter(party__in=[row.party for row in rows]).delete()
        ContactPoint.objects.bulk_create(rows)

    def _clients(self, entries: Entries) -> None:
        for index, entry in enumerate(entries):
            defaults = {
                "name": entry["client_id"],
                "organisation": self._party(entry["organisation"], f"clients[{index}].organisation"),
                "scopes": entry["scopes"],
                "jwks": entry.get("jwks", {}),
                "client_type": ApiClient.CLIENT_CONFIDENTIAL,
                "authorization_grant_type": ApiClient.GRANT_CLIENT_CREDENTIALS,
            }
            client, _ = ApiClient.objects.update_or_create(client_id=entry["client_id"], defaults=defaults)
            secret = entry.get("client_secret")
            ApiClient.objects.filter(pk=client.pk).update(client_secret=make_password(secret))

    def _system_users(self, entries: Entries) -> None:
        for index, entry in enumerate(entries):
            SystemUser.objects.update_or_create(
                uuid=entry["uuid"],
                defaults={
                    "organisation": self._party(entry["organisation"], f"system_users[{index}].organisation"),
                    "vendor": entry["vendor"],
                    "system_id": entry["system_id"],
                },
            )

    def _access_lists(self, entries: Entries) -> None:
        rows = [
            AccessListEntry(
                resource=self._resource(entry["resource"], f"access_lists[{index}].resource"),
                organisation=self._party(number, f"access_lists[{index}].organisations"),
            )
            for index, entry in enumerate(entries)
            for number in entry["organisations"]
        ]
        AccessListEntry.objects.bulk_create(rows, ignore_conflicts=True)

    def _party(self, number: str, place: str) -> Party:
        if number not in self.parties:
            party = Party.objects.filter(urn=urn_of(number)).first()
            if party is None:
                raise RegistryFileError(f"{place}: {number} is neither in this file nor in the registry.")
            self.parties[number] = party
        return self.parties[number]

    def _resource(self, identifier: str, place: str) -> Resource:
        resource = Resource.objects.filter(identifier=identifier).first()
        if resource is None:
            raise RegistryFileError(f"{place}: {identifier} is neither in this file nor in the registry.")
        return resource


def _check_free(rows: list[Party], entries: Entries, name: str) -> None:
    """No entry takes the party id or UUID of another party. Raises RegistryFileError."""
    for key in ("party_id", "uuid"):
        wanted = [entry[key] for entry in entries if key in entry]
        holders = {
            str(value): urn
            for value, urn in Party.objects.filter(**{f"{key}__in": wanted}).values_list(key, "urn")
        }
        for index, (row, entry) in enumerate(zip(rows, entries, strict=True)):
            if holders.get(str(entry.get(key)).lower(), row.urn) != row.urn:
                raise RegistryFileError(f"{name}[{index}].{key}: {entry[key]} is another party's.")


def _refuse_rings(entries: Entries) -> None:
    """No organisation is, over its parents in file and registry, its own. Raises RegistryFileError."""
    parents: dict[str | None, str | None] = {}
    asked: set[str | None] = {entry["number"] for entry in entries if entry.get("parent")}
    while asked:
        found = Party.objects.filter(org_number__in=asked, main_unit__isnull=False)
        parents |= dict(found.values_list("org_number", "main_unit__org_number"))
        asked = {parents[number] for number in asked if number in parents} - parents.keys()
    for index, entry in enumerate(entries):
        number, passed = parents.get(entry["number"]), set()
        while number and number not in passed:
            if number == entry["number"]:
                raise RegistryFileError(f"organisations[{index}].parent: {entry['parent']} lies below it.")
            passed.add(number)
            number = parents.get(number)


def _step_over(party_ids: Iterable[int]) -> None:
    """Parties that are numbered here, now or later, get none of these."""
    highest = max((number for number in party_ids if number <= HIGHEST_RESERVED), default=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('registry_party_id_seq', %s) FROM registry_party_id_seq WHERE last_value <= %s",
            [highest, highest],
        )


def _identity(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("party_id", "uuid") if key in entry}
