"""Recipients of every kind: what is accepted, how it is echoed and shown, who is refused (initialize.md 2, 10)."""

import pytest

from correspondence.enums import CorrespondenceStatus
from registry.models import Party, PartyRole
from tests.support.letters import letter, send, send_and_publish
from tests.support.world import NO_ROLES, OWNER, PERSON, SUB_UNIT

ORG = "urn:altinn:organization:identifier-no:"
PERSONS = "urn:altinn:person:identifier-no:"
EMAIL = "urn:altinn:person:idporten-email:"
LEGACY = "urn:altinn:person:legacy-selfidentified:"
CONFIDENTIAL = {"resourceId": "example-confidential", "isConfidential": True}

ACCEPTED = {
    "organisation, ISO 6523": ("0192:310654302", "0192:310654302", f"{ORG}310654302"),
    "organisation, URN": (f"{ORG}310654302", f"{ORG}310654302", f"{ORG}310654302"),
    "organisation whose number has no control digit": ("0192:123456789", "0192:123456789", f"{ORG}123456789"),
    "person, bare": (PERSON, f"{PERSONS}{PERSON}", f"{PERSONS}{PERSON}"),
    "person, URN": (f"{PERSONS}{PERSON}", f"{PERSONS}{PERSON}", f"{PERSONS}{PERSON}"),
    "e-mail user": (f"{EMAIL}Kari@Eksempel.NO", f"{EMAIL}kari@eksempel.no", f"{EMAIL}kari@eksempel.no"),
    "e-mail user, weakly checked": (f"{EMAIL}a b@c", f"{EMAIL}a b@c", f"{EMAIL}a b@c"),
    "legacy user": (f"{LEGACY}Gammel Bruker", f"{LEGACY}gammel bruker", f"{LEGACY}gammel bruker"),
}
REFUSED = {
    "nine digits": "310654302",
    "ten digits": "3106543021",
    "organisation of eight digits": "0192:31065430",
    "organisation of ten digits": "0192:3106543021",
    "another scheme": "1234:310654302",
    "person after 0192": f"0192:{PERSON}",
    "organisation after the persons' prefix": f"{PERSONS}310654302",
    "person with a wrong control digit": "04825999732",
    "person's URN with a wrong control digit": f"{PERSONS}04825999732",
    "prefix in capitals": f"{ORG.upper()}310654302",
    "spaces around it": " 0192:310654302 ",
    "line feed behind it": "0192:310654302\n",
    "digits of another script": "0192:٣١٠٦٥٤٣٠٢",
    "bare e-mail": "kari@eksempel.no",
    "e-mail without an at-sign": f"{EMAIL}kari",
    "e-mail that begins with it": f"{EMAIL}@eksempel.no",
    "e-mail that ends with it": f"{EMAIL}kari@",
    "e-mail with two": f"{EMAIL}a@b@c",
    "e-mail with a colon": f"{EMAIL}epost:a@b.no",
    "legacy user without a name": LEGACY,
    "legacy user with a colon": f"{LEGACY}a:b",
    "party id": "51000001",
    "party UUID": "6f0d8b1e-6f5c-5a57-9d0e-1c1f2b0a7d11",
    "party URN": "urn:altinn:party:uuid:6f0d8b1e-6f5c-5a57-9d0e-1c1f2b0a7d11",
    "empty": "",
    "null": None,
}
SAME = {
    "organisation": ("0192:310654302", f"{ORG}310654302"),
    "person": (PERSON, f"{PERSONS}{PERSON}"),
    "e-mail user": (f"{EMAIL}Kari@eksempel.no", f"{EMAIL}kari@EKSEMPEL.no"),
    "legacy user": (f"{LEGACY}Gammel", f"{LEGACY}gammel"),
}


@pytest.fixture
def registered(world):
    Party.objects.create(kind="organization", org_number="123456789", urn=f"{ORG}123456789")


@pytest.mark.contract("initialize.md#2.1")
@pytest.mark.parametrize(("written", "echoed", "shown"), ACCEPTED.values(), ids=ACCEPTED)
def test_recipient_is_echoed_and_shown(sender, registered, written, echoed, shown):
    answer = sender.post("/correspondence", letter(recipients=[written])).json()

    (item,) = answer["correspondences"]
    overview = sender.get(f"/correspondence/{item['correspondenceId']}").json()
    assert (item["status"], item["recipient"], overview["recipient"]) == ("ReadyForPublish", echoed, shown)


@pytest.mark.contract("initialize.md#2.1")
@pytest.mark.parametrize("written", REFUSED.values(), ids=REFUSED)
def test_anything_else_is_a_validation_problem(sender, written):
    answer = sender.post("/correspondence", letter(recipients=[written]))

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Recipients"])


@pytest.mark.contract("initialize.md#2.1")
def test_only_the_first_of_several_wrong_recipients_is_reported(sender):
    body = letter(recipients=["0192:310654302", "feil-1", "feil-2"])

    (message,) = sender.post("/correspondence", body).json()["errors"]["Recipients"]

    assert "feil-1" in message
    assert "feil-2" not in message


@pytest.mark.contract("initialize.md#2.4")
@pytest.mark.parametrize("recipients", SAME.values(), ids=SAME)
def test_two_spellings_of_one_recipient_are_duplicates(sender, recipients):
    answer = sender.post("/correspondence", letter(recipients=list(recipients)))

    assert (answer.status_code, answer.json()["errorCode"]) == (400, 1006)


def test_person_and_e_mail_user_of_one_name_are_two_recipients(sender):
    recipients = [f"{EMAIL}kari@eksempel.no", f"{LEGACY}kari@eksempel.no", PERSON]

    assert len(sender.post("/correspondence", letter(recipients=recipients)).json()["correspondences"]) == 3


@pytest.mark.contract("initialize.md#1.5")
def test_unknown_recipients_are_all_named_as_urns(sender):
    unknown = ["0192:999999999", "13876698239", f"{EMAIL}ukjent@eksempel.no", "0192:310654302"]

    problem = sender.post("/correspondence", letter(recipients=unknown)).json()

    assert (problem["status"], problem["errorCode"]) == (404, 1029)
    assert f"{ORG}999999999" in problem["detail"]
    assert f"{PERSONS}13876698239" in problem["detail"]
    assert "0192:" not in problem["detail"]
    assert "ukjent" not in problem["detail"]
    assert "310654302" not in problem["detail"]


@pytest.mark.contract("initialize.md#1.5")
def test_deleted_organisation_still_gets_letters(sender, world):
    world.company.is_deleted = True
    world.company.save()

    assert send_and_publish(sender).status == CorrespondenceStatus.PUBLISHED


@pytest.mark.contract("initialize.md#10")
def test_every_organisation_without_a_role_is_named_as_a_urn(sender):
    recipients = [f"0192:{NO_ROLES}", "0192:310654302", f"0192:{OWNER}", PERSON]

    problem = sender.post(
        "/correspondence", letter(correspondence=CONFIDENTIAL, recipients=recipients)
    ).json()

    assert (problem["status"], problem["errorCode"]) == (400, 1044)
    assert f"{ORG}{NO_ROLES}, {ORG}{OWNER}" in problem["detail"]
    assert "310654302" not in problem["detail"]


@pytest.mark.contract("initialize.md#10")
@pytest.mark.parametrize("recipient", [PERSON, f"{EMAIL}kari@eksempel.no", f"{LEGACY}gammel"])
def test_roles_are_asked_of_organisations_only(sender, recipient):
    assert send(sender, letter(correspondence=CONFIDENTIAL, recipients=[recipient]))


@pytest.mark.contract("initialize.md#10")
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("bestyrende-reder", 200),
        ("daglig-leder", 200),
        ("deltaker-delt-ansvar", 200),
        ("deltaker-fullt-ansvar", 200),
        ("innehaver", 200),
        ("styreleder", 200),
        ("komplementar", 200),
        ("nestleder", 400),
        ("regnskapsforer", 400),
    ],
)
def test_any_one_of_seven_roles_opens_for_confidential_letters(sender, world, role, status):
    PartyRole.objects.create(from_party=world.no_roles, to_party=world.person, role=role)

    answer = sender.post(
        "/correspondence", letter(correspondence=CONFIDENTIAL, recipients=[f"0192:{NO_ROLES}"])
    )

    assert answer.status_code == status


@pytest.mark.contract("initialize.md#10")
def test_sub_unit_is_judged_by_its_main_unit_alone(sender, world):
    world.company.roles_held_by_others.all().delete()
    PartyRole.objects.create(from_party=world.sub_unit, to_party=world.person, role="daglig-leder")

    answer = sender.post(
        "/correspondence", letter(correspondence=CONFIDENTIAL, recipients=[f"0192:{SUB_UNIT}"])
    )

    assert (answer.status_code, answer.json()["errorCode"]) == (400, 1044)
    assert f"{ORG}{SUB_UNIT}" in answer.json()["detail"]
