"""The mail of a forwarded letter, read back from a mail server (notifications.md 8.3)."""

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from attachments.models import Attachment, MessageAttachment
from notifications.models import Attempt, CapturedMessage, Delivery, Notification, NotificationText
from tests.correspondence.forwarding.conftest import ADDRESS, deliver, forward, received
from tests.support.letters import uploaded

PDF = b"%PDF-1.7 not really \x00\xff"
BODY = "Hei {{recipientName}}\n\nSøknaden er **innvilget**, $recipientName$ og $correspondenceRecipientName$."
AS_READ = "Hei Rask Falk As\n\nSøknaden er **innvilget**, $recipientName$ og $correspondenceRecipientName$."


def text_of(mail):
    return mail.get_body(("plain",)).get_content().rstrip("\n")


def files_of(mail):
    return [(part.get_filename(), part.get_content_type()) for part in mail.iter_attachments()]


@pytest.mark.contract("notifications.md#8.3")
def test_mail_holds_the_forwarding_text_then_the_letter_as_it_reads(sender, recipient, mailbox):
    letter_ = received(sender, recipient, content={"messageBody": BODY})
    forward(recipient, letter_, text="Kan du se på dette?")

    deliver()

    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Vedtak i saken din")
    assert text_of(mail) == f"Kan du se på dette?\n\n---\n\n{AS_READ}"
    assert not mail.is_multipart()


@pytest.mark.contract("notifications.md#8.3")
@pytest.mark.parametrize("text", [None, "", "  "])
def test_without_a_text_the_mail_is_the_letters_body(sender, recipient, mailbox, text):
    letter_ = received(sender, recipient, content={"messageBody": BODY})
    forward(recipient, letter_, text=text)

    deliver()

    assert text_of(mailbox.mails[0]) == AS_READ


@pytest.mark.contract("notifications.md#X37")
def test_files_arrive_whole_with_their_names_and_types(sender, recipient, mailbox):
    files = [
        uploaded(sender, PDF, fileName="v-1.pdf", displayName="Vedtaket på norsk"),
        uploaded(sender, b"a;b\r\n", fileName="tall.csv"),
        uploaded(sender, b"<p>hei</p>", fileName="side.html", displayName='Se "her"/nå.html'),
        uploaded(sender, b"word", fileName="brev.docx", displayName="Brev av 1.mai"),
    ]
    forward(recipient, received(sender, recipient, existingAttachments=[str(one) for one in files]))

    deliver()

    (mail,) = mailbox.mails
    assert files_of(mail) == [
        ("Vedtaket på norsk.pdf", "application/pdf"),
        ("tall.csv", "text/csv"),
        ("Se _her__nå.html", "text/html"),
        ("Brev av 1.mai.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ]
    bytes_of = [part.get_payload(decode=True) for part in mail.iter_attachments()]
    assert bytes_of == [PDF, b"a;b\r\n", b"<p>hei</p>", b"word"]


@pytest.mark.contract("notifications.md#8.2")
def test_file_that_has_expired_or_was_withdrawn_is_left_out_and_the_mail_says_so(sender, recipient, mailbox):
    kept, expired, withdrawn = (uploaded(sender, fileName=f"{name}.txt") for name in ("a", "b", "c"))
    letter_ = received(
        sender, recipient, existingAttachments=[str(one) for one in (kept, expired, withdrawn)]
    )
    MessageAttachment.objects.filter(attachment=expired).update(expires_at=timezone.now())
    Attachment.objects.filter(pk=withdrawn).update(status=5)
    forward(recipient, letter_, text="Se her")

    deliver()

    (mail,) = mailbox.mails
    assert files_of(mail) == [("a.txt", "text/plain")]
    assert text_of(mail).endswith(
        "\n\n---\n\nDisse vedleggene er ikke lenger tilgjengelige og følger ikke med:\n- b.txt\n- c.txt"
    )


@pytest.mark.parametrize(("language", "notice"), [("nn", "Desse vedlegga"), ("en", "These attachments")])
def test_bytes_that_go_between_the_call_and_the_mail_are_told_of_in_the_letters_language(
    sender, recipient, mailbox, language, notice
):
    attachment = uploaded(sender)
    letter_ = received(
        sender, recipient, content={"language": language}, existingAttachments=[str(attachment)]
    )
    forward(recipient, letter_)
    storages["attachments"].delete(Attachment.objects.get(pk=attachment).storage_key)

    deliver()

    assert files_of(mailbox.mails[0]) == []
    assert notice in text_of(mailbox.mails[0])


@pytest.mark.contract("design.md#7")
def test_repeated_mail_has_the_same_id_and_the_same_files(sender, recipient, mailbox):
    attachment = uploaded(sender, PDF, fileName="v.pdf")
    forward(recipient, received(sender, recipient, existingAttachments=[str(attachment)]))
    deliver()
    # as if the worker had died while the server took the mail
    Attempt.objects.update(closed_at=None, outcome="")
    Delivery.objects.update(state="Email_Sending", next_attempt_at=timezone.now(), claimed_by=999)
    Notification.objects.update(state="Order_Processed")

    deliver()

    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert files_of(first) == files_of(second) == [("v.pdf", "application/pdf")]


@pytest.mark.contract("design.md#17")
def test_files_are_kept_as_data_and_not_as_bytes(sender, recipient):
    attachment = uploaded(sender, b"hei", fileName="v.txt")
    forward(recipient, received(sender, recipient, existingAttachments=[str(attachment)]))

    key = Attachment.objects.get(pk=attachment).storage_key
    assert NotificationText.objects.get().files == [
        {"name": "v.txt", "content_type": "text/plain", "size": 3, "storage_key": key}
    ]


def test_demo_keeps_the_whole_mail(sender, recipient, settings):
    settings.EMAIL_URLS = []
    attachment = uploaded(sender, PDF, fileName="v.pdf")
    letter_ = received(sender, recipient, existingAttachments=[str(attachment)])
    forward(recipient, letter_)

    deliver()

    assert 'filename="v.pdf"' in CapturedMessage.objects.get().content
    letter_.refresh_from_db()
    assert letter_.forwarded_at is not None


def test_ten_megabytes_arrive_unchanged(sender, recipient, mailbox):
    data = bytes(range(256)) * (9_999_872 // 256)
    attachment = uploaded(sender, data, fileName="stor.pdf")
    forward(recipient, received(sender, recipient, existingAttachments=[str(attachment)]))

    deliver()

    (part,) = mailbox.mails[0].iter_attachments()
    assert part.get_payload(decode=True) == data
