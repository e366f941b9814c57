"""What the operators' interface answers to addresses that are odd, unknown, forbidden or broken."""

import logging
import logging.config

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from correspondence_site.log_configuration import logging_for
from tests.support.letters import send, send_and_publish

ODD_QUERIES = [
    ("procrastinate_procrastinatejob", "status=abc"),
    ("procrastinate_procrastinatejob", "status__exact=%00"),
    ("procrastinate_procrastinatejob", "status__in=todo,abc"),
    ("correspondence_correspondence", "resource=%00"),
    ("correspondence_correspondence", "q=%00"),
    ("correspondence_correspondence", "message__id__exact=abc"),
    ("correspondence_correspondence", "p=abc"),
    ("correspondence_correspondence", "status=%C2%B2"),
    ("correspondence_correspondence", "status=99999999999999999999"),
    ("journal_followup", "kind__exact=%00"),
    ("registry_party", "kind__exact=%00"),
    ("registry_party", "q=%C2%B2"),
    ("notifications_delivery", "state=%00"),
    ("notifications_notification", "state=%00"),
    ("registry_user", "is_staff__exact=%00"),
    ("registry_user", "q=%00"),
    ("auth_group", "q=%00"),
]

SECRET = ("never in", "the log")


def list_at(name):
    return reverse(f"admin:{name}_changelist")


@pytest.mark.parametrize(("name", "query"), ODD_QUERIES)
def test_odd_filter_leads_to_the_list_and_never_to_an_error(admin_client, sender, name, query):
    send(sender)

    answer = admin_client.get(f"{list_at(name)}?{query}", follow=True)

    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, list_at(name))


@pytest.mark.parametrize(
    "address",
    [
        "/admin/procrastinate/procrastinatejob/?status=abc",
        "/admin/correspondence/correspondence/?message__id__exact=abc",
        "/admin/registry/party/?kind__exact=%00",
    ],
)
def test_filter_that_is_not_understood_is_left_out_with_a_word_about_it(admin_client, world, address):
    answer = admin_client.get(address, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "A filter in that address is not understood, so the whole list is shown."
    ]
    assert answer.redirect_chain[-1][0] == address.partition("?")[0]


@pytest.fixture
def broken(monkeypatch):
    def fail(*_args):
        local_secret = " ".join(SECRET)
        raise RuntimeError("This page is broken.", len(local_secret))

    monkeypatch.setattr(admin.site, "each_context", fail)


@pytest.fixture
def console(caplog):
    """What the console's format makes of each line that is logged."""
    formatter = logging.config.DictConfigurator(logging_for("console")).configure_formatter(
        logging_for("console")["formatters"]["structured"]
    )
    return lambda: "".join(formatter.format(record) for record in caplog.records)


def test_broken_page_is_html_with_the_trace_id_and_nothing_else(operator, broken):
    browser = Client(raise_request_exception=False)
    browser.force_login(operator)
    trace = "0af7651916cd43dd8448eb211c80319c"

    answer = browser.get("/admin/", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})

    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert trace in html
    assert "RuntimeError" not in html
    assert "This page is broken." not in html


def test_traceback_on_the_console_is_short_and_without_local_variables(operator, broken, console):
    browser = Client(raise_request_exception=False)
    browser.force_login(operator)

    browser.get("/admin/")

    lines = console()
    assert "RuntimeError: ('This page is broken.', 16)" in lines
    assert "never in the log" not in lines
    assert len(lines) < 20_000


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/admin", "/admin/"),
        ("/admin?next=x", "/admin/?next=x"),
        ("/admin/login", "/admin/login/"),
        ("/admin/registry/party?q=%41", "/admin/registry/party/?q=%41"),
    ],
)
def test_address_without_its_slash_leads_to_the_one_with_it(client, db, address, target):
    answer = client.get(address)

    assert (answer.status_code, answer.headers["Location"]) == (301, target)


def test_no_address_leads_away_from_here(client, db):
    answer = client.get("/admin//evil.example")

    assert not answer.headers.get("Location", "").startswith("//")


def test_unknown_page_says_so_in_our_look_with_a_way_back(desk):
    answer = desk.get("/admin/nothing/here/")

    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in html
    assert 'href="/admin/"' in html
    assert "correspondence/admin.css" in html
    assert "operator" in html


def test_anonymous_is_asked_to_log_in_before_an_unknown_page(client, db):
    answer = client.get("/admin/nothing/here/")

    assert answer.headers["Location"] == "/admin/login/?next=/admin/nothing/here/"


def test_forbidden_page_says_so_with_a_way_back(onlooker):
    answer = onlooker.get(list_at("registry_auditentry"))

    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "You may not see or do this" in html
    assert 'href="/admin/"' in html


def test_form_without_its_token_is_refused_in_our_look(operator):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(operator)

    answer = browser.post("/admin/logout/")

    assert answer.status_code == 403
    assert "Go back, reload the page and try again." in answer.content.decode()


def test_lookup_that_is_not_allowed_is_refused_in_our_look(desk):
    answer = desk.get(list_at("registry_accessgrant") + "?resource__owner__display_name__contains=x")

    assert (answer.status_code, "text/html" in answer.headers["Content-Type"]) == (400, True)


def test_api_keeps_its_empty_answers(db, client):
    answers = [client.get("/nothing/here"), client.get("/administrators")]

    assert [(answer.status_code, answer.content) for answer in answers] == [(404, b"")] * 2


def test_lists_write_times_as_the_letter_page_does(sender, desk):
    letter = send_and_publish(sender)
    page = desk.get(f"/admin/correspondence/correspondence/{letter.pk}/change/").context["page"]
    published = next(value for name, value, _ in page.facts if name == "Published")

    listed = desk.get(list_at("correspondence_correspondence")).content.decode()

    assert f'<td class="field-published_at nowrap">{published}</td>' in listed
