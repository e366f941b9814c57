"""What `{{recipientName}}` stands for (initialize.md 3.5)."""

import pytest

from correspondence.services.texts import display_name, fill_in_name
from registry.models import Party
from tests.support.letters import letter, send
from tests.support.world import PERSON

EMAIL = "urn:altinn:person:idporten-email:Kari@Eksempel.example"
LEGACY = "urn:altinn:person:legacy-selfidentified:Gammel"


@pytest.mark.contract("initialize.md#3.5")
@pytest.mark.parametrize(
    ("registered", "shown"),
    [
        ("RASK FALK AS", "Rask Falk As"),
        ("ANNE-LI ØSTBY", "Anne-Li Østby"),
        ("o'brien & sønner", "O'brien & Sønner"),
        ("O’BRIEN", "O’Brien"),
        ("ÅSE ÆRLIG", "Åse Ærlig"),
        ("A\u030aSE", "A\u030ase"),
        ("3D-PRINT 24SEVEN", "3D-Print 24Seven"),
        ("BYGG2 AS", "Bygg2 As"),
        ("NAV/SKATT (OSLO)", "Nav/Skatt (Oslo)"),
        ("FIRMA_NAVN", "Firma_Navn"),
        ("  TO  ORD ", "  To  Ord "),
        ("", ""),
    ],
)
def test_name_is_title_cased_word_by_word(registered, shown):
    assert display_name(registered) == shown


@pytest.mark.contract("initialize.md#3.5")
def test_only_the_exact_spelling_is_replaced():
    text = "{{recipientName}} {{recipientName}} {{recipientname}} {{ recipientName }} {recipientName}"

    assert fill_in_name(text, "KARI") == "Kari Kari {{recipientname}} {{ recipientName }} {recipientName}"


@pytest.mark.contract("initialize.md#3.5")
@pytest.mark.parametrize(
    ("recipient", "shown"),
    [
        ("0192:310654302", "Til Rask Falk As."),
        (PERSON, "Til Kari Eksempel."),
        (EMAIL, "Til ."),
        (LEGACY, "Til ."),
    ],
)
def test_title_summary_and_body_name_each_kind_of_recipient(sender, recipient, shown):
    texts = dict.fromkeys(("messageTitle", "messageSummary", "messageBody"), "Til {{recipientName}}.")
    stored = send(sender, letter(texts, recipients=[recipient]))

    content = sender.get(f"/correspondence/{stored.pk}").json()["content"]

    assert {content[name] for name in texts} == {shown}


def test_registered_self_identified_user_has_no_name_in_texts_either(sender):
    Party.objects.create(
        kind="self-identified-user", external_id=EMAIL.lower(), urn=EMAIL.lower(), display_name="KARI"
    )
    stored = send(sender, letter({"messageTitle": "Til {{recipientName}}."}, recipients=[EMAIL]))

    assert sender.get(f"/correspondence/{stored.pk}").json()["content"]["messageTitle"] == "Til ."


@pytest.mark.contract("initialize.md#1.5")
def test_party_without_a_name_is_found_and_named_nothing(sender, world):
    world.company.display_name = ""
    world.company.save()
    stored = send(sender, letter({"messageTitle": "Til {{recipientName}}."}))

    assert sender.get(f"/correspondence/{stored.pk}").json()["content"]["messageTitle"] == "Til ."


def test_title_may_grow_beyond_its_limit_by_the_name(sender):
    stored = send(sender, letter({"messageTitle": "x" * 238 + "{{recipientName}}"}))

    title = sender.get(f"/correspondence/{stored.pk}").json()["content"]["messageTitle"]

    assert title == "x" * 238 + "Rask Falk As"


def test_name_is_not_filled_in_elsewhere(sender):
    stored = send(sender, letter(correspondence={"messageSender": "{{recipientName}}"}))

    assert sender.get(f"/correspondence/{stored.pk}").json()["messageSender"] == "{{recipientName}}"
