"""A letter for the last hour that there is must not take an operator's pages away."""

import pytest

from tests.support.letters import letter, send

EDGE = {
    "requestedPublishTime": "9999-12-31T23:30:00Z",
    "dueDateTime": "9999-12-31T23:59:59Z",
    "notification": {"notificationTemplate": "GenericAltinnMessage", "notificationChannel": "Email"},
}
PAGES = [
    "/admin/",
    "/admin/correspondence/correspondence/",
    "/admin/correspondence/message/",
    "/admin/notifications/order/",
    "/admin/notifications/notification/",
    "/admin/procrastinate/procrastinatejob/",
]


@pytest.fixture
def edge(sender):
    return send(sender, letter(correspondence=EDGE))


@pytest.mark.parametrize("page", PAGES)
def test_list_with_a_letter_at_the_calendars_end(edge, desk, page):
    assert desk.get(page).status_code == 200


def test_pages_of_a_letter_at_the_calendars_end(edge, desk):
    letter_page = desk.get(f"/admin/correspondence/correspondence/{edge.pk}/change/")
    message_page = desk.get(f"/admin/correspondence/message/{edge.message_id}/change/")

    assert "31 Dec 9999 23:30" in letter_page.content.decode()
    assert message_page.status_code == 200
