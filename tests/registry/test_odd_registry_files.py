"""Whatever a registry file holds, the answer names list, index and key, and nothing is loaded (operator-interface.md)."""

import json
from copy import deepcopy

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from registry.models import AccessGrant, ContactPoint, Party
from registry.registry_file import RegistryFileError, read
from registry.registry_format import FORMAT
from registry.services.import_registry import import_registry

SYSTEM_USER = "2f6f5f0a-6a3e-4a53-8f0b-1d2b9a6c7e10"
WHOLE = {
    "organisations": [
        {
            "number": "991825827",
            "name": "Digdir",
            "unit_type": "ORGL",
            "deleted": False,
            "party_id": 51000000,
        },
        {"number": "310654302", "name": "Rask Falk AS", "parent": None, "uuid": SYSTEM_USER},
    ],
    "persons": [{"number": "04825999731", "name": "Kari", "reserved": False, "party_id": 51000002}],
    "self_identified": [{"id": "kari@example.no", "kind": "email", "name": "Kari"}],
    "roles": [{"from": "310654302", "to": "04825999731", "role": "daglig-leder"}],
    "resources": [
        {
            "id": "letters",
            "owner": "991825827",
            "type": "CorrespondenceService",
            "title": {"nb": "Brev"},
            "minimum_authentication_level": 3,
            "minimum_authentication_level_org": None,
            "confidentiality": "none",
            "orgcode": "digdir",
            "access_list_only": True,
        }
    ],
    "grants": [
        {"party": "*", "resource": "letters", "actions": ["read"]},
        {"party": "daglig-leder", "resource": "letters", "actions": ["read"], "subject_kind": "role"},
        {"party": SYSTEM_USER, "resource": "letters", "actions": ["read"], "subject_kind": "systemuser"},
    ],
    "contact_points": [
        {"party": "310654302", "email": "a@example.no", "user": "04825999731", "resource": "letters"},
        {"party": "310654302", "mobile": "+4799999999"},
    ],
    "clients": [
        {
            "client_id": "c",
            "organisation": "991825827",
            "scopes": ["a"],
            "client_secret": "s",
            "jwks": {"keys": [{"kty": "RSA", "n": "x"}]},
        }
    ],
    "system_users": [
        {"uuid": SYSTEM_USER, "organisation": "310654302", "vendor": "991825827", "system_id": "x"}
    ],
    "access_lists": [{"resource": "letters", "organisations": ["310654302"]}],
}
PLACES = [(name, i, key) for name in WHOLE for i, entry in enumerate(WHOLE[name]) for key in entry]


def changed(name, index, key, value):
    document = deepcopy(WHOLE)
    document[name][index][key] = value
    return json.dumps(document).encode()


def refusal(content):
    with pytest.raises(RegistryFileError) as error:
        import_registry(content)
    assert Party.objects.count() == 0
    return str(error.value)


def outcome(load, content):
    """What is said of the file; nothing when it is taken."""
    try:
        load(content)
    except RegistryFileError as error:
        return str(error)
    return ""


def test_whole_file_is_loaded_and_loaded_again(db):
    first = import_registry(json.dumps(WHOLE).encode())

    assert import_registry(json.dumps(WHOLE).encode()) == first
    assert {name: len(entries) for name, entries in WHOLE.items()} == first
    assert (set(WHOLE), AccessGrant.objects.count()) == (set(FORMAT), 3)


LONG = "x" * 400
ODD = [LONG, "a\0b", "\ud800", {}, [], [[]], {"a": 1}, 10**12, -1, 1.5, True, None, "", " ", "x:y"]


@pytest.mark.parametrize(("name", "index", "key"), PLACES)
def test_odd_value_is_loaded_or_named(db, name, index, key):
    for value in ODD:
        said = outcome(import_registry, changed(name, index, key, value))
        named = said.startswith(f"{name}[{index}].") or "neither in this file nor" in said
        assert said == "" or named, value


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("organisations", "name", LONG, "must be text of 1 to 255 characters"),
        ("organisations", "name", " ", "must be text of 1 to 255 characters"),
        ("organisations", "parent", "991825827", "is the organisation itself"),
        ("persons", "name", "", "must be text of 1 to 255 characters"),
        ("organisations", "name", "a\0b", "holds NUL or half of a surrogate pair"),
        ("organisations", "unit_type", "x" * 17, "must be text of at most 16 characters"),
        ("organisations", "deleted", 0, "must be true or false"),
        ("persons", "party_id", 100_000_000, "must be a number of at most eight digits"),
        ("persons", "party_id", 1.0, "must be a number of at most eight digits"),
        ("persons", "party_id", 51000000, "stands in the file twice"),
        ("self_identified", "kind", ["email"], "must be email or legacy"),
        ("self_identified", "id", "nobody", "is no recipient of the kind email"),
        ("self_identified", "id", "a:b@c", "is no recipient of the kind email"),
        ("roles", "role", "x" * 65, "must be text of 1 to 64 characters"),
        ("resources", "id", "x:y", "must be text of 1 to 255 characters without a colon"),
        ("resources", "id", " ", "must be text of 1 to 255 characters without a colon"),
        ("resources", "id", "x" * 256, "must be text of 1 to 255 characters without a colon"),
        ("resources", "type", "x" * 65, "must be text of at most 64 characters"),
        ("resources", "title", {"nb": 1}, "must be an object of texts"),
        ("resources", "title", {"nb": "\0"}, "holds NUL or half of a surrogate pair"),
        ("resources", "minimum_authentication_level", True, "must be a number from 0 to 4"),
        ("resources", "minimum_authentication_level_org", 5, "must be a number from 0 to 4"),
        ("resources", "confidentiality", {}, "must be none, confidential or explicit"),
        ("grants", "actions", ["read", "read"], "must list read, write or subscribe, each once"),
        ("grants", "party", "somebody", "must be an organisation number, a person's number or *"),
        ("grants", "subject_kind", "everyone", "must be party, role, user or systemuser"),
        ("grants", "subject_kind", "systemuser", "does not go with * for everyone"),
        ("contact_points", "mobile", "9" * 21, "must be text of at most 20 characters"),
        ("contact_points", "mobile", "xyz", "is no telephone number with its country's code"),
        ("contact_points", "email", "not an email", "is no e-mail address"),
        ("clients", "jwks", {"keys": "foo"}, "must be an object whose keys are a list of objects"),
        ("clients", "jwks", {}, "must be an object whose keys are a list of objects"),
        ("clients", "scopes", ["x" * 129], "must be a list of texts of 1 to 128 characters, each once"),
        ("clients", "jwks", {"keys": ["\0"]}, "holds NUL or half of a surrogate pair"),
        ("system_users", "uuid", "{" + SYSTEM_USER + "}", "must be a UUID"),
        ("access_lists", "organisations", ["x"], "must be a list of organisation numbers, each once"),
    ],
)
def test_wrong_value_is_named_with_what_it_must_be(db, name, key, value, message):
    assert refusal(changed(name, 0, key, value)) == f"{name}[0].{key}: {message}."


@pytest.mark.parametrize("name", WHOLE)
def test_entry_that_stands_twice_is_named(db, name):
    document = deepcopy(WHOLE)
    again = deepcopy(document[name][0])
    again.pop("party_id", None)
    document[name].append(again)

    message = refusal(json.dumps(document).encode())

    assert message.startswith(f"{name}[{len(document[name]) - 1}].")
    assert message.endswith(": stands in the file twice.")


def test_grant_for_a_system_user_names_it_by_its_uuid(db):
    message = refusal(changed("grants", 2, "party", "letters"))

    assert message == "grants[2].party: must be a UUID."


def test_uuid_may_be_written_in_capitals(db):
    import_registry(changed("grants", 2, "party", SYSTEM_USER.upper()))

    assert AccessGrant.objects.get(subject_kind="systemuser").subject == SYSTEM_USER


@pytest.mark.parametrize(("key", "value"), [("party_id", 51000000), ("uuid", SYSTEM_USER.upper())])
def test_number_of_another_party_is_named(db, key, value):
    import_registry(json.dumps(WHOLE).encode())
    entries = [
        {"number": "910753614", "name": "Lys Fjell AS"},
        {"number": "311780735", "name": "Stille Vann AS", key: value},
    ]

    with pytest.raises(RegistryFileError) as error:
        import_registry(json.dumps({"organisations": entries}).encode())

    assert str(error.value) == f"organisations[1].{key}: {value} is another party's."
    assert not Party.objects.filter(org_number="910753614").exists()


def test_parties_numbered_here_step_over_the_files_numbers(db):
    import_registry(b'{"organisations": [{"number": "910753614", "name": "first"}]}')
    next_number = Party.objects.get().party_id + 1
    persons = [{"number": "04825999731", "name": "Kari", "party_id": next_number}]
    organisations = [{"number": "311780735", "name": "second"}]

    import_registry(json.dumps({"organisations": organisations, "persons": persons}).encode())

    assert Party.objects.get(person_number="04825999731").party_id == next_number
    assert Party.objects.get(org_number="311780735").party_id > next_number


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[" * 100_000, "nested too deep"),
        (b'{"clients": ' + b"[" * 500 + b"]" * 500 + b"}", "clients[0]: must be an object."),
        (b'{"persons": [], "persons": []}', "persons: stands in the file twice."),
        (
            b'{"persons": [{"number": "04825999731", "name": "a", "name": "b"}]}',
            "persons[0].name: stands in the entry twice.",
        ),
        (b'{"persons": [{"number": "04825999731", "name": NaN}]}', "NaN is no number"),
        (b'{"persons": [' + b"9" * 5000 + b"]}", "not UTF-8 JSON"),
        (b'{"persons": [{"number": "04825999731", "name": "\xe6"}]}', "not UTF-8 JSON"),
        (b"\xef\xbb\xbf{}", "not UTF-8 JSON"),
        (b"null", "one JSON object"),
        (b'{"persons": null}', "persons: must be a list."),
        (b'{"persons": [[]]}', "persons[0]: must be an object."),
    ],
)
def test_file_that_is_read_in_no_way_or_in_two_is_refused(db, content, message):
    assert message in refusal(content)


@pytest.mark.parametrize(
    "jwks", ['{"a": ' * 30 + "1" + "}" * 30, '{"keys": 1e400}', '{"keys": 1, "keys": 2}'], ids=len
)
def test_key_set_that_cannot_be_stored_as_it_stands_is_named(db, jwks):
    whole = json.dumps({"organisations": WHOLE["organisations"], "clients": WHOLE["clients"]})
    content = whole.replace(json.dumps(WHOLE["clients"][0]["jwks"]), jwks)

    assert refusal(content.encode()).startswith("clients[0].jwks: ")


def test_command_shows_a_sentence_and_no_traceback(db, tmp_path):
    (tmp_path / "registry.json").write_bytes(changed("organisations", 1, "name", LONG))

    with pytest.raises(CommandError, match=r"^Nothing was imported. organisations\[1\].name: must be text"):
        call_command("import_registry", tmp_path / "registry.json")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("991825827"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_reading_ends_in_lists_or_in_a_sentence(place, value):
    said = outcome(read, changed(*place, value))

    assert said == "" or said.endswith(".")


def test_contact_points_of_a_party_are_those_of_its_file(db):
    import_registry(json.dumps(WHOLE).encode())

    assert ContactPoint.objects.count() == 2
