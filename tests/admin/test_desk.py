"""The front page and the work list of follow-ups."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from correspondence.models import Correspondence
from journal.admin.forms import AssignForm
from journal.models import EventDelivery, FollowUp
from journal.services.case_work import CaseWorkRefused, assign_follow_up, resolve_follow_up
from registry.models import AuditEntry, User
from registry.services.operators import OPERATORS, ensure_operator
from tests.admin.conftest import NOTIFIED, PASSWORD, told
from tests.support.events import happened, subscription
from tests.support.letters import letter, send, send_and_publish
from tests.support.world import UNREACHABLE

INDEX = "/admin/"
LIST = "/admin/journal/followup/"


@pytest.fixture
def follow_up(sender) -> FollowUp:
    """A recipient without an address."""
    send_and_publish(sender, letter(correspondence=NOTIFIED, recipients=[UNREACHABLE]))
    return FollowUp.objects.get()


def cards(desk):
    return {card.title: (card.count, card.tone) for card in desk.get(INDEX).context["desk"].cards}


def act(desk, follow_up, verb, **fields):
    answer = desk.post(f"{LIST}{follow_up.pk}/{verb}/", fields, follow=True)
    follow_up.refresh_from_db()
    return [str(message) for message in answer.context["messages"]] if answer.context else answer.status_code


def test_index_counts_what_needs_somebody(sender, desk, follow_up):
    late = send(sender)
    Correspondence.objects.filter(pk=late.pk).update(
        requested_publish_time=timezone.now() - timedelta(hours=1)
    )

    page = desk.get(INDEX).context["desk"]

    assert [(kind.name, kind.count, kind.mine, kind.unassigned) for kind in page.follow_ups] == [
        ("Missing contact", 1, 0, 1)
    ]
    assert cards(desk) == {
        "Letters past their time": (1, "bad"),
        "Failed jobs": (0, "good"),
        "Deliveries on their way": (0, "neutral"),
        "Failed deliveries": (0, "good"),
    }


def test_index_counts_failed_deliveries_with_links_to_them(sender, desk, mailbox):
    mailbox.replies["post@rask-falk.example"] = ["550 no such user"] * 3
    told(sender)

    page = desk.get(INDEX).context["desk"]
    (card,) = [card for card in page.cards if card.title == "Failed deliveries"]
    listed = desk.get(card.url).context["cl"].result_list

    assert (card.count, card.tone, [one.kind for one in listed]) == (1, "warn", ["failed-delivery"])


def test_index_says_what_is_not_set_up(desk):
    notices = [notice.text for notice in desk.get(INDEX).context["desk"].notices]

    assert notices == [
        "No worker is running: letters are accepted, but nothing is published or sent.",
        "Files are not scanned for viruses: CLAMD_URL is not set.",
        "EMAIL_URL is not set: e-mail is kept here instead of sent.",
    ]


def event_notices(client):
    notices = client.get(INDEX).context["desk"].notices
    return [notice for notice in notices if "events" in notice.text]


def test_index_says_that_subscribers_do_not_get_their_events(desk, onlooker, world):
    subscription(last_answer="HTTP 200")
    subscription(endpoint="https://typo.example.no/", validated_at=None, failures=3)
    subscription(endpoint="https://gone.example.no/", failures=3, ended_at=timezone.now())
    assert event_notices(desk) == []

    troubled = [
        subscription(endpoint="https://down.example.no/", failures=3),
        subscription(endpoint="https://stern.example.no/", last_answer="HTTP 403"),
        subscription(endpoint="https://late.example.no/", resource_id="example-access"),
    ]
    happened("letter-1", resource_id="example-access")
    EventDelivery.objects.update(state="failed", finished_at=timezone.now())

    (notice,) = event_notices(desk)
    listed = desk.get(notice.url).context["cl"].result_list
    assert notice.text == "Event subscriptions that do not get all their events: 3."
    assert {row.pk for row in listed} == {row.pk for row in troubled}
    assert event_notices(onlooker) == []


def test_index_takes_as_many_queries_when_there_is_much(sender, desk, follow_up, django_assert_num_queries):
    # session, user, 2 permissions; follow-ups, late letters, jobs, deliveries, failures, worker, reports,
    # providers, subscriptions, audit
    with django_assert_num_queries(14):
        desk.get(INDEX)
    for _ in range(3):
        told(sender)

    with django_assert_num_queries(14):
        desk.get(INDEX)


def test_index_groups_lists_by_subject(admin_client):
    groups = {
        group["name"]: [model["name"] for model in group["models"]]
        for group in admin_client.get(INDEX).context["app_list"]
    }

    assert list(groups) == [
        "Follow-ups",
        "Letters",
        "Notifications",
        "Attachments",
        "Reports",
        "Registry",
        "Access & keys",
        "Jobs & events",
        "Operators",
    ]
    assert groups["Letters"] == ["Letters", "Requests"]
    assert groups["Operators"] == ["Audit trail", "Operators", "Groups"]


def somebody_with(*rights):
    """A browser of somebody who may see these and nothing else."""
    user = User.objects.create_user("somebody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.mark.parametrize(
    ("right", "titles"),
    [
        ("view_correspondence", ["Letters past their time"]),
        ("view_procrastinatejob", ["Failed jobs"]),
        ("view_delivery", ["Deliveries on their way"]),
        ("view_followup", ["Failed deliveries"]),
        ("change_followup", ["Failed deliveries"]),
        ("view_auditentry", []),
    ],
)
def test_front_page_shows_and_links_only_what_one_may_see(operator, follow_up, right, titles):
    resolve_follow_up(follow_up=follow_up, operator=operator, comment="Nobody but the auditors reads this.")
    browser = somebody_with(right)

    answer = browser.get(INDEX)

    html = answer.content.decode()
    assert list(cards(browser)) == titles
    assert [browser.get(card.url).status_code for card in answer.context["desk"].cards] == [200] * len(titles)
    assert ("Nobody but the auditors reads this." in html) == (right == "view_auditentry")
    assert ("Latest changes" in html) == (right == "view_auditentry")
    assert ("Open follow-ups" in html) == (right in {"view_followup", "change_followup"})
    assert ("Find a letter" in html) == (right == "view_correspondence")
    assert "demo outbox" not in html


def test_who_works_on_follow_ups_only_gets_their_board(follow_up):
    page = somebody_with("view_followup", "change_followup").get(INDEX).context["desk"]

    assert [(kind.name, kind.count) for kind in page.follow_ups] == [("Missing contact", 1)]


def test_staff_without_rights_sees_no_numbers(db, client):
    client.force_login(User.objects.create_user("new", is_staff=True))

    answer = client.get(INDEX)

    assert (answer.status_code, answer.context["desk"]) == (200, None)


def test_work_list_shows_open_ones_unless_asked(desk, operator, follow_up):
    assert [one.pk for one in desk.get(LIST).context["cl"].result_list] == [follow_up.pk]

    act(desk, follow_up, "resolve", comment="Called her.")

    assert list(desk.get(LIST).context["cl"].result_list) == []
    assert [one.pk for one in desk.get(LIST + "?state=resolved").context["cl"].result_list] == [follow_up.pk]


def test_follow_up_is_taken_and_handed_on(desk, operator, follow_up):
    colleague = ensure_operator(username="colleague", password=PASSWORD)

    assert act(desk, follow_up, "assign", to=operator.pk) == ["Handed to operator."]
    assert act(desk, follow_up, "assign", to=colleague.pk) == ["Handed to colleague."]

    assert follow_up.assigned_to == colleague
    trail = AuditEntry.objects.filter(action="follow_up.assign").order_by("pk")
    assert [(entry.before, entry.after) for entry in trail] == [
        ({"assigned_to": None}, {"assigned_to": "operator"}),
        ({"assigned_to": "operator"}, {"assigned_to": "colleague"}),
    ]


@pytest.mark.parametrize("is_staff", [False, True], ids=["not staff", "staff without the right"])
def test_follow_up_is_not_handed_to_who_cannot_see_it(desk, operator, follow_up, is_staff):
    outsider = User.objects.create_user("outsider", is_staff=is_staff)

    assert act(desk, follow_up, "assign", to=outsider.pk) == ["That operator cannot be given follow-ups."]
    with pytest.raises(CaseWorkRefused, match="outsider has no right to see follow-ups"):
        assign_follow_up(follow_up=follow_up, to=outsider, operator=operator)

    follow_up.refresh_from_db()
    assert follow_up.assigned_to is None
    assert "outsider" not in desk.get(f"{LIST}{follow_up.pk}/change/").content.decode()


def test_follow_up_may_be_handed_to_whom_a_group_or_being_a_superuser_lets_see_it(
    follow_up, operator, admin_user
):
    seeing = User.objects.create_user("seeing", is_staff=True)
    seeing.user_permissions.set(Permission.objects.filter(codename="view_followup"))

    assert list(AssignForm().fields["to"].queryset) == [admin_user, operator, seeing]


def test_many_follow_ups_are_taken_at_once(sender, desk, operator, follow_up):
    desk.post(LIST, {"action": "take", "_selected_action": [follow_up.pk]})

    follow_up.refresh_from_db()
    assert follow_up.assigned_to == operator


def test_follow_up_is_resolved_once_with_a_comment(desk, operator, follow_up):
    assert act(desk, follow_up, "resolve", comment=" ") == [
        "Say in a few words why it is done: the next one will ask."
    ]
    assert act(desk, follow_up, "resolve", comment="Called her.") == ["Resolved."]
    assert act(desk, follow_up, "resolve", comment="Again.") == ["It is resolved already."]

    assert (follow_up.resolved_by, follow_up.resolution) == (operator, "Called her.")
    assert AuditEntry.objects.get(action="follow_up.resolve").reason == "Called her."


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("x" * 2001, "Ensure this value has at most 2000 characters (it has 2001)."),
        ("a\0b", "Null characters are not allowed."),
        ("", "Say in a few words why it is done: the next one will ask."),
    ],
    ids=["too long", "NUL", "empty"],
)
def test_comment_that_is_not_taken_is_told_apart(desk, follow_up, comment, said):
    assert act(desk, follow_up, "resolve", comment=comment) == [said]
    assert follow_up.resolved_at is None


@pytest.mark.parametrize("verb", ["assign", "resolve"])
def test_onlooker_cannot_work_on_follow_ups(onlooker, follow_up, verb):
    assert onlooker.post(f"{LIST}{follow_up.pk}/{verb}/", {"comment": "x"}).status_code == 403


@pytest.mark.parametrize("verb", ["assign", "resolve"])
def test_follow_ups_are_not_changed_by_a_link(desk, follow_up, verb):
    assert desk.get(f"{LIST}{follow_up.pk}/{verb}/").status_code == 405


def test_services_refuse_what_is_resolved(operator, follow_up):
    resolve_follow_up(follow_up=follow_up, operator=operator, comment="Done.")

    with pytest.raises(CaseWorkRefused, match="resolved already"):
        assign_follow_up(follow_up=follow_up, to=operator, operator=operator)


def test_operators_may_act_but_not_edit(operator):
    changing = Group.objects.get(name=OPERATORS).permissions.exclude(codename__startswith="view_")

    assert set(changing.values_list("codename", flat=True)) == {
        "resend_order",
        "change_correspondence",
        "change_followup",
        "change_procrastinatejob",
        "change_eventdelivery",
        "change_eventsubscription",
    }
    assert Permission.objects.filter(codename="resend_order").count() == 1


def test_login_page_is_ours(client, db):
    answer = client.get(reverse("admin:login"))

    assert "Operators" in answer.content.decode()
    assert "correspondence/admin.css" in answer.content.decode()


def test_migrations_say_what_models_say(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
