"""How a mail looks, and what a provider's answer means (notifications.md 9.4)."""

from contextlib import closing

import pytest

from notifications.enums import DeliveryState, EmailContentType
from notifications.transports.base import (
    AddressNotSupported,
    NotSendable,
    OutgoingMessage,
    PermanentDeliveryError,
    RecipientUnavailable,
    TemporaryDeliveryError,
    TransportBusy,
    TransportDown,
)
from notifications.transports.mail import as_email
from notifications.transports.plain_text import plain_text
from notifications.transports.smtp import SmtpTransport, refusal
from tests.support.smtp import smtp_server


def outgoing(recipient="kari@eksempel.example", **fields):
    words = {"subject": "Nytt brev", "body": "Hei", "message_id": "<1@x.example>", **fields}
    return OutgoingMessage(delivery_id=1, recipient=recipient, **words)


@pytest.fixture
def transport(mailbox):
    with closing(SmtpTransport(mailbox.url, name="test")) as transport:
        yield transport


@pytest.mark.contract("notifications.md#9.4")
@pytest.mark.parametrize(
    ("code", "text", "kind", "state"),
    [
        (451, "4.3.0 later", TemporaryDeliveryError, None),
        (450, "greylisted", TemporaryDeliveryError, None),
        (452, "4.2.2 mailbox full", RecipientUnavailable, None),
        (552, "5.2.2 mailbox full", RecipientUnavailable, None),
        (451, "4.1.8 sender's domain not found", TemporaryDeliveryError, None),
        (451, "4.7.1 wait", TransportBusy, None),
        (450, "too many mails today", TransportBusy, None),
        (450, "your rate is exceeded", TransportBusy, None),
        (450, "a separate matter", TemporaryDeliveryError, None),
        (530, "5.7.0 authenticate first", TransportDown, None),
        (535, "5.7.8 bad credentials", TransportDown, None),
        (550, "5.1.1 no such user", PermanentDeliveryError, DeliveryState.EMAIL_FAILED_BOUNCED),
        (550, "5.1.10 null MX", PermanentDeliveryError, DeliveryState.EMAIL_FAILED_BOUNCED),
        (501, "5.1.3 bad address", PermanentDeliveryError, DeliveryState.EMAIL_FAILED_INVALID_FORMAT),
        (553, "bad name", PermanentDeliveryError, DeliveryState.EMAIL_FAILED_INVALID_FORMAT),
        (552, "5.3.4 too big", PermanentDeliveryError, DeliveryState.EMAIL_FAILED),
        (550, "5.7.26 policy", PermanentDeliveryError, DeliveryState.EMAIL_FAILED_FILTERED_SPAM),
        (554, "no", PermanentDeliveryError, DeliveryState.EMAIL_FAILED),
    ],
)
def test_reply_means_what_the_contract_says(code, text, kind, state):
    error = refusal(code, text)

    assert (type(error), str(error), getattr(error, "state", None)) == (kind, f"{code} {text}", state)


def test_server_that_ends_connections_between_mails_gets_them_all(transport, mailbox):
    mailbox.hang_up_after = 2

    for number in range(5):
        transport.send(outgoing(message_id=f"<{number}@x.example>"))

    assert [mail["Message-ID"] for mail in mailbox.mails] == [f"<{number}@x.example>" for number in range(5)]


def test_server_that_hangs_up_at_once_is_a_temporary_failure(transport, mailbox):
    mailbox.replies["kari@eksempel.example"] = ["421 4.3.2 shutting down"]

    with pytest.raises(TemporaryDeliveryError, match="421"):
        transport.send(outgoing())
    transport.send(outgoing())

    assert len(mailbox.mails) == 1


def test_refused_mail_leaves_the_connection_for_the_next(transport, mailbox):
    mailbox.replies["nobody@eksempel.example"] = ["550 5.1.1 unknown"]

    with pytest.raises(PermanentDeliveryError):
        transport.send(outgoing("nobody@eksempel.example"))
    first = transport.connection
    transport.send(outgoing())

    assert (transport.connection is first, len(mailbox.mails)) == (True, 1)


def test_norwegian_domain_is_written_so_that_every_server_understands(transport, mailbox):
    transport.send(outgoing("kari@blåbær.example"))

    assert mailbox.mails[0]["To"] == "kari@xn--blbr-roah.example"


def test_letters_beyond_ascii_before_the_at_sign_are_sent_where_the_server_knows_them(transport):
    with pytest.raises(AddressNotSupported, match="SMTPUTF8"):
        transport.send(outgoing("kåre@eksempel.example"))
    with smtp_server(utf8=True) as server, closing(SmtpTransport(server.url, name="test")) as able:
        for address in ("kåre@blåbær.example", '"kåre x"@eksempel.example'):
            able.send(outgoing(address))

    assert [mail["To"] for mail in server.mails] == [
        "kåre@xn--blbr-roah.example",
        '"kåre x"@eksempel.example',
    ]


@pytest.mark.parametrize(
    "address", ["no-at-sign", "a@b@c", "å@b@c.example\r\n", "x@y.example\r\nBcc: z@z.no", "å\r\nBcc: z@z.no"]
)
def test_address_that_cannot_be_written_to_ends_the_delivery(transport, address):
    with pytest.raises(NotSendable, match=r"^The address is not valid\.$") as refused:
        transport.send(outgoing(address))

    assert refused.value.state == DeliveryState.EMAIL_FAILED_INVALID_FORMAT


def test_quoted_local_part_is_delivered(transport, mailbox):
    transport.send(outgoing('"kari nordmann"@eksempel.example'))

    assert mailbox.mails[0]["To"] == '"kari nordmann"@eksempel.example'


def test_login_that_is_refused_fails_no_message(mailbox):
    url = mailbox.url.replace("//", "//user:wrong@")

    with closing(SmtpTransport(url, name="test")) as transport, pytest.raises(TransportDown):
        transport.send(outgoing())


def test_html_reads_well_without_html():
    html = "<style>p {color: red}</style><p>Hei  Kari &amp; <b>Ola</b></p>\n<ul><li>Ett</li><li>To</li></ul>Ha det<br>bra"

    assert plain_text(html) == "Hei Kari & Ola\nEtt\nTo\nHa det\nbra"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<p>Se<a href="https://ok.example/q?a=1&amp;b=2">lenke</a>.</p>',
            "Se lenke (https://ok.example/q?a=1&b=2).",
        ),
        ('<a href="https://ok.example/q?a=1&b=2">lenke</a>', "lenke (https://ok.example/q?a=1&b=2)"),
        ('<a href="https://ok.example/">https://ok.example/</a>', "https://ok.example/"),
        ('<a href="https://ok.example/">ok.example</a>', "ok.example"),
        ('Skriv: <a href="mailto:post@ok.example">post@ok.example</a>', "Skriv: post@ok.example"),
        ('Skriv <a href="mailto:post@ok.example">til oss</a>', "Skriv til oss (post@ok.example)"),
        ('<a href="https://ok.example/"><b>Ja,</b>\ntakk</a>nå', "Ja, takk (https://ok.example/) nå"),
        ('<a href="https://ok.example/"><img src="x"></a>', "https://ok.example/"),
        ('<a href="#top">Opp</a> <a name="top">Topp</a> <a href="javascript:x()">X</a>', "Opp Topp X"),
        (
            '<a href="https://a.example">en<a href="https://b.example">to</a>',
            "en (https://a.example) to (https://b.example)",
        ),
        ('<a href="https://a.example">uten slutt', "uten slutt (https://a.example)"),
        ('<style><a href="https://a.example">x</a></style>Hei', "Hei"),
    ],
)
def test_links_show_where_they_lead_without_html(html, text):
    assert plain_text(html) == text


def test_html_mail_offers_the_plain_text_first():
    mail = as_email(outgoing(body="<p>Hei</p>", content_type=EmailContentType.HTML))

    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_long_line_arrives_whole(transport, mailbox):
    body = "blåbær " * 400

    transport.send(outgoing(body=body))

    assert mailbox.mails[0].get_content() == f"{body}\n"
