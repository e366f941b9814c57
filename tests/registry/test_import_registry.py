"""Loading a registry file: everything or nothing, and errors that name the entry (operator-interface.md)."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.models import AccessGrant, ApiClient, AuditEntry, ContactPoint, Party, Resource, SystemUser
from registry.registry_file import RegistryFileError
from registry.services.demo import DEMO_REGISTRY, DemoRefused, seed_demo_registry
from registry.services.import_registry import import_registry

OWNER = {"number": "991825827", "name": "Digitaliseringsdirektoratet"}
UNIT = {"number": "313230090", "name": "Avdeling", "parent": "310654302"}
MAIN = {"number": "310654302", "name": "Rask Falk AS", "unit_type": "AS"}
PERSON = {"number": "04825999731", "name": "Kari Eksempel", "reserved": True}
RESOURCE = {"id": "letters", "owner": "991825827", "type": "CorrespondenceService", "title": {"nb": "Brev"}}

EXAMPLE = """
{
  "organisations": [{"number": "991825827", "name": "Digitaliseringsdirektoratet", "parent": null, "unit_type": "ORGL", "deleted": false},
                    {"number": "310654302", "name": "Rask Falk AS", "parent": null, "unit_type": "AS", "deleted": false}],
  "persons": [{"number": "04825999731", "name": "Kari Eksempel", "reserved": false}],
  "roles": [{"from": "310654302", "to": "04825999731", "role": "daglig-leder"}],
  "resources": [{"id": "example-letters", "owner": "991825827", "type": "CorrespondenceService",
                 "title": {"nb": "Brev", "nn": "Brev", "en": "Letters"},
                 "minimum_authentication_level": 0, "confidential": false}],
  "grants": [{"party": "991825827", "resource": "example-letters", "actions": ["write"]},
             {"party": "*", "resource": "example-letters", "actions": ["read"]}],
  "contact_points": [{"party": "04825999731", "email": "kari@example.no", "mobile": "+4799999999"}],
  "clients": [{"client_id": "7c1f0d52-6d1b-4a8e-9f40-2f0f6a1f5b11", "organisation": "991825827",
               "scopes": ["altinn:serviceowner", "altinn:correspondence.write", "altinn:correspondence.read"],
               "client_secret": "demo-only", "jwks": {"keys": []}}],
  "system_users": [{"uuid": "2f6f5f0a-6a3e-4a53-8f0b-1d2b9a6c7e10", "organisation": "310654302", "vendor": "313154599", "system_id": "313154599_lettersystem"}]
}
"""


def load(**lists):
    return import_registry(json.dumps(lists).encode())


def test_file_of_the_operator_interface_is_loaded(db):
    counts = load(
        organisations=[OWNER, UNIT, MAIN],
        persons=[PERSON],
        roles=[{"from": "310654302", "to": "04825999731", "role": "daglig-leder"}],
        resources=[RESOURCE | {"confidential": True}],
        grants=[{"party": "*", "resource": "letters", "actions": ["read"]}],
        contact_points=[{"party": "04825999731", "email": "kari@example.no"}],
        clients=[{"client_id": "c", "organisation": "991825827", "scopes": ["a"], "client_secret": "s"}],
    )

    assert counts["organisations"] == 3
    assert Party.objects.get(org_number="313230090").main_unit.org_number == "310654302"
    assert Party.objects.get(person_number="04825999731").reservation.reserved
    assert Resource.objects.get().confidentiality == "confidential"
    assert AccessGrant.objects.get().subject_kind == "everyone"
    assert ApiClient.objects.get().client_secret != "s"
    assert AuditEntry.objects.get().after == counts


def test_second_import_updates_and_keeps_identities(db):
    load(organisations=[OWNER], contact_points=[{"party": "991825827", "email": "a@example.no"}])
    before = Party.objects.get()

    load(
        organisations=[OWNER | {"name": "Nytt navn"}],
        contact_points=[{"party": "991825827", "mobile": "+4799999999"}],
    )

    after = Party.objects.get()
    assert (after.uuid, after.party_id, after.display_name) == (before.uuid, before.party_id, "Nytt navn")
    assert list(ContactPoint.objects.values_list("email", "mobile")) == [("", "+4799999999")]


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"organisation": []}, "organisation: unknown key."),
        ({"organisations": {}}, "organisations: must be a list."),
        ({"organisations": [OWNER, MAIN | {"numbr": 1}]}, "organisations[1].numbr: unknown key."),
        ({"organisations": [{"number": "991825827"}]}, "organisations[0].name: is missing."),
        (
            {"organisations": [OWNER | {"number": "99182582"}]},
            "organisations[0].number: must be nine digits.",
        ),
        ({"organisations": [OWNER, OWNER]}, "organisations[1].number: stands in the file twice."),
        ({"organisations": [UNIT]}, "organisations[0].parent: 310654302 is neither"),
        ({"persons": [PERSON | {"number": "01234567890"}]}, "persons[0].number: must be eleven digits"),
        ({"persons": [PERSON | {"reserved": "yes"}]}, "persons[0].reserved: must be true or false."),
        ({"resources": [RESOURCE]}, "resources[0].owner: 991825827 is neither"),
        (
            {"grants": [{"party": "*", "resource": "none", "actions": ["read"]}]},
            "grants[0].resource: none is neither",
        ),
        ({"grants": [{"party": "*", "resource": "x", "actions": ["open"]}]}, "grants[0].actions: must list"),
        (
            {"organisations": [OWNER], "contact_points": [{"party": "991825827"}]},
            "contact_points[0].email: is missing, and so is mobile.",
        ),
    ],
)
def test_error_names_the_entry_and_nothing_is_loaded(db, lists, message):
    with pytest.raises(RegistryFileError) as error:
        load(**{"organisations": [MAIN | {"number": "910753614"}]} | lists)

    assert message in str(error.value)
    assert (Party.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_parents_that_lead_back_are_refused_within_a_file_and_over_what_is_stored(db):
    middle = {"number": "910753614", "name": "Lys Fjell AS", "parent": "310654302"}
    ring = [MAIN | {"parent": "910753614"}, middle]

    with pytest.raises(RegistryFileError) as in_one_file:
        load(organisations=ring)
    load(organisations=[MAIN, middle])
    with pytest.raises(RegistryFileError) as in_two:
        load(organisations=[MAIN | {"parent": "910753614"}])

    expected = "organisations[0].parent: 910753614 lies below it."
    assert [str(in_one_file.value), str(in_two.value)] == [expected, expected]


def test_example_of_the_operator_interface_is_loaded_as_it_stands(db):
    """Its system user's vendor has no entry of its own, and gets none: nobody can write to it."""
    load(**json.loads(EXAMPLE))

    assert SystemUser.objects.get().vendor == "313154599"
    assert not Party.objects.filter(org_number="313154599").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
def test_file_that_is_no_json_object_is_refused(db, content):
    with pytest.raises(RegistryFileError):
        import_registry(content)


def test_command_says_that_nothing_was_imported(db, tmp_path):
    (tmp_path / "registry.json").write_text('{"persons": [{}]}')

    with pytest.raises(CommandError, match=r"Nothing was imported. persons\[0\].number: is missing"):
        call_command("import_registry", tmp_path / "registry.json")


def test_command_prints_counts(db):
    out = io.StringIO()

    call_command("import_registry", DEMO_REGISTRY, stdout=out)

    assert "organisations: 15\n" in out.getvalue()


def test_demo_registry_is_refused_in_production(db, settings):
    settings.IS_PRODUCTION = True

    with pytest.raises(DemoRefused):
        seed_demo_registry()
