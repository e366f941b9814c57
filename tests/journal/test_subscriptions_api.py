"""`/events/api/v1/subscriptions`: who may subscribe to what, in the shape of Altinn Events."""

import base64

import pytest

from journal.models import EventDelivery, EventSubscription
from journal.services.deliver_events import deliver_events
from journal.services.event_dispatch import dispatch_events
from journal.services.subscribe import MOST_SUBSCRIPTIONS
from registry.enums import TokenKind
from registry.models import AccessGrant, SystemUser
from tests.support.clients import EventsClient
from tests.support.events import OWNER_URN, happened, is_signed, receiver, subscription
from tests.support.letters import letter, send_and_publish

SUBSCRIPTIONS = "/events/api/v1/subscriptions"
SUBSCRIBE, OWNER = "altinn:events.subscribe", "altinn:serviceowner"
COMPANY_URN = "urn:altinn:organization:identifier-no:310654302"
PERSON_URN = "urn:altinn:person:identifier-no:04825999731"
SYSTEM_USER = "2f6f5f0a-6a3e-4a53-8f0b-1d2b9a6c7e10"


@pytest.fixture
def owner(world):
    return EventsClient.organisation("991825827", SUBSCRIBE, OWNER)


@pytest.fixture
def company(world):
    return EventsClient.organisation("310654302", SUBSCRIBE)


@pytest.fixture
def person(world):
    return EventsClient.person("04825999731", SUBSCRIBE)


def wanted(**changes):
    body = {
        "endPoint": "https://receiver.example.no/hook",
        "resourceFilter": "urn:altinn:resource:example-letters",
    }
    return body | changes


def subscribed(client, **changes):
    answer = client.post(SUBSCRIPTIONS, wanted(**changes))
    assert answer.status_code == 201, answer.content
    return answer.json()


def errors(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"]


def test_owner_subscribes_to_its_resource(owner):
    answer = owner.post(SUBSCRIPTIONS, wanted())

    stored = EventSubscription.objects.get()
    body = answer.json()
    secret = body.pop("secret")
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{SUBSCRIPTIONS}/{stored.pk}"
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert body == {
        "id": stored.pk,
        "endPoint": "https://receiver.example.no/hook",
        "resourceFilter": "urn:altinn:resource:example-letters",
        "consumer": "/org/digdir",
        "createdBy": "/org/digdir",
        "created": body["created"],
        "validated": False,
    }
    assert secret.encode() not in bytes(stored.encrypted_secret)
    for shown in (owner.get(f"{SUBSCRIPTIONS}/{stored.pk}"), owner.post(SUBSCRIPTIONS, wanted())):
        assert shown.json() == body  # the secret is shown once


def test_recipient_subscribes_with_every_filter_and_reads_them_back(company, settings):
    source = f"{settings.PUBLIC_URL}/correspondence/api/v1/correspondence"

    body = subscribed(
        company,
        subjectFilter=COMPANY_URN,
        typeFilter="no.altinn.correspondence.correspondencepublished",
        sourceFilter=source,
    )

    assert (body["subjectFilter"], body["sourceFilter"]) == (COMPANY_URN, source)
    assert body["typeFilter"] == "no.altinn.correspondence.correspondencepublished"
    assert body["consumer"] == "/organisation/310654302"


@pytest.mark.parametrize("form", ["/organisation/310654302", "/org/310654302"])
def test_alternative_subject_becomes_the_subject(company, form):
    body = subscribed(company, alternativeSubjectFilter=form)

    assert body["subjectFilter"] == COMPANY_URN
    assert "alternativeSubjectFilter" not in body


def test_members_are_taken_in_any_case_and_empty_filters_are_none(owner):
    answer = owner.post(
        SUBSCRIPTIONS,
        {
            "endpoint": "https://receiver.example.no/hook",
            "ResourceFilter": "example-letters",
            "typeFilter": "",
            "subjectFilter": None,
            "whatever": 1,
        },
    )

    assert answer.status_code == 201
    stored = EventSubscription.objects.get()
    assert (stored.resource_id, stored.type, stored.subject) == ("example-letters", "", "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endPoint": ""}, "EndPoint"),
        ({"endPoint": "receiver.example.no"}, "EndPoint"),
        ({"endPoint": "https://10.0.0.1/hook"}, "EndPoint"),
        ({"endPoint": "https://a:b@receiver.example.no/"}, "EndPoint"),
        ({"endPoint": "https://receiver.example.no/" + "x" * 2000}, "EndPoint"),
        ({"endPoint": 7}, "$.endPoint"),
        ({"resourceFilter": None}, "ResourceFilter"),
        ({"subjectFilter": "/party/50015641"}, "SubjectFilter"),
        ({"alternativeSubjectFilter": "310654302"}, "AlternativeSubjectFilter"),
        (
            {"subjectFilter": COMPANY_URN, "alternativeSubjectFilter": "/organisation/991825827"},
            "AlternativeSubjectFilter",
        ),
        ({"typeFilter": "no.altinn.correspondence.Sent"}, "TypeFilter"),
        ({"typeFilter": "correspondencepublished"}, "TypeFilter"),
        ({"sourceFilter": "https://platform.altinn.no/correspondence"}, "SourceFilter"),
        ({"includeSubunits": True}, "IncludeSubunits"),
    ],
)
def test_what_could_never_bring_an_event_is_refused(owner, change, field):
    assert field in errors(owner.post(SUBSCRIPTIONS, wanted(**change)))
    assert not EventSubscription.objects.exists()


def source(settings, name):
    return f"{settings.PUBLIC_URL}/correspondence/api/v1/{name}"


@pytest.mark.parametrize(
    ("kind", "name", "possible"),
    [
        ("correspondencepublished", "correspondence", True),
        ("correspondencepublished", "attachment", False),
        ("attachmentpublished", "attachment", True),
        ("attachmentpublished", "correspondence", False),
        ("notificationcreated", "notification", True),
        ("notificationcreated", "correspondence", False),
        ("correspondencenotificationfailed", "notification", False),
    ],
)
def test_type_and_source_must_agree(owner, settings, kind, name, possible):
    body = wanted(typeFilter=f"no.altinn.correspondence.{kind}", sourceFilter=source(settings, name))

    answer = owner.post(SUBSCRIPTIONS, body)

    assert answer.status_code == (201 if possible else 400)
    assert possible or "SourceFilter" in errors(answer)


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"typeFilter": "no.altinn.correspondence.correspondencepublished"}, None),
        ({"typeFilter": "no.altinn.correspondence.correspondencereceiverneverread"}, None),
        ({"sourceFilter": "correspondence"}, None),
        ({}, None),
        ({"typeFilter": "no.altinn.correspondence.correspondencereceiverread"}, "TypeFilter"),
        ({"typeFilter": "no.altinn.correspondence.attachmentpublished"}, "TypeFilter"),
        ({"sourceFilter": "attachment"}, "SourceFilter"),
        ({"sourceFilter": "notification"}, "SourceFilter"),
    ],
)
@pytest.mark.parametrize("who", ["owner", "company"])
def test_subject_must_be_one_that_such_events_can_have(who, filters, field, settings, request):
    client = request.getfixturevalue(who)
    if name := filters.get("sourceFilter"):
        filters = {"sourceFilter": source(settings, name)}

    answer = client.post(SUBSCRIPTIONS, wanted(subjectFilter=COMPANY_URN, **filters))

    assert answer.status_code == (400 if field else 201)
    assert not field or field in errors(answer)


def test_owner_as_the_subject_gets_what_is_about_the_sender(owner, settings):
    subscribed(
        owner,
        subjectFilter="urn:altinn:organization:identifier-no:991825827",
        sourceFilter=source(settings, "attachment"),
    )


def test_body_must_be_there_and_be_json(owner):
    assert owner.post(SUBSCRIPTIONS, None).status_code == 400
    assert owner.upload(SUBSCRIPTIONS, b"{", "application/json").status_code == 400
    assert owner.upload(SUBSCRIPTIONS, b"<a/>", "application/xml").status_code == 415


def may_subscribe(client, **changes):
    answer = client.post(SUBSCRIPTIONS, wanted(**changes))
    assert answer.status_code in {201, 403}, answer.content
    if answer.status_code == 403:
        assert answer.json()["detail"]
        assert not EventSubscription.objects.exists()
    return answer.status_code == 201


def test_only_owner_and_writers_get_a_whole_resource(owner, company, stranger, world):
    other_owner = EventsClient.organisation("310244007", SUBSCRIBE, OWNER)

    assert not may_subscribe(company)
    assert not may_subscribe(other_owner)
    assert not may_subscribe(EventsClient.organisation("991825827", SUBSCRIBE))  # no owner without the scope
    assert not may_subscribe(EventsClient.person("04825999731", SUBSCRIBE, OWNER))
    assert not may_subscribe(owner, resourceFilter="urn:altinn:resource:unknown")
    AccessGrant.objects.create(
        resource=world.letters, action="write", subject_kind="party", subject=world.stranger.urn
    )
    assert may_subscribe(other_owner)
    assert may_subscribe(owner)


def test_others_get_events_about_those_whose_letters_they_may_read(company, person, world):
    assert not may_subscribe(company, subjectFilter=PERSON_URN)
    assert not may_subscribe(company, subjectFilter=world.sub_unit.urn)
    assert not may_subscribe(person, subjectFilter=COMPANY_URN)
    AccessGrant.objects.create(
        resource=world.letters, action="read", subject_kind="role", subject="daglig-leder"
    )
    assert may_subscribe(person, subjectFilter=COMPANY_URN)
    assert may_subscribe(person, subjectFilter=PERSON_URN)
    assert may_subscribe(company, subjectFilter=COMPANY_URN)


def test_reader_of_the_owners_letters_hears_nothing_of_those_that_it_has_sent(world):
    reader = EventsClient.organisation("991825827", SUBSCRIBE)
    prefix = "no.altinn.correspondence.correspondence"

    assert not may_subscribe(reader, subjectFilter=OWNER_URN)
    assert not may_subscribe(reader, subjectFilter=OWNER_URN, typeFilter=f"{prefix}receiverread")
    assert may_subscribe(reader, subjectFilter=OWNER_URN, typeFilter=f"{prefix}published")


def test_persons_level_is_asked_for(world):
    low = EventsClient.person("04825999731", SUBSCRIBE, level=2)

    assert not may_subscribe(low, subjectFilter=PERSON_URN, resourceFilter="example-letters-level3")
    assert may_subscribe(
        EventsClient.person("04825999731", SUBSCRIBE, level=3),
        subjectFilter=PERSON_URN,
        resourceFilter="example-letters-level3",
    )


def test_system_user_has_what_was_granted_to_itself(world):
    registered = SystemUser.objects.create(uuid=SYSTEM_USER, organisation=world.company, vendor="313154599")
    client = EventsClient.system_user(registered.uuid, SUBSCRIBE)
    assert not may_subscribe(client, subjectFilter=COMPANY_URN)

    AccessGrant.objects.create(
        resource=world.letters, action="read", subject_kind="systemuser", subject=SYSTEM_USER
    )

    assert may_subscribe(client, subjectFilter=COMPANY_URN)
    assert EventSubscription.objects.get().consumer == f"/systemuser/{SYSTEM_USER}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_scope_and_kind_of_token_are_asked_for(world, method):
    def status(client):
        return getattr(client, method)(SUBSCRIPTIONS).status_code

    assert status(EventsClient(None)) == 401
    assert status(EventsClient.organisation("991825827", OWNER, "altinn:correspondence.write")) == 403
    raw = EventsClient.organisation("991825827", SUBSCRIBE, OWNER, kind=TokenKind.MASKINPORTEN)
    assert status(raw) == 403


def test_everyone_sees_and_ends_their_own_only(owner, company):
    ours = subscribed(owner)["id"]
    theirs = subscribed(company, subjectFilter=COMPANY_URN)["id"]
    subscribed(company, subjectFilter=COMPANY_URN, endPoint="https://receiver.example.no/2")

    listed = company.get(SUBSCRIPTIONS).json()
    assert listed["count"] == 2
    assert [entry["id"] for entry in listed["subscriptions"]] == [theirs, theirs + 1]
    assert owner.get(SUBSCRIPTIONS).json()["count"] == 1
    assert "secret" not in str(listed)
    for call in (company.get, company.delete):
        assert call(f"{SUBSCRIPTIONS}/{ours}").status_code == 403
        assert call(f"{SUBSCRIPTIONS}/999999").status_code == 404
        assert call(f"{SUBSCRIPTIONS}/99999999999999999999").status_code == 404
    assert owner.get(f"{SUBSCRIPTIONS}/{ours}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_one_query_however_many_there_are(owner, count, django_assert_num_queries):
    for number in range(count):
        subscribed(owner, endPoint=f"https://receiver.example.no/{number}")

    with django_assert_num_queries(1):
        owner.get(SUBSCRIPTIONS)


def test_ended_subscription_is_gone_with_what_was_owed_to_it(owner, world):
    identity = subscribed(owner)["id"]
    EventSubscription.objects.update(validated_at="2026-01-01T00:00Z")
    happened("letter-1")

    answer = owner.delete(f"{SUBSCRIPTIONS}/{identity}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert owner.get(f"{SUBSCRIPTIONS}/{identity}").status_code == 404
    assert owner.delete(f"{SUBSCRIPTIONS}/{identity}").status_code == 404
    assert owner.get(SUBSCRIPTIONS).json() == {"count": 0, "subscriptions": []}
    assert EventDelivery.objects.get().state == "discarded"
    happened("letter-2")
    assert EventDelivery.objects.count() == 1
    assert subscribed(owner)["id"] != identity


def test_nobody_has_more_than_a_hundred(owner):
    for number in range(MOST_SUBSCRIPTIONS):
        subscription(endpoint=f"https://receiver.example.no/{number}")

    assert "" in errors(owner.post(SUBSCRIPTIONS, wanted()))
    assert EventSubscription.objects.count() == MOST_SUBSCRIPTIONS


def test_from_subscribing_to_a_letter_that_is_read_over_http(owner, company, sender, recipient):
    with receiver() as ours, receiver() as theirs:
        owned = subscribed(owner, endPoint=ours.url)
        received = subscribed(company, endPoint=theirs.url, subjectFilter=COMPANY_URN)

        def deliver():
            dispatch_events()
            for body in (owned, received):
                deliver_events(subscription_id=body["id"])

        deliver()
        assert owner.get(f"{SUBSCRIPTIONS}/{owned['id']}").json()["validated"] is True
        published = send_and_publish(sender, letter())
        recipient.get(f"/correspondence/{published.pk}")
        recipient.post(f"/correspondence/{published.pk}/markasread")
        deliver()

    names = [event["type"].removeprefix("no.altinn.correspondence.") for event in ours.events[1:]]
    assert sorted(names) == [
        "correspondenceinitialized",
        "correspondencepublished",
        "correspondencereceiverread",
    ]
    assert [event["type"] for event in theirs.events] == [
        "platform.events.validatesubscription",
        "no.altinn.correspondence.correspondencepublished",
    ]
    assert {event["resourceinstance"] for event in ours.events[1:]} == {str(published.pk)}
    secret = base64.b64decode(received["secret"].removeprefix("whsec_"))
    assert all(is_signed(*pair, secret) for pair in zip(theirs.headers, theirs.bodies, strict=True))
    assert not is_signed(ours.headers[0], ours.bodies[0], secret)
