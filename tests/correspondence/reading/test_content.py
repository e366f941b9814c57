"""`GET …/content` beside overview and details (api.md 5.6, lifecycle.md 3.3)."""

import pytest

from tests.support.letters import letter, send_and_publish

BODY = "Hei {{recipientName}}<script>alert(1)</script>,<br>se <a href='/sti'>skjemaet</a>."
FILLED_IN = "Hei Rask Falk As<script>alert(1)</script>,<br>se <a href='/sti'>skjemaet</a>."
CONVERTED = "Hei Rask Falk As,  \nse skjemaet.\n\n/sti"
OPTIONS = [{"linkURL": f"https://a.no/{number}", "linkText": f"Svar {number}"} for number in range(4)]
APPENDED = "Svar 0: https://a.no/0\nSvar 1: https://a.no/1\nSvar 2: https://a.no/2\nSvar 3: https://a.no/3"


def with_options(language="nb", options=OPTIONS):
    return letter({"messageBody": BODY, "language": language}, {"replyOptions": options})


@pytest.mark.contract("lifecycle.md#3.3")
def test_content_is_converted_overview_and_details_show_the_body_as_stored(sender, recipient):
    published = send_and_publish(sender, with_options())
    path = f"/correspondence/{published.pk}"

    content = recipient.get(f"{path}/content").content.decode()
    overview = recipient.get(path).json()["content"]["messageBody"]
    details = recipient.get(f"{path}/details").json()["content"]["messageBody"]

    assert content == f"{CONVERTED}\n\nSvarvalg:\n{APPENDED}"
    assert overview == f"{FILLED_IN}\n\nSvarvalg:\n{APPENDED}"
    assert details == FILLED_IN


@pytest.mark.contract("api.md#6.10.1")
@pytest.mark.parametrize(
    ("language", "label"),
    [("nb", "Svarvalg:"), ("nn", "Svarval:"), ("NN", "Svarval:"), ("En", "Reply options:")],
)
def test_label_of_the_reply_options_is_in_the_letters_language(sender, recipient, language, label):
    published = send_and_publish(sender, with_options(language))

    content = recipient.get(f"/correspondence/{published.pk}/content").content.decode()

    assert f"\n\n{label}\n" in content


def test_three_reply_options_are_not_appended(sender, recipient):
    published = send_and_publish(sender, with_options(options=OPTIONS[:3]))

    assert recipient.get(f"/correspondence/{published.pk}/content").content.decode() == CONVERTED


def test_text_of_a_reply_option_is_no_markup_in_the_content(sender, recipient):
    options = [*OPTIONS[:3], {"linkURL": "https://a.no", "linkText": "<script>x</script> [a](javascript:b)"}]
    published = send_and_publish(sender, with_options(options=options))

    content = recipient.get(f"/correspondence/{published.pk}/content").content.decode()

    assert content.endswith("\n\\<script>x\\</script> [a\\](javascript:b): https://a.no")


def test_markup_in_a_name_is_cleaned_with_the_body(sender, recipient, world):
    world.company.display_name = "<script>a</script><b>RASK</b>"
    world.company.save()
    published = send_and_publish(sender, letter({"messageBody": "Hei {{recipientName}}!"}))

    assert recipient.get(f"/correspondence/{published.pk}/content").content.decode() == "Hei **Rask**!"
