"""The letter's language (initialize.md 3.6)."""

import pytest

from notifications.models import NotificationText
from tests.support.letters import letter, send


@pytest.mark.contract("initialize.md#3.6")
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("nb", "nb"),
        ("nn", "nn"),
        ("en", "en"),
        ("nN", "nN"),
        ("EN", "EN"),
        (None, "nb"),
        ("", "nb"),
        ("  ", "nb"),
    ],
)
def test_language_is_kept_as_written(sender, written, shown):
    stored = send(sender, letter({"language": written}))

    assert sender.get(f"/correspondence/{stored.pk}").json()["content"]["language"] == shown


@pytest.mark.contract("initialize.md#3.6")
@pytest.mark.parametrize("written", ["nu", "no", "NO", "xx", "1!"])
def test_other_languages_are_refused(sender, written):
    answer = sender.post("/correspondence", letter({"language": written}))

    assert (answer.status_code, answer.json()["errorCode"]) == (400, 1023)


@pytest.mark.contract("initialize.md#3.6")
@pytest.mark.parametrize(("written", "same"), [("nN", "nn"), ("EN", "en"), ("Nb", "nb")])
def test_template_is_found_whatever_the_case(sender, written, same):
    for language in (written, same):
        send(sender, letter({"language": language}, {"notification": {"notificationTemplate": 1}}))

    first, second = NotificationText.objects.order_by("pk")
    assert first.email_body
    assert (first.email_subject, first.email_body) == (second.email_subject, second.email_body)
