"""One mail as MIME: its headers, its text, and the same as HTML."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from django.conf import settings
from django.core.files.storage import storages

from notifications.enums import DeliveryState, EmailContentType
from notifications.requests import EnclosedFile
from notifications.transports.base import NotSendable, OutgoingMessage
from notifications.transports.plain_text import plain_text


def as_email(message: OutgoingMessage) -> EmailMessage:
    """The mail with its headers. Raises NotSendable for an address that no header can hold."""
    email = EmailMessage()
    email["From"] = _from(message.sender_name)
    email["To"] = _address(message.recipient)
    email["Subject"] = " ".join(message.subject.split())
    email["Date"] = formatdate(localtime=False)
    email["Message-ID"] = message.message_id
    email["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_url:
        email["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
    text, html = parts_of(body=message.body, content_type=message.content_type, html=message.html)
    email.set_content(text)
    if html:
        email.add_alternative(html, subtype="html")
    for file in message.files:
        _enclose(email, file)
    if message.language:  # last, since setting the content takes away what was said of it
        email["Content-Language"] = message.language.lower()
    return email


def _enclose(email: EmailMessage, file: EnclosedFile) -> None:
    """Read when the mail is built, one file at a time; together they are at most 10 MB (rule 1069)."""
    main_type, _, sub_type = file.content_type.partition("/")
    with storages["attachments"].open(file.storage_key) as stored:
        email.add_attachment(stored.read(), maintype=main_type, subtype=sub_type, filename=file.name)


def parts_of(*, body: str, content_type: EmailContentType, html: str) -> tuple[str, str]:
    """A mail's plain text and its HTML, which is empty for a mail that is plain text only."""
    if content_type == EmailContentType.HTML:
        return plain_text(body), html or body
    return body, html


def _from(sender_name: str) -> str | Address:
    """The sender's name before our own address, unless the operator has put a name there."""
    name, address = parseaddr(settings.EMAIL_FROM)
    if name or not sender_name:
        return str(settings.EMAIL_FROM)
    return Address(" ".join(sender_name.split()), addr_spec=address)


def _address(text: str) -> Address:
    """With its domain in the form that every server understands; what is before it has none, if not in ASCII."""
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
        if local.isascii():
            return Address(addr_spec=f"{local}@{domain}")
        return Address(username=local.strip('"'), domain=domain)
    except (ValueError, IndexError, MessageError) as error:
        raise NotSendable("The address is not valid.", DeliveryState.EMAIL_FAILED_INVALID_FORMAT) from error
