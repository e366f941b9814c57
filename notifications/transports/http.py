"""What an HTTP provider's failure means, the same for SMS gateways and mail services (notifications.md 9.2, 9.4)."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests
from django.utils import timezone
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from notifications.transports.base import DeliveryError, TemporaryDeliveryError, TransportBusy, TransportDown

TIMEOUT_SECONDS = 10
SHOWN = 500
LONGEST_PAUSE_SECONDS = 3600
FIRST_SUCCESS, FIRST_REDIRECT, FIRST_REFUSAL, FIRST_SERVER_ERROR = 200, 300, 400, 500
MISCONFIGURED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}


def is_success(status: int) -> bool:
    return FIRST_SUCCESS <= status < FIRST_REDIRECT


def no_answer(error: requests.RequestException) -> DeliveryError:
    """Nobody is there, or the message may have arrived: a connection that was made and lost, an answer too late."""
    name = type(error).__name__
    was_connected = any(isinstance(cause, ProtocolError | ReadTimeoutError) for cause in error.args)
    if isinstance(error, requests.ConnectionError) and not was_connected:
        return TransportDown(name)
    return TemporaryDeliveryError(name)


def not_about_the_message(status: int, text: str, headers: Mapping[str, str]) -> DeliveryError | None:
    """The error when it is the provider's affair; None when the answer is about this message.

    A redirect would turn the POST into a GET, so it is a wrong address like a 404.
    """
    if status < FIRST_REFUSAL or status in MISCONFIGURED:
        return TransportDown(text)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TransportBusy(text, _retry_after(headers))
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= FIRST_SERVER_ERROR:
        return TemporaryDeliveryError(text)
    return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now, whether the header gives seconds or a date; None without one that can be read."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text), LONGEST_PAUSE_SECONDS)
    try:
        seconds = (parsedate_to_datetime(text) - timezone.now()).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0), LONGEST_PAUSE_SECONDS)
