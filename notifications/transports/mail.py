"""One mail as MIME: its headers, its text, and the same as HTML."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from html.parser import HTMLParser

from django.conf import settings
from django.core.files.storage import storages

from notifications.enums import DeliveryState, EmailContentType
from notifications.requests import EnclosedFile
from notifications.transports.base import OutgoingMessage, PermanentDeliveryError

BLOCKS = frozenset(
    {"br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "table", "tr", "ul"}
)
INVISIBLE = frozenset({"head", "script", "style", "title"})


def as_email(message: OutgoingMessage) -> EmailMessage:
    """The mail with its headers. Raises PermanentDeliveryError for an address that no header can hold."""
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
    """With its domain in the form that every server understands."""
    local, _, domain = text.rpartition("@")
    try:
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")
    except (ValueError, IndexError, MessageError) as error:
        raise PermanentDeliveryError(
            f"The address is not valid: {error}", DeliveryState.EMAIL_FAILED_INVALID_FORMAT
        ) from error


def plain_text(html: str) -> str:
    """What a reader without HTML sees: the text, with a line for each block."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.hidden += tag in INVISIBLE
        self.parts.append("\n" * (tag in BLOCKS))

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in INVISIBLE))
        self.parts.append("\n" * (tag in BLOCKS))

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self.hidden else data.replace("\n", " "))
