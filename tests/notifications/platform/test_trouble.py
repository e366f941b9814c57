"""What operators see while the platform takes nothing: the front page, the letter, the providers, metrics, a follow-up."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from correspondence.admin.letter_page import letter_page
from journal.models import FollowUp
from notifications.models import Notification, Order, Provider
from registry.models import User
from registry.services.operators import ensure_operator
from tests.notifications.conftest import EMAIL
from tests.notifications.platform.conftest import open_follow_ups, placed, work
from tests.notifications.platform.test_placing import OTHERS, WITHOUT_NAME
from tests.support.letters import letter, send_and_publish

OSLO = ZoneInfo("Europe/Oslo")
INDEX = "/admin/"
PROVIDERS = "/admin/notifications/provider/"
SECONDS = "correspondence_platform_oldest_order_seconds"
WAITING = "correspondence_platform_orders_waiting"


@pytest.fixture
def desk(db):
    browser = Client()
    browser.force_login(ensure_operator(username="operator", password="only-for-tests"))
    return browser


def notices(browser):
    return [notice.text for notice in browser.get(INDEX).context["desk"].notices]


def of_trouble(browser):
    return [text for text in notices(browser) if "has succeeded" in text]


def metrics():
    lines = Client().get("/metrics").content.decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def clock(at):
    return f"{localtime(at, OSLO):%H:%M}"


def pages(browser, published):
    """Of the letter and of its order."""
    order = Order.objects.get(correspondence=published)
    return [
        browser.get(reverse(f"admin:{name}_change", args=[row.pk])).content.decode()
        for name, row in (("correspondence_correspondence", published), ("notifications_order", order))
    ]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_operators_see_why_orders_wait_and_until_when(platform, sender, desk, status):
    platform.answers = [(status, None)]

    published = placed(sender, EMAIL)

    (notice,) = of_trouble(desk)
    assert f": HTTP {status}. 1 order waits to be placed." in notice
    words = f"Waiting for the national platform: HTTP {status}, tried once, next try"
    for page in pages(desk, published):
        assert words in page
        assert clock(Order.objects.get().place_at) in page.partition(words)[2][:40]
    listed = desk.get(PROVIDERS).content.decode()
    assert all(word in listed for word in ("National notification platform", "Down"))
    assert metrics()[WAITING] == 1
    assert (
        metrics()[
            'correspondence_provider_weight{channel="platform",provider="National notification platform"}'
        ]
        == 0
    )


def test_platform_that_does_not_answer_is_trouble_too(platform, sender, desk, settings):
    settings.NOTIFICATION_PLATFORM_URL = "http://127.0.0.1:9/notifications/api/v1"

    published = placed(sender, EMAIL)

    assert "ConnectionError" in of_trouble(desk)[0]
    assert all(
        "Waiting for the national platform: ConnectionError" in page for page in pages(desk, published)
    )


def test_trouble_is_over_with_the_next_call_that_is_answered(platform, sender, desk):
    platform.answers = [(403, None)]
    published = placed(sender, EMAIL)

    work(after=timedelta(minutes=2))

    assert of_trouble(desk) == []
    provider = Provider.objects.get()
    assert (provider.weight, provider.trouble) == (100, "HTTP 403")
    order = Order.objects.get()
    for page in pages(desk, published):
        assert f"The national platform has it as order {order.platform_order_id}." in page
    assert (metrics()[WAITING], metrics()[SECONDS]) == (0, 0)


def test_trouble_is_dated_from_its_first_call(platform, sender):
    platform.answers = [(403, None), (401, None)]
    placed(sender, EMAIL)
    first = Provider.objects.get()

    work(after=timedelta(minutes=2))

    last = Provider.objects.get()
    assert last.weight_changed_at == first.trouble_at
    assert last.trouble_at - first.trouble_at > timedelta(minutes=1)
    assert last.trouble == "HTTP 401"


def test_platform_that_works_is_listed_as_such(platform, sender, desk, settings):
    placed(sender, EMAIL)

    assert "Works" in desk.get(PROVIDERS).content.decode()
    settings.NOTIFICATION_PLATFORM_URL = ""
    assert "Not in the settings" in desk.get(PROVIDERS).content.decode()


def test_orders_behind_the_one_that_was_tried_say_what_they_wait_for(platform, sender):
    platform.answers = [(403, None)]
    published = placed(sender, WITHOUT_NAME | OTHERS)

    words = [panel.placing for panel in letter_page(published).orders]

    assert len(words) == 4
    assert all(one.startswith("Waiting for the national platform: HTTP 403, ") for one in words)
    assert sum("to be tried next" in one for one in words) == 3


def test_one_order_that_fails_says_so_while_the_platform_takes_others(platform, sender, desk):
    platform.answers = [(500, None)]
    published = placed(sender, WITHOUT_NAME | OTHERS)

    assert of_trouble(desk) == []
    words = [panel.placing for panel in letter_page(published).orders]
    assert sum("HTTP 500, tried once" in one for one in words) == 1


def test_look_that_fails_is_trouble_although_no_order_waits(platform, sender, desk):
    placed(sender, EMAIL)
    platform.answers = [(401, None)]

    work(after=timedelta(minutes=6))

    (notice,) = of_trouble(desk)
    assert "HTTP 401. 0 orders wait" in notice


def test_order_with_nothing_left_to_tell_is_no_answer_of_the_platform(platform, sender, recipient, desk):
    platform.answers = [(403, None)]
    published = placed(sender, EMAIL)
    assert recipient.delete(f"/correspondence/{published.pk}/purge").status_code == 200

    work(after=timedelta(minutes=2))

    assert (len(platform.placed), Order.objects.to_place().count()) == (1, 0)
    assert len(of_trouble(desk)) == 1


@pytest.mark.parametrize(("right", "sees"), [("view_provider", True), ("view_order", False)])
def test_trouble_is_for_those_who_may_see_providers(platform, sender, right, sees):
    platform.answers = [(403, None)]
    placed(sender, EMAIL)
    user = User.objects.create_user("somebody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[right, "view_delivery"]))
    browser = Client()
    browser.force_login(user)

    assert bool(of_trouble(browser)) == sees


def test_platform_that_was_taken_away_is_no_trouble_once_nothing_waits_for_it(
    platform, sender, desk, settings
):
    send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
    settings.NOTIFICATION_PLATFORM_URL = ""
    work()
    assert "NOTIFICATION_PLATFORM_URL is not set any more." in of_trouble(desk)[0]

    work(after=timedelta(hours=49))

    assert of_trouble(desk) == []


def test_metrics_tell_how_long_the_oldest_order_has_waited(platform, sender):
    platform.answers = [(403, None)] * 9
    placed(sender, EMAIL)
    Notification.objects.update(released_at=timezone.now() - timedelta(hours=2))
    placed(sender, EMAIL, {"sendersReference": "another"})

    told = metrics()

    assert told[WAITING] == 2
    assert 7200 <= told[SECONDS] < 7300


def test_orders_that_wait_for_an_hour_are_one_follow_up_until_they_are_taken(platform, sender, desk):
    platform.answers = [(403, None)] * 5
    placed(sender, WITHOUT_NAME | OTHERS)
    work(after=timedelta(minutes=55))
    assert open_follow_ups() == []

    work(after=timedelta(minutes=61))
    work(after=timedelta(minutes=62))

    follow_up = FollowUp.objects.get()
    assert (follow_up.kind, follow_up.correspondence) == ("orders-not-placed", None)
    assert follow_up.summary == (
        "Orders have waited for the national platform for over an hour. Its last trouble: HTTP 403."
    )
    assert "Orders not placed" in desk.get(INDEX).content.decode()
    platform.answers = []
    work(after=timedelta(hours=2))
    follow_up.refresh_from_db()
    assert (Order.objects.to_place().count(), follow_up.resolved_at is None) == (0, False)


def test_who_has_closed_the_follow_up_is_not_asked_again_within_the_hour(platform, sender):
    platform.answers = [(403, None)] * 99
    placed(sender, EMAIL)
    work(after=timedelta(minutes=61))
    closed_at = timezone.now() + timedelta(minutes=62)
    FollowUp.objects.update(resolved_at=closed_at, resolution="They know.")

    work(after=timedelta(minutes=110))
    assert open_follow_ups() == []
    work(after=timedelta(minutes=124))

    assert open_follow_ups() == ["orders-not-placed"]


def test_front_page_says_who_sends_and_what_still_needs_a_mail_server(platform, desk, settings):
    sent = "The national platform sends new notifications, which need no SMS_GATEWAY_URL. "
    unset = "Only forwarded letters need EMAIL_URL, which is not set"
    assert f"{sent}{unset}: they are kept here instead of sent." in notices(desk)

    settings.IS_PRODUCTION = True
    assert f"{sent}{unset}: none can be sent." in notices(desk)

    settings.EMAIL_URLS = ["smtp://127.0.0.1:25"]
    assert not any("EMAIL_URL" in text for text in notices(desk))


def test_tiles_count_the_orders_that_wait_and_lead_to_them(platform, sender, desk):
    placed(sender, EMAIL)
    platform.answers = [(403, None)]
    waiting = placed(sender, EMAIL, {"sendersReference": "another"})

    tiles = {card.title: card for card in desk.get(INDEX).context["desk"].cards}

    assert tiles["Deliveries on their way"].note == "our own; the platform's show when they end"
    tile = tiles["Orders to be placed"]
    listed = desk.get(tile.url).context["cl"].result_list
    assert (tile.count, [one.correspondence_id for one in listed]) == (1, [waiting.pk])
