"""The standard wording at the operators' desk: changed by supervisors, with a preview, and never lost."""

import pytest
from django.test import Client
from django.urls import reverse

from notifications.enums import Channel, Phase
from notifications.models import Delivery, NotificationText, Template, TemplateVersion
from notifications.services.templates import save_wording
from registry.models import AuditEntry, User
from registry.services.operators import ensure_supervisor
from tests.admin.conftest import PASSWORD, told
from tests.support.letters import letter, send

MAIL = "Hei $correspondenceRecipientName$, $sendersName$ har skrevet til deg. {text}Logg inn."
LIST = reverse("admin:notifications_template_changelist")


@pytest.fixture
def supervisor(db) -> User:
    return ensure_supervisor(username="supervisor", password=PASSWORD)


@pytest.fixture
def chief(supervisor) -> Client:
    client = Client()
    client.force_login(supervisor)
    return client


@pytest.fixture
def mail(db) -> Template:
    return Template.objects.get(language="nb", channel=Channel.EMAIL, phase=Phase.MAIN)


@pytest.fixture
def sms(db) -> Template:
    return Template.objects.get(language="nb", channel=Channel.SMS, phase=Phase.MAIN)


def page(template, **query):
    return reverse("admin:notifications_template_change", args=[template.pk], query=query or None)


def draft(**fields):
    return {"subject": "Ny post {text}", "body": MAIL, "reason": "Plainer.", "seen": 1, **fields}


def saved(client, template, **fields):
    return client.post(page(template), draft(save="", **fields), follow=True)


def test_supervisor_saves_a_new_version_and_the_old_one_stays(chief, supervisor, mail):
    before = mail.versions.get()

    saved(chief, mail)

    assert list(mail.versions.order_by("number").values_list("number", "body", "operator", "reason")) == [
        (1, before.body, None, ""),
        (2, MAIL, supervisor.pk, "Plainer."),
    ]


def test_change_is_in_the_audit_trail_with_both_texts(chief, supervisor, mail):
    before = mail.versions.get()

    saved(chief, mail)

    entry = AuditEntry.objects.get(action="template.change")
    assert (entry.operator, entry.object_id, entry.reason) == (supervisor, str(mail.pk), "Plainer.")
    assert entry.before == {"version": 1, "subject": before.subject, "body": before.body}
    assert entry.after == {"version": 2, "subject": "Ny post {text}", "body": MAIL}


def test_letters_accepted_from_then_on_use_the_new_version_and_say_so(chief, mail, sender):
    generic = letter(correspondence={"notification": {"notificationTemplate": "GenericAltinnMessage"}})
    send(sender, generic)
    saved(chief, mail)
    send(sender, generic)

    old, new = NotificationText.objects.order_by("pk")

    assert (old.email_version.number, new.email_version.number, new.sms_version.number) == (1, 2, 1)
    assert new.email_body == (
        "Hei $correspondenceRecipientName$, DIGITALISERINGSDIREKTORATET har skrevet til deg. Logg inn."
    )
    assert old.email_body != new.email_body


def test_preview_shows_every_language_and_saves_nothing(chief, mail):
    answer = chief.post(page(mail), draft(preview=""))

    cards = answer.context["cards"]
    assert [(card.language, card.is_draft) for card in cards] == [
        ("Bokmål", True),
        ("Nynorsk", False),
        ("English", False),
    ]
    without, with_own = cards[0].messages
    assert without.body == "Hei Rask Falk AS, Eksempeletaten har skrevet til deg. Logg inn."
    assert with_own.body == "Hei Rask Falk AS, Eksempeletaten har skrevet til deg. Vi trenger svar. Logg inn."
    assert (without.subject, with_own.subject) == ("Ny post", "Ny post Svar innen 1. mars")
    assert without.body in without.html
    assert mail.versions.count() == 1


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ("{text}Logg inn.", "9 characters, GSM-7, 1 segment"),
        ("{text}Čakkes.", "7 characters, UCS-2, 1 segment"),
        ("{text}" + "x" * 161, "161 characters, GSM-7, 2 segments"),
    ],
)
def test_preview_of_an_sms_counts_what_it_costs(chief, sms, body, length):
    answer = chief.post(page(sms), {"body": body, "seen": 1, "preview": ""})

    assert answer.context["cards"][0].messages[0].length == length


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": "{text}Hei $senderName$"}, "$senderName$ is not known."),
        ({"body": "{text}Hei $SendersName$"}, "$SendersName$ is written $sendersName$."),
        ({"body": "{text}Hei $sendersName"}, "$sendersName is written $sendersName$."),
        ({"body": "{text}Hei $recipientName$"}, "$recipientName$ cannot be used here"),
        ({"body": "{text}Hei {textToken}"}, "{textToken} is not known."),
        ({"body": "{text}Hei {{recipientName}}"}, "{recipientName} is not known."),
        ({"body": "Hei"}, "{text} must stand here once"),
        ({"body": "{text} {text}"}, "{text} must stand here once"),
        ({"subject": "Ny post"}, "{text} must stand here once"),
        ({"subject": "{text}" + "x" * 507}, "At most 512 characters."),
        ({"subject": ""}, "This field is required."),
        ({"body": " "}, "This field is required."),
        ({"reason": ""}, "Give a reason"),
    ],
)
def test_text_that_would_not_work_is_refused_with_the_reason(chief, mail, fields, sentence):
    answer = saved(chief, mail, **fields)

    sentences = [one for found in answer.context["form"].errors.values() for one in found]
    assert any(sentence in one for one in sentences), sentences
    assert mail.versions.count() == 1


def test_money_is_no_keyword(chief, mail):
    saved(chief, mail, body="{text}Det koster $100 eller 5 $.")

    assert mail.versions.count() == 2


def test_text_that_says_the_same_is_no_new_version(chief, mail):
    before = mail.versions.get()

    answer = saved(chief, mail, subject=before.subject, body=before.body)

    assert "Nothing was changed." in answer.content.decode()
    assert mail.versions.count() == 1


def test_who_did_not_see_a_colleagues_version_is_told_and_may_then_save(chief, admin_user, mail):
    save_wording(
        template=mail,
        subject="Brev {text}",
        body="{text}Brev.",
        seen=1,
        operator=admin_user,
        reason="Shorter.",
    )

    refused = saved(chief, mail)
    seen = refused.context["form"]["seen"].value()
    saved(chief, mail, seen=seen)

    assert "admin saved version 2 meanwhile." in refused.content.decode()
    assert [version.body for version in mail.versions.order_by("number")][1:] == ["{text}Brev.", MAIL]


def test_old_version_is_used_again_as_a_new_one(chief, mail):
    first = mail.versions.get()
    saved(chief, mail)

    form = chief.get(page(mail, version=1)).context["form"]
    saved(chief, mail, **{name: form[name].value() for name in ("subject", "body", "seen")})

    newest = mail.versions.latest("number")
    assert (newest.number, newest.subject, newest.body) == (3, first.subject, first.body)


def test_versions_are_listed_with_what_they_changed(chief, mail):
    saved(chief, mail, subject="Ny post frå $sendersName$ {text}")

    text = chief.get(page(mail)).content.decode()

    assert "Ny post <del>fra</del><ins>frå</ins> $sendersName$ {text}" in text
    assert text.index("Version 2") < text.index("Version 1")
    assert "Plainer." in text


@pytest.mark.parametrize("change", [{"body": "{text}"}, {"reason": "Rewritten."}])
def test_no_version_is_ever_changed(mail, change):
    with pytest.raises(Exception, match="append-only"):
        TemplateVersion.objects.filter(template=mail).update(**change)


def test_operators_see_the_wording_and_cannot_change_it(desk, mail):
    shown = desk.get(page(mail))

    assert desk.get(LIST).status_code == 200
    assert (shown.context["form"], len(shown.context["cards"])) == (None, 3)
    assert desk.post(page(mail), draft(save="")).status_code == 403
    assert mail.versions.count() == 1


def test_who_may_not_see_the_wording_is_turned_away(onlooker, mail):
    assert onlooker.get(page(mail)).status_code == 403


def test_page_of_a_text_that_does_not_exist_leads_to_the_list(chief):
    assert chief.get(reverse("admin:notifications_template_change", args=[9_999])).url == LIST


def test_no_script_or_foreign_style_may_run_on_the_page(chief, mail):
    policy = chief.get(page(mail)).headers["Content-Security-Policy"]

    assert "'unsafe-inline'" not in policy
    assert "script-src" not in policy  # scripts fall back to the site's own files
    assert "'unsafe-hashes'" in policy


def test_every_standard_text_began_as_version_one(db):
    first = TemplateVersion.objects.filter(number=1, operator=None, reason="")

    assert first.filter(body__contains="{text}").count() == Template.objects.count() == 12
    assert first.filter(template__channel=Channel.SMS, subject="").count() == 6
    assert first.filter(template__language="nn", subject="Ny post frå $sendersName$ {text}").count() == 1
    assert not Template.objects.exclude(versions__number=1).exists()


def test_delivery_shows_word_for_word_what_was_sent(chief, desk, sender, mailbox, mail):
    told(sender)
    (arrived,) = mailbox.mails
    saved(chief, mail)  # what is written later changes nothing about it
    delivery = Delivery.objects.get()
    shown = desk.get(reverse("admin:notifications_delivery_change", args=[delivery.pk]))

    words = shown.context["adminform"].model_admin._words(delivery)
    plain, html = arrived.iter_parts()
    assert (words.subject, f"{words.text}\n") == (arrived["Subject"], plain.get_content())
    assert words.html == html.get_content()
    assert "The standard wording, version 1" in shown.content.decode()
    assert words.text in shown.content.decode()
    assert "&lt;h1 style=" in shown.content.decode()  # as it is written, not drawn
