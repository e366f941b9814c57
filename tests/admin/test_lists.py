"""Lists: found by what people have at hand, quick however long, and silent about secrets."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.urls import reverse

from correspondence.admin.filters import first_id_since
from correspondence.models import Correspondence
from journal.enums import FollowUpKind
from journal.models import FollowUp
from registry.ids import uuid7
from registry.models import ApiClient, User
from registry.services.audit import record_audit
from registry.services.keys import current_key
from tests.admin.conftest import told
from tests.support.letters import in_days, letter, send, send_and_publish, uploaded
from tests.support.world import COMPANY, PERSON, UNREACHABLE

KEY = uuid.UUID("11111111-2222-4333-8444-555555555555")


def list_at(name, **query):
    return reverse(f"admin:{name}_changelist", query=query or None)


def found(desk, **query):
    answer = desk.get(list_at("correspondence_correspondence", **query))
    return {letter_.pk for letter_ in answer.context["cl"].result_list}


@pytest.fixture
def two_letters(sender):
    mine = send(
        sender,
        letter(
            correspondence={"sendersReference": "case 77 / a"}, recipients=[PERSON], idempotentKey=str(KEY)
        ),
    )
    return mine, send(sender)


@pytest.mark.parametrize(
    "term",
    [
        PERSON,
        "048259 99731",
        f"urn:altinn:person:identifier-no:{PERSON}",
        "case 77 / a",
        str(KEY),
        lambda mine: str(mine.pk),
        lambda mine: str(mine.message_id),
    ],
    ids=["number", "number with a space", "urn", "reference", "idempotency key", "id", "request"],
)
def test_letter_is_found_by_what_people_have_at_hand(desk, two_letters, term):
    mine, _ = two_letters

    assert found(desk, q=term(mine) if callable(term) else term) == {mine.pk}


def test_letter_is_found_by_its_order(sender, desk):
    mine, _ = told(sender), told(sender)

    assert found(desk, q=str(mine.orders.get().pk)) == {mine.pk}


def test_part_of_a_reference_finds_nothing(desk, two_letters):
    assert found(desk, q="case 77") == set()


def test_filters_narrow_the_list(sender, desk, world):
    open_one = send_and_publish(
        sender,
        letter(
            correspondence={
                "notification": {
                    "notificationTemplate": "GenericAltinnMessage",
                    "notificationChannel": "Email",
                }
            },
            recipients=[UNREACHABLE],
        ),
    )
    waiting = send(sender)

    assert found(desk, waiting="follow-up") == {open_one.pk}
    assert found(desk, status="2") == {open_one.pk}
    assert found(desk, resource="example-letters", created="day") == {open_one.pk, waiting.pk}
    assert found(desk, resource="example-confidential") == set()


def test_unread_letters_that_are_due_soon_are_found(sender, recipient, desk):
    soon, late = ({"dueDateTime": in_days(days)} for days in (6, 8))
    due, read, _ = (send_and_publish(sender, letter(correspondence=when)) for when in (soon, soon, late))
    recipient.get(f"/correspondence/{read.pk}/content")
    send(sender, letter(correspondence=soon))

    assert found(desk, waiting="due") == {due.pk}


def test_period_is_read_from_the_id():
    before = datetime.now(UTC)

    assert first_id_since(before) <= uuid7() < first_id_since(datetime(2100, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("correspondence_correspondence", ["1 letter", "2 letters"]),
        ("correspondence_message", ["1 request", "2 requests"]),
        ("journal_followup", ["1 follow-up", "2 follow-ups"]),
        ("procrastinate_procrastinatejob", ["1 job", "2 jobs"]),
    ],
)
def test_rows_are_counted_in_the_operators_words(sender, desk, name, words):
    def counted():
        send(sender, letter(recipients=[PERSON]))
        FollowUp.objects.create(kind=FollowUpKind.FAILED_PUBLISH, cause=str(uuid7()))
        html = desk.get(list_at(name)).content.decode()
        return " ".join(re.search('<p class="paginator">(.*?)</p>', html, re.DOTALL)[1].split())

    assert [counted(), counted()] == words


# session, user, permissions of user and group, count, rows, and what is said
COUNTS = {
    "correspondence_correspondence": 7,  # resources for the filter
    "correspondence_message": 6,
    "notifications_order": 6,
    "notifications_notification": 7,  # deliveries
    "notifications_delivery": 6,
    "notifications_provider": 6,
    "notifications_capturedmessage": 6,
    "attachments_attachment": 6,
    "journal_outboundevent": 6,
    "journal_followup": 6,
    "registry_auditentry": 6,
    "procrastinate_procrastinatejob": 8,  # task names for the filter, events, the actions' permission
}


@pytest.mark.parametrize(("name", "queries"), COUNTS.items())
def test_list_takes_as_many_queries_for_three_as_for_one(
    sender, desk, django_assert_num_queries, name, queries
):
    def one_more():
        uploaded(sender)
        told(sender)
        told(sender, sendersReference="x")
        record_audit(action="test", object_type="x", object_id="x", operator=User.objects.get())

    one_more()
    with django_assert_num_queries(queries):
        desk.get(list_at(name))
    one_more()
    one_more()

    with django_assert_num_queries(queries):
        desk.get(list_at(name))


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label))
def test_every_list_and_its_empty_search_open(admin_client, world, sender, model):
    told(sender)
    name = f"{model._meta.app_label}_{model._meta.model_name}"

    answers = [admin_client.get(list_at(name, **query)) for query in ({}, {"q": "nobody-by-this-name"})]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label))
def test_every_row_opens(admin_client, world, sender, model):
    current_key()
    told(sender)
    row = model.objects.first()
    name = f"{model._meta.app_label}_{model._meta.model_name}"

    if row is not None:
        assert admin_client.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 200


def test_history_and_registers_cannot_be_changed(admin_client, sender):
    published = told(sender)
    editable = {"registry.User", "auth.Group", "notifications.Template"}
    request = admin_client.get(list_at("correspondence_correspondence")).wsgi_request

    changeable = {
        model._meta.label
        for model, page in admin.site._registry.items()
        if page.has_change_permission(request)
        or page.has_add_permission(request)
        or page.has_delete_permission(request)
    }

    assert changeable == editable
    assert Correspondence.objects.filter(pk=published.pk).exists()


def test_secrets_of_clients_and_keys_are_never_shown(admin_client, world):
    client = ApiClient.objects.create(
        name="system",
        organisation=world.company,
        client_type="confidential",
        authorization_grant_type="client-credentials",
        client_secret="plain-secret-of-client",
        jwks={"keys": [{"kid": "public-part-of-a-key"}]},
    )
    key = current_key()

    pages = [
        admin_client.get(reverse("admin:registry_apiclient_change", args=[client.pk])),
        admin_client.get(list_at("registry_apiclient")),
    ]
    text = "".join(page.content.decode() for page in pages)

    assert str(client.client_id) in text
    assert client.client_secret not in text
    assert "plain-secret-of-client" not in text
    assert "public-part-of-a-key" not in text
    assert key is not None


def test_tokens_of_the_oauth_library_have_no_pages():
    apps = {model._meta.app_label for model in admin.site._registry}

    assert "oauth2_provider" not in apps


def test_parties_are_found_by_number(desk, world):
    answer = desk.get(list_at("registry_party", q=COMPANY))

    assert [party.pk for party in answer.context["cl"].result_list] == [world.company.pk]
