"""Identifiers (initialize.md 2; access.md 4.4)."""

import pytest

from registry.identifiers import (
    InvalidIdentifier,
    is_national_identity_number,
    masked,
    parse_party,
    parse_recipient,
)

ORG = "urn:altinn:organization:identifier-no:"
PERSON = "urn:altinn:person:identifier-no:"


@pytest.mark.contract("initialize.md#2.1")
@pytest.mark.parametrize(
    ("written", "urn"),
    [
        ("0192:991825827", f"{ORG}991825827"),
        ("0192:123456789", f"{ORG}123456789"),
        (f"{ORG}991234649", f"{ORG}991234649"),
        ("04825999731", f"{PERSON}04825999731"),
        (f"{PERSON}04825999731", f"{PERSON}04825999731"),
        ("urn:altinn:person:idporten-email:Kari@B.no", "urn:altinn:person:idporten-email:kari@b.no"),
        ("urn:altinn:person:legacy-selfidentified:Gammel", "urn:altinn:person:legacy-selfidentified:gammel"),
    ],
)
def test_recipient_is_normalised(written, urn):
    assert parse_recipient(written) == urn


@pytest.mark.contract("initialize.md#2.1")
@pytest.mark.parametrize(
    "written",
    [
        "",
        "991825827",
        "0192:99182582",
        "0192:9918258270",
        "0192:991825827\n",
        "0192:٩٩١٨٢٥٨٢٧",
        ":04825999731",
        "0192:04825999731",
        "01234567890",
        f"{PERSON}991825827",
        "URN:altinn:person:identifier-no:04825999731",
        "urn:altinn:person:idporten-email:epost:a@b.no",
        "urn:altinn:person:idporten-email:a@b@c",
        "urn:altinn:person:idporten-email:@b.no",
        "urn:altinn:person:legacy-selfidentified:",
        "a@b.no",
        "51000001",
    ],
)
def test_anything_else_is_no_recipient(written):
    with pytest.raises(InvalidIdentifier):
        parse_recipient(written)


@pytest.mark.contract("initialize.md#2.3")
@pytest.mark.parametrize(
    "number", ["08900499559", "07827199405", "26818099001", "13876698239", "10108000398", "00000000000"]
)
def test_only_the_control_digits_of_a_person_count(number):
    assert is_national_identity_number(number)


@pytest.mark.parametrize("number", ["13076800124", "55001122334", "01010112345", "12345678901", "0482599973"])
def test_number_whose_control_digits_do_not_fit_is_refused(number):
    assert not is_national_identity_number(number)


def test_on_behalf_of_takes_no_self_identified_user():
    with pytest.raises(InvalidIdentifier):
        parse_party("urn:altinn:person:idporten-email:a@b.no")


def test_masking_keeps_the_birth_date_only():
    assert masked(f"{PERSON}04825999731") == f"{PERSON}048259*****"
    assert masked(f"{ORG}991825827") == f"{ORG}991825827"
