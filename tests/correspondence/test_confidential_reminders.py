"""The text about unread confidential letters (lifecycle.md 8.2; its case table 10.6, rows HN01 to HN07)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from correspondence.models import Correspondence
from correspondence.services.confidential import REMINDER_RESOURCE
from registry.models import AccessGrant, PartyRole
from tests.support.clients import Client
from tests.support.letters import letter, send_and_publish
from tests.support.world import COMPANY, OWNER, PERSON, resource

PATH = "/confidential-reminders"
LONG_AGO = timezone.now() - timedelta(days=30)


@pytest.fixture
def reminders(world):
    return resource(REMINDER_RESOURCE, world.owner)


def confidential(sender, at=LONG_AGO, content=None, **fields):
    asked = {"resourceId": "example-confidential", "isConfidential": True, **fields}
    published = send_and_publish(sender, letter(content, asked))
    Correspondence.objects.filter(pk=published.pk).update(requested_publish_time=at)
    return published


def problem(answer):
    return answer.status_code, answer.json()["errorCode"]


@pytest.mark.contract("lifecycle.md#HN01")
def test_caller_without_an_organisation_is_4006(reminders):
    person = Client.person(PERSON, "altinn:correspondence.read")

    assert problem(person.get(PATH)) == (401, 4006)


@pytest.mark.contract("lifecycle.md#HN02")
def test_caller_without_access_to_the_reminder_is_4001(sender, recipient, reminders):
    confidential(sender)
    AccessGrant.objects.filter(resource=reminders).delete()

    assert problem(recipient.get(PATH)) == (401, 4001)


@pytest.mark.contract("lifecycle.md#HN02")
def test_without_the_reminders_resource_nobody_has_access(sender, recipient):
    confidential(sender)

    assert problem(recipient.get(PATH)) == (401, 4001)


@pytest.mark.contract("lifecycle.md#HN03")
def test_text_names_number_sender_date_and_resource(sender, recipient, reminders, settings):
    settings.CONFIDENTIAL_HELP_URL = "https://help.example.no/confidential"
    confidential(sender, datetime(2026, 3, 9, 12, tzinfo=UTC), messageSender="Skattekontoret")

    answer = recipient.get(PATH)

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    introduction, line, closing = answer.content.decode().split("\n\n")
    assert line == "1. Fra Skattekontoret, 09.03.2026: Brev"
    assert introduction.endswith("https://help.example.no/confidential")
    assert closing == "Påminnelsen forsvinner når brevene er åpnet."


@pytest.mark.contract("lifecycle.md#HN04")
def test_older_letters_come_first_and_names_that_are_missing_are_ids(sender, recipient, reminders, world):
    confidential(sender, datetime(2026, 3, 10, 12, tzinfo=UTC))
    confidential(sender, datetime(2026, 3, 9, 12, tzinfo=UTC))
    world.confidential.title = {}
    world.confidential.save()
    world.owner.display_name = ""
    world.owner.save()

    lines = recipient.get(PATH).content.decode().split("\n\n")[1:-1]

    assert lines == [
        "1. Fra 991825827, 09.03.2026: example-confidential",
        "2. Fra 991825827, 10.03.2026: example-confidential",
    ]


@pytest.mark.contract("lifecycle.md#8.2")
def test_sender_without_a_name_of_its_own_is_named_as_registered(sender, recipient, reminders):
    confidential(sender)

    assert "1. Fra DIGITALISERINGSDIREKTORATET, " in recipient.get(PATH).content.decode()


@pytest.mark.contract("lifecycle.md#HN05")
@pytest.mark.parametrize(
    ("is_production", "too_young", "old_enough"),
    [
        (False, timedelta(seconds=50), timedelta(seconds=70)),
        (True, timedelta(days=6, hours=23), timedelta(days=7, hours=1)),
    ],
)
def test_letter_is_told_of_when_it_is_old_enough(world, settings, is_production, too_young, old_enough):
    resource(REMINDER_RESOURCE, world.owner)
    sender = Client.organisation(OWNER, "altinn:serviceowner", "altinn:correspondence.write")
    reader = Client.organisation(COMPANY, "altinn:correspondence.read")
    told = []
    for age in (too_young, old_enough):
        confidential(sender, timezone.now() - age)
        settings.IS_PRODUCTION = is_production
        told.append(reader.get(PATH).status_code)
        settings.IS_PRODUCTION = False

    assert told == [404, 200]


@pytest.mark.contract("lifecycle.md#HN06")
def test_nothing_unread_is_1062(sender, recipient, reminders, world):
    for change in ({"read_at": timezone.now()}, {"recipient_urn": world.sub_unit.urn}):
        Correspondence.objects.filter(pk=confidential(sender).pk).update(**change)
    purged = confidential(sender)
    recipient.delete(f"/correspondence/{purged.pk}/purge")
    Correspondence.objects.filter(pk=send_and_publish(sender).pk).update(requested_publish_time=LONG_AGO)

    assert problem(recipient.get(PATH)) == (404, 1062)


@pytest.mark.contract("lifecycle.md#HN07")
@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("nb", "Virksomheten"),
        ("nn", "Verksemda"),
        ("EN", "Your"),
        ("de", "Virksomheten"),
        ("", "Virksomheten"),
    ],
)
def test_text_is_in_the_language_asked_for(sender, recipient, reminders, language, begins):
    confidential(sender)

    text = recipient.get(PATH, {"LanguageCode": language}).content.decode()

    assert text.startswith(f"{begins} ")
    assert ("Letters" in text) == (language == "EN")


@pytest.mark.contract("access.md#1.5")
def test_only_recipients_tokens_and_plain_text_are_taken(sender, recipient, reminders):
    assert sender.get(PATH).status_code == 403
    assert recipient.get(PATH, Accept="application/json").status_code == 406
    assert Client(None).get(PATH).status_code == 401


def test_somebody_elses_letters_are_not_told_of(sender, reminders, stranger):
    assert PartyRole.objects.filter(from_party__org_number=COMPANY).exists()
    confidential(sender)

    assert problem(stranger.get(PATH)) == (404, 1062)
