"""E-mail over the HTTP interface of a mail service, by django-anymail: `anymail://postmark?server_token=…`.

The options are those of anymail's documentation for the service, without its name before them.
"""

from email.message import EmailMessage
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from anymail.message import AnymailMessage
from django.utils.module_loading import import_string

from notifications.enums import DeliveryState
from notifications.transports import http
from notifications.transports.base import (
    AddressNotSupported,
    DeliveryError,
    OutgoingMessage,
    PermanentDeliveryError,
    Receipt,
    TemporaryDeliveryError,
    TransportDown,
)
from notifications.transports.mail import as_email

TIMEOUT_SECONDS = 30
OF_THE_SERVICE = {
    *("from", "to", "subject", "date"),
    *("mime-version", "content-type", "content-transfer-encoding"),
}
"""Headers that the service writes itself, from what it is told beside them."""
LONGEST_REFERENCE = 255
REFUSED = {
    "invalid": DeliveryState.EMAIL_FAILED_INVALID_FORMAT,
    "rejected": DeliveryState.EMAIL_FAILED_SUPPRESSED,
}


class AnymailTransport:
    def __init__(self, url: str, *, name: str) -> None:
        """Raises ValueError for a service that anymail doesn't know, or an option that it misses."""
        parts = urlsplit(url)
        self.name = name
        try:
            backend = import_string(f"anymail.backends.{parts.hostname}.EmailBackend")
            self.backend: Any = backend(timeout=TIMEOUT_SECONDS, **options_of(parts.query))
        except (ImportError, AnymailConfigurationError) as error:
            raise ValueError(f"anymail cannot use {parts.hostname}: {error}") from error

    def send(self, message: OutgoingMessage) -> Receipt:
        mail = _as_anymail(as_email(message))
        try:
            self.backend.open()
            self.backend.send_messages([mail])
        except AnymailRecipientsRefused as error:
            raise _refused(mail, error) from error
        except AnymailInvalidAddress as error:
            raise PermanentDeliveryError(str(error), DeliveryState.EMAIL_FAILED_INVALID_FORMAT) from error
        except (AnymailUnsupportedFeature, AnymailConfigurationError) as error:
            if not message.recipient.rpartition("@")[0].isascii():
                raise AddressNotSupported(str(error)) from error
            # Every other mail has the same features, so it is the set-up that is wrong.
            raise TransportDown(str(error)) from error
        except AnymailAPIError as error:
            raise _failure(error) from error
        return _receipt(mail)

    def close(self) -> None:
        self.backend.close()


def options_of(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))


def _as_anymail(mail: EmailMessage) -> AnymailMessage:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    anymail = AnymailMessage(
        subject=str(mail["Subject"]),
        body=plain.get_content() if plain else "",
        from_email=str(mail["From"]),
        to=[str(mail["To"])],
        headers=_headers(mail),
    )
    if html:
        anymail.attach_alternative(html.get_content(), "text/html")
    for part in mail.iter_attachments():
        anymail.attach(part.get_filename(), part.get_payload(decode=True), part.get_content_type())
    return anymail


def _headers(mail: EmailMessage) -> dict[str, str]:
    """`Message-ID`, `Auto-Submitted` and whatever else our mails carry."""
    return {name: str(value) for name, value in mail.items() if name.lower() not in OF_THE_SERVICE}


def _receipt(mail: AnymailMessage) -> Receipt:
    status, identity = mail.anymail_status.status, mail.anymail_status.message_id
    if "failed" in (status or ()):
        raise PermanentDeliveryError("The service answered: failed", DeliveryState.EMAIL_FAILED)
    word = ", ".join(sorted(str(one) for one in status or ())) or "accepted"
    return Receipt(
        answer=f"{word} {identity or ''}".strip(), reference=str(identity or "")[:LONGEST_REFERENCE]
    )


def _refused(mail: AnymailMessage, error: AnymailRecipientsRefused) -> PermanentDeliveryError:
    states = [REFUSED[status] for status in sorted(mail.anymail_status.status) if status in REFUSED]
    return PermanentDeliveryError(_answer(error), states[0])


def _failure(error: AnymailAPIError) -> DeliveryError:
    response, text = error.response, _answer(error)
    if not isinstance(response, requests.Response):
        cause = error.__cause__
        is_network = isinstance(cause, requests.RequestException)
        return http.no_answer(cause) if is_network else TemporaryDeliveryError(text)
    if http.is_success(response.status_code):  # an acceptance that cannot be read: it may have been sent
        return TemporaryDeliveryError(text)
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return PermanentDeliveryError(text, DeliveryState.EMAIL_FAILED)
    about_us = http.not_about_the_message(response.status_code, text, response.headers)
    return about_us or PermanentDeliveryError(text, DeliveryState.EMAIL_FAILED)


def _answer(error: Any) -> str:
    """The service's own words, without our message."""
    response = error.response
    if not isinstance(response, requests.Response):
        return str(error)[: http.SHOWN]
    return f"{response.status_code} {response.text[: http.SHOWN]}"
