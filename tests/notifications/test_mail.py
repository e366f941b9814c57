"""What a mail is made of, read back from a real server: its parts and its headers (notifications.md 3, 9.4)."""

import pytest

from notifications.enums import OrderPurpose
from notifications.models import Order
from notifications.services.delivery.deliver import deliver_due
from tests.notifications.conftest import GENERIC, JOB, told
from tests.support.letters import letter, publish, send, send_and_publish

OWN = {"notificationChannel": "Email", "emailSubject": "Hei", "emailBody": "<p>Hei <b>der</b></p>"}
PREFERENCES = "https://www.example.no/profil/varsler"


def arrived(sender, mailbox, notification=GENERIC, **correspondence):
    body = letter(correspondence={"notification": notification, **correspondence})
    send_and_publish(sender, body)
    deliver_due(job_id=JOB)
    (mail,) = mailbox.mails
    return mail


def types_of(mail):
    return [part.get_content_type() for part in mail.walk()]


def test_standard_mail_says_the_same_as_text_and_as_html(sender, mailbox):
    mail = arrived(sender, mailbox)

    plain, html = mail.iter_parts()
    said = "RASK FALK AS har fått ny post fra DIGITALISERINGSDIREKTORATET: Brev. Logg inn i innboksen for å lese den."
    assert types_of(mail) == ["multipart/alternative", "text/plain", "text/html"]
    assert plain.get_content() == f"{said}\n"
    assert said in html.get_content()
    assert f">{mail['Subject']}</h1>" in html.get_content()


def test_names_and_own_words_are_text_in_the_html_part(sender, mailbox):
    mail = arrived(
        sender,
        mailbox,
        GENERIC | {"emailSubject": "A & B", "emailBody": "<b>Ikke</b> fet\n\nNytt avsnitt."},
        messageSender="Bø & Sønn",
    )

    _, html = (part.get_content() for part in mail.iter_parts())
    assert "&lt;b&gt;Ikke&lt;/b&gt; fet</div>" in html
    assert "Nytt avsnitt. Logg inn" in html
    assert "Ny post fra Bø &amp; Sønn A &amp; B</h1>" in html


def test_own_words_declared_html_are_html_within_the_standard_mail(sender, mailbox):
    own = GENERIC | {"emailBody": "<b>Svar nå.</b>", "emailContentType": "Html"}

    mail = arrived(sender, mailbox, own, messageSender="Bø & Sønn")

    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain == (
        "RASK FALK AS har fått ny post fra Bø & Sønn: Brev. Svar nå. Logg inn i innboksen for å lese den.\n"
    )
    assert "fra Bø &amp; Sønn: Brev. <b>Svar nå.</b> Logg inn" in html
    assert html.startswith("<!doctype html>")


def test_senders_own_html_is_sent_as_it_is_with_its_text(sender, mailbox):
    mail = arrived(sender, mailbox, OWN | {"emailContentType": "Html"})

    plain, html = (part.get_content() for part in mail.iter_parts())
    assert (plain, html) == ("Hei der\n", "<p>Hei <b>der</b></p>\n")


def test_senders_own_plain_text_stays_plain(sender, mailbox):
    mail = arrived(sender, mailbox, OWN)

    assert (types_of(mail), mail.get_content()) == (["text/plain"], "<p>Hei <b>der</b></p>\n")


def test_reminder_is_a_standard_mail_too(sender, mailbox, settings):
    told(sender, GENERIC | {"sendReminder": True})
    Order.objects.get().notifications.filter(is_reminder=True).update(send_at="2020-01-01T00:00:00Z")

    deliver_due(job_id=JOB)

    _, html = mailbox.mails[1].iter_parts()
    assert "Påminnelse: ulest post fra DIGITALISERINGSDIREKTORATET</h1>" in html.get_content()


def test_mail_bears_the_senders_name_before_our_address(sender, mailbox):
    mail = arrived(sender, mailbox, messageSender="Bø, Hø & Sønn")

    assert mail["From"] == '"Bø, Hø & Sønn" <brev@correspondence.example>'


def test_name_that_the_operator_chose_stays(sender, mailbox, settings):
    settings.EMAIL_FROM = "Post til deg <brev@x.example>"

    assert arrived(sender, mailbox, messageSender="Bø")["From"] == "Post til deg <brev@x.example>"


@pytest.mark.parametrize(("written", "said"), [("nb", "nb"), ("NN", "nn"), ("en", "en")])
def test_mail_names_its_language(sender, mailbox, written, said):
    send_and_publish(sender, letter({"language": written}, {"notification": GENERIC}))
    deliver_due(job_id=JOB)

    (mail,) = mailbox.mails
    _, html = mail.iter_parts()
    assert (mail["Content-Language"], f'<html lang="{said}">' in html.get_content()) == (said, True)


def test_mail_says_where_recipients_choose_how_they_are_told(sender, mailbox, settings):
    settings.EMAIL_UNSUBSCRIBE_URL = PREFERENCES

    mail = arrived(sender, mailbox)

    assert mail["List-Unsubscribe"] == f"<{PREFERENCES}>"
    assert mail["List-Unsubscribe-Post"] is None  # nobody can be taken off by one click


def test_longest_address_that_is_accepted_stands_on_one_line(sender, mailbox, settings):
    settings.EMAIL_UNSUBSCRIBE_URL = "https://" + "x" * 50

    assert arrived(sender, mailbox)["List-Unsubscribe"] == f"<https://{'x' * 50}>"


def test_mail_has_no_such_address_where_none_is_set(sender, mailbox):
    assert arrived(sender, mailbox)["List-Unsubscribe"] is None


def test_mail_that_a_person_forwards_is_no_subscription(sender, mailbox, settings):
    settings.EMAIL_UNSUBSCRIBE_URL = PREFERENCES
    waiting = send(sender, letter(correspondence={"notification": GENERIC}))
    publish(waiting)
    Order.objects.update(purpose=OrderPurpose.FORWARD)

    deliver_due(job_id=JOB)

    (mail,) = mailbox.mails
    assert mail["List-Unsubscribe"] is None
